from django.db import migrations, models

from regulars.company.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("book", "0017_events_are_counted")]

    operations = [
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("customer_id", models.UUIDField(primary_key=True, serialize=False)),
                ("erased_at", models.DateTimeField()),
            ],
        ),
        append_only("book_erasure"),
    ]
