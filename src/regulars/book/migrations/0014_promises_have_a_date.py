import datetime

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import regulars.kit.ids


class Migration(migrations.Migration):
    dependencies = [
        ("book", "0013_contacts_of_every_kind"),
        ("company", "0002_what_was_noted_stays"),
    ]

    operations = [
        migrations.CreateModel(
            name="Promise",
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
                ("made_at", models.DateTimeField()),
                ("first_due_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("moved_at", models.DateTimeField(null=True)),
                ("warn_at", models.DateTimeField()),
                ("warned_at", models.DateTimeField(null=True)),
                ("broken_at", models.DateTimeField(null=True)),
                ("kept_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("n_moves", models.PositiveSmallIntegerField(default=0)),
                ("n_breaches", models.PositiveSmallIntegerField(default=0)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="promises",
                        to="book.customer",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="promises",
                        to="book.order",
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="promises",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="promise",
            index=models.Index(
                condition=models.Q(("kept_at", None), ("withdrawn_at", None), ("broken_at", None)),
                fields=["due_at"],
                name="promise_that_may_break",
            ),
        ),
        migrations.AddIndex(
            model_name="promise",
            index=models.Index(
                condition=models.Q(
                    ("kept_at", None),
                    ("withdrawn_at", None),
                    ("broken_at", None),
                    ("warned_at", None),
                ),
                fields=["warn_at"],
                name="promise_to_be_warned_of",
            ),
        ),
        migrations.AddIndex(
            model_name="promise",
            index=models.Index(
                condition=models.Q(("kept_at", None), ("withdrawn_at", None)),
                fields=["due_at"],
                name="promise_that_is_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="promise",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["delivery", "call_back", "repair", "refund", "other"])
                ),
                name="promise_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="promise",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("due_at__gt", models.F("made_at")), ("first_due_at__gt", models.F("made_at"))
                ),
                name="promise_is_due_after_it_was_made",
            ),
        ),
        migrations.AddConstraint(
            model_name="promise",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("moved_at", None), ("n_moves", 0)),
                    models.Q(
                        ("moved_at__isnull", False),
                        ("n_moves__gt", 0),
                        ("due_at__gt", models.F("moved_at")),
                        ("moved_at__gte", models.F("made_at")),
                    ),
                    _connector="OR",
                ),
                name="promise_is_moved_after_it_was_made",
            ),
        ),
        migrations.AddConstraint(
            model_name="promise",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("warn_at__lt", models.F("due_at")),
                    models.Q(
                        ("warned_at", None),
                        models.Q(
                            ("warned_at__gte", models.F("warn_at")),
                            ("warned_at__lt", models.F("due_at")),
                        ),
                        _connector="OR",
                    ),
                ),
                name="promise_is_warned_of_before_it_is_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="promise",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("broken_at", None),
                    models.Q(
                        ("broken_at", models.F("due_at")),
                        ("broken_at__isnull", False),
                        ("n_breaches__gt", 0),
                    ),
                    _connector="OR",
                ),
                name="promise_is_broken_when_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="promise",
            constraint=models.CheckConstraint(
                condition=models.Q(("kept_at", None), ("withdrawn_at", None), _connector="OR"),
                name="promise_is_not_both_kept_and_withdrawn",
            ),
        ),
        migrations.AddConstraint(
            model_name="promise",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kept_at", None),
                    models.Q(
                        ("kept_at__gt", models.F("due_at")),
                        ("broken_at", models.F("due_at")),
                        ("broken_at__isnull", False),
                    ),
                    models.Q(
                        ("kept_at__gte", models.F("made_at")),
                        ("kept_at__lte", models.F("due_at")),
                        ("broken_at", None),
                    ),
                    _connector="OR",
                ),
                name="promise_kept_late_was_broken",
            ),
        ),
        migrations.AddConstraint(
            model_name="promise",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn_at", None),
                    models.Q(
                        ("withdrawn_at__gt", models.F("due_at")),
                        ("broken_at", models.F("due_at")),
                        ("broken_at__isnull", False),
                    ),
                    models.Q(
                        ("withdrawn_at__gte", models.F("made_at")),
                        ("withdrawn_at__lte", models.F("due_at")),
                        ("broken_at", None),
                    ),
                    _connector="OR",
                ),
                name="promise_withdrawn_late_was_broken",
            ),
        ),
        migrations.CreateModel(
            name="PromisePolicy",
            fields=[
                ("kind", models.CharField(max_length=12, primary_key=True, serialize=False)),
                ("warn_before", models.DurationField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["delivery", "call_back", "repair", "refund", "other"])
                        ),
                        name="promise_policy_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("warn_before__gt", datetime.timedelta(0)),
                            ("warn_before__lte", datetime.timedelta(days=365)),
                        ),
                        name="promise_policy_warns_before",
                    ),
                ],
            },
        ),
    ]
