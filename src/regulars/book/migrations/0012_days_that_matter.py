import django.db.models.deletion
from django.db import migrations, models

import regulars.kit.ids


class Migration(migrations.Migration):
    dependencies = [
        ("book", "0011_interests_told_and_learned"),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportantDay",
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
                ("kind", models.CharField(max_length=12)),
                ("month", models.PositiveSmallIntegerField()),
                ("day", models.PositiveSmallIntegerField()),
                ("year", models.PositiveSmallIntegerField(null=True)),
                ("label", models.CharField(blank=True, max_length=80)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="days",
                        to="book.customer",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="importantday",
            index=models.Index(fields=["month", "day"], name="day_of_the_year"),
        ),
        migrations.AddConstraint(
            model_name="importantday",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "birthday")),
                fields=("customer",),
                name="day_of_birth_is_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="importantday",
            constraint=models.UniqueConstraint(
                fields=("customer", "kind", "month", "day", "label"), name="day_is_noted_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="importantday",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["birthday", "anniversary", "holiday"])),
                name="day_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="importantday",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("day__gte", 1),
                    models.Q(
                        models.Q(("day__lte", 31), ("month__in", (1, 3, 5, 7, 8, 10, 12))),
                        models.Q(("day__lte", 30), ("month__in", (4, 6, 9, 11))),
                        models.Q(("day__lte", 29), ("month", 2)),
                        _connector="OR",
                    ),
                ),
                name="day_is_a_day_of_its_month",
            ),
        ),
        migrations.AddConstraint(
            model_name="importantday",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("year", None),
                    models.Q(("year__gte", 1800), ("year__lte", 2200)),
                    _connector="OR",
                ),
                name="day_began_in_a_year_of_our_time",
            ),
        ),
    ]
