import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import regulars.kit.ids


class Migration(migrations.Migration):
    dependencies = [
        ("book", "0008_people_belong_to_organisations"),
    ]

    operations = [
        migrations.CreateModel(
            name="ConsentWording",
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
                ("code", models.CharField(max_length=40)),
                ("version", models.PositiveSmallIntegerField()),
                ("language", models.CharField(max_length=20)),
                ("text", models.TextField()),
                (
                    "made_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("code", "version", "language"),
                        name="wording_has_one_text_a_version",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[a-z0-9]+([._/-][a-z0-9]+)*$")),
                        name="wording_code_is_a_code",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("version__gte", 1)),
                        name="wording_version_counts_from_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True),
                        name="wording_says_something",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Consent",
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
                ("act_id", models.UUIDField(db_index=True)),
                ("channel", models.CharField(max_length=8)),
                ("purpose", models.CharField(max_length=12)),
                ("is_given", models.BooleanField()),
                ("how", models.CharField(max_length=12)),
                ("occurred_at", models.DateTimeField()),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consents",
                        to="book.customer",
                    ),
                ),
                (
                    "wording",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="book.consentwording",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["customer", "channel", "purpose", "-occurred_at"],
                        name="consent_of_a_customer",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("act_id", "channel", "purpose"),
                        name="consent_is_said_once_in_an_act",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("channel__in", ["email", "sms", "phone", "post", "chat", "push"])
                        ),
                        name="consent_channel_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("purpose__in", ["news", "offers", "surveys", "greetings", "service"])
                        ),
                        name="consent_purpose_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("purpose", "service"), _negated=True),
                        name="consent_is_not_asked_for_service",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "how__in",
                                [
                                    "form",
                                    "in_person",
                                    "by_phone",
                                    "on_paper",
                                    "link",
                                    "reply",
                                    "complaint",
                                    "imported",
                                ],
                            )
                        ),
                        name="consent_how_is_known",
                    ),
                ],
            },
        ),
    ]
