import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import regulars.kit.ids


class Migration(migrations.Migration):
    dependencies = [
        ("book", "0022_probable_joins_wait"),
        ("message", "0002_contact_rules_and_what_they_decided"),
    ]

    operations = [
        migrations.CreateModel(
            name="SoftBounce",
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
                ("address", models.CharField(max_length=320)),
                ("outgoing_id", models.UUIDField(unique=True)),
                ("status", models.CharField(blank=True, max_length=20)),
                ("bounced_at", models.DateTimeField()),
                (
                    "customer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="soft_bounces",
                        to="book.customer",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ClosedChannel",
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
                ("address", models.CharField(max_length=320)),
                ("reason", models.CharField(max_length=12)),
                ("status", models.CharField(blank=True, max_length=20)),
                (
                    "closed_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("opened_at", models.DateTimeField(null=True)),
                ("opened_by", models.UUIDField(null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="closed_channels",
                        to="book.customer",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("opened_at", None)),
                        fields=("channel", "address", "reason"),
                        name="channel_is_closed_once_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("channel__in", ["email", "sms", "phone", "post", "chat", "push"])
                        ),
                        name="closed_channel_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reason__in", ["hard_bounce", "soft_bounces", "complaint"])
                        ),
                        name="closed_channel_reason_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("address", ""), _connector="OR", _negated=True),
                        name="closed_channel_names_an_address",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="softbounce",
            index=models.Index(fields=["channel", "address"], name="soft_bounce_of_an_address"),
        ),
    ]
