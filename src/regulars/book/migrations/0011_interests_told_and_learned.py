import django.db.models.deletion
from django.db import migrations, models

import regulars.kit.ids


class Migration(migrations.Migration):
    dependencies = [
        ("book", "0010_consents_stay"),
    ]

    operations = [
        migrations.CreateModel(
            name="Interest",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=regulars.kit.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("topic", models.CharField(max_length=60)),
                ("origin", models.CharField(max_length=8)),
                ("is_wanted", models.BooleanField()),
                ("strength_share", models.FloatField(default=1.0)),
                ("noted_at", models.DateTimeField()),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="interests",
                        to="book.customer",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="interest",
            constraint=models.UniqueConstraint(
                fields=("customer", "topic", "origin"), name="interest_once_per_topic_and_origin"
            ),
        ),
        migrations.AddConstraint(
            model_name="interest",
            constraint=models.CheckConstraint(
                condition=models.Q(("topic__regex", "^[a-z0-9]+([._/-][a-z0-9]+)*$")),
                name="interest_topic_is_a_code",
            ),
        ),
        migrations.AddConstraint(
            model_name="interest",
            constraint=models.CheckConstraint(
                condition=models.Q(("origin__in", ["told", "learned"])),
                name="interest_origin_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="interest",
            constraint=models.CheckConstraint(
                condition=models.Q(("strength_share__gt", 0), ("strength_share__lte", 1)),
                name="interest_strength_is_a_share",
            ),
        ),
    ]
