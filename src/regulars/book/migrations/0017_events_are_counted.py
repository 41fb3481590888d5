from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("book", "0016_readers_note_what_failed")]

    operations = [
        migrations.CreateModel(
            name="EventCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("began_at", models.DateTimeField()),
                ("kind", models.CharField(max_length=40)),
                ("n", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("began_at", "kind"), name="count_once_per_quarter"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("n__gt", 0)), name="count_is_positive"
                    ),
                ],
            },
        ),
    ]
