import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import regulars.kit.ids
from regulars.company.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("book", "0023_customers_are_restricted"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RetentionRule",
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
                ("what", models.CharField(max_length=40)),
                ("version", models.PositiveIntegerField()),
                ("days", models.PositiveIntegerField(null=True)),
                ("is_nightly", models.BooleanField(default=False)),
                (
                    "set_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="retention_rules",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("what", "version"), name="retention_version_is_one"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("what__regex", "^[a-z0-9]+([._/-][a-z0-9]+)*$")),
                        name="retention_what_is_a_code",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("version__gte", 1)),
                        name="retention_version_counts_from_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("days", None), ("days__gte", 1), _connector="OR"),
                        name="retention_lasts_a_day_at_least",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("days__isnull", False), ("is_nightly", False), _connector="OR"
                        ),
                        name="retention_that_is_off_is_not_nightly",
                    ),
                ],
            },
        ),
        append_only("book_retentionrule"),
    ]
