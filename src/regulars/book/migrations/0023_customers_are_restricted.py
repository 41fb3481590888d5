import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import regulars.kit.ids


class Migration(migrations.Migration):
    dependencies = [("book", "0022_probable_joins_wait")]

    operations = [
        migrations.CreateModel(
            name="Restriction",
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
                ("ground", models.CharField(max_length=10)),
                (
                    "began_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("lifted_at", models.DateTimeField(null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="restrictions",
                        to="book.customer",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("lifted_at", None)),
                        fields=("customer",),
                        name="restriction_lasts_once_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ground__in", ["accuracy", "unlawful", "claims", "objection"])
                        ),
                        name="restriction_ground_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("lifted_at", None),
                            ("lifted_at__gte", models.F("began_at")),
                            _connector="OR",
                        ),
                        name="restriction_is_lifted_after_it_began",
                    ),
                ],
            },
        ),
    ]
