from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("book", "0015_notes_lie_apart")]

    operations = [
        migrations.AddField("reader", "n_failures", models.IntegerField(default=0)),
        migrations.AddField("reader", "failed_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "reader",
            "last_error",
            models.CharField(blank=True, default="", max_length=200),
            preserve_default=False,
        ),
    ]
