from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("book", "0024_retention_has_rules")]

    operations = [
        migrations.CreateModel(
            name="PseudonymKey",
            fields=[
                (
                    "id",
                    models.IntegerField(
                        default=1, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("inner", models.BinaryField(max_length=64)),
                ("outer", models.BinaryField(max_length=64)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id", 1)), name="pseudonym_key_is_one_row"
                    )
                ],
            },
        ),
    ]
