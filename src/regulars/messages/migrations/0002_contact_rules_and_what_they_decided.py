import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import regulars.kit.ids
from regulars.company.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("book", "0022_probable_joins_wait"),
        ("company", "0002_what_was_noted_stays"),
        ("message", "0001_messages_leave_once"),
    ]

    operations = [
        migrations.CreateModel(
            name="BudgetDecision",
            fields=[
                (
                    "outgoing",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="budget_decision",
                        serialize=False,
                        to="message.outgoing",
                    ),
                ),
                ("code", models.CharField(max_length=20)),
                ("until", models.DateTimeField(null=True)),
                ("facts", models.JSONField(default=dict)),
                ("rules_version", models.PositiveIntegerField()),
                ("decided_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[a-z0-9]+([._/-][a-z0-9]+)*$")),
                        name="budget_decision_code_is_a_code",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ContactPreference",
            fields=[
                (
                    "customer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="contact_preference",
                        serialize=False,
                        to="book.customer",
                    ),
                ),
                ("time_zone", models.CharField(blank=True, max_length=60)),
                ("most_a_week", models.PositiveSmallIntegerField(null=True)),
                (
                    "told_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("most_a_week", None), ("time_zone", ""), _negated=True),
                        name="contact_preference_says_something",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ContactRules",
            fields=[
                ("version", models.PositiveIntegerField(primary_key=True, serialize=False)),
                ("rules", models.JSONField()),
                ("staff_id", models.UUIDField(null=True)),
                (
                    "made_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("version__gte", 1)), name="contact_rules_count_from_one"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Approach",
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
                ("channel", models.CharField(max_length=8)),
                ("purpose", models.CharField(max_length=12)),
                ("kind", models.CharField(max_length=60)),
                ("key", models.CharField(max_length=120, unique=True)),
                ("approached_at", models.DateTimeField()),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="approaches",
                        to="book.customer",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["customer", "approached_at"], name="approach_of_a_customer"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("channel__in", ["email", "sms", "phone", "post", "chat", "push"])
                        ),
                        name="approach_channel_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("purpose__in", ["news", "offers", "surveys", "greetings", "service"])
                        ),
                        name="approach_purpose_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__regex", "^[a-z0-9]+([._/-][a-z0-9]+)*$")),
                        name="approach_kind_is_a_code",
                    ),
                ],
            },
        ),
        append_only("message_contactrules"),
    ]
