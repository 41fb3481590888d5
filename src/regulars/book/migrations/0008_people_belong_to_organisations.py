import django.db.models.deletion
from django.db import migrations, models

import regulars.kit.ids


class Migration(migrations.Migration):
    dependencies = [
        ("book", "0007_invoices_are_paid_or_disputed"),
    ]

    operations = [
        migrations.CreateModel(
            name="Affiliation",
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
                ("role", models.CharField(blank=True, max_length=40)),
                ("title", models.CharField(blank=True, max_length=120)),
                ("since_on", models.DateField(null=True)),
                ("until_on", models.DateField(null=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="people",
                        to="book.customer",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="affiliations",
                        to="book.customer",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("until_on", None)),
                        fields=("person", "organisation"),
                        name="affiliation_lasts_once_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("person", models.F("organisation")), _negated=True),
                        name="affiliation_is_with_somebody_else",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("since_on", None),
                            ("until_on", None),
                            ("until_on__gte", models.F("since_on")),
                            _connector="OR",
                        ),
                        name="affiliation_ends_after_it_began",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("role", ""),
                            ("role__regex", "^[a-z0-9]+([._/-][a-z0-9]+)*$"),
                            _connector="OR",
                        ),
                        name="affiliation_role_is_a_code",
                    ),
                ],
            },
        ),
    ]
