import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import regulars.kit.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("book", "0022_probable_joins_wait"),
    ]

    operations = [
        migrations.CreateModel(
            name="Lane",
            fields=[
                ("name", models.CharField(max_length=90, primary_key=True, serialize=False)),
                ("last_sequence", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Outgoing",
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
                ("endpoint_id", models.UUIDField(null=True)),
                ("sequence", models.BigIntegerField(null=True)),
                ("priority", models.SmallIntegerField(default=5)),
                ("state", models.CharField(default="waiting", max_length=8)),
                ("fate", models.CharField(blank=True, max_length=40)),
                (
                    "queued_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                ("not_before", models.DateTimeField()),
                ("expires_at", models.DateTimeField(null=True)),
                ("next_try_at", models.DateTimeField()),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("n_deferrals", models.PositiveSmallIntegerField(default=0)),
                ("lease_id", models.UUIDField(null=True)),
                ("lease_until", models.DateTimeField(null=True)),
                ("admitted_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("provider_id", models.CharField(blank=True, max_length=200)),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outgoing",
                        to="book.customer",
                    ),
                ),
                (
                    "lane",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="message.lane",
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="message.outgoing",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OutgoingContent",
            fields=[
                (
                    "outgoing",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="content",
                        serialize=False,
                        to="message.outgoing",
                    ),
                ),
                ("address", models.CharField(blank=True, max_length=320)),
                ("payload", models.JSONField()),
                ("last_answer", models.TextField(blank=True)),
            ],
        ),
        migrations.AddIndex(
            model_name="outgoing",
            index=models.Index(
                condition=models.Q(("state__in", ["deferred", "waiting"])),
                fields=["channel", "priority", "next_try_at"],
                name="outgoing_ready",
            ),
        ),
        migrations.AddIndex(
            model_name="outgoing",
            index=models.Index(
                condition=models.Q(("state", "leased")),
                fields=["lease_until"],
                name="outgoing_in_hand",
            ),
        ),
        migrations.AddIndex(
            model_name="outgoing",
            index=models.Index(
                condition=models.Q(
                    ("state__in", ["deferred", "leased", "paused", "waiting"]),
                    models.Q(("lane", None), _negated=True),
                ),
                fields=["lane", "sequence"],
                name="outgoing_open_in_lane",
            ),
        ),
        migrations.AddIndex(
            model_name="outgoing",
            index=models.Index(fields=["customer", "queued_at"], name="outgoing_of_a_customer"),
        ),
        migrations.AddConstraint(
            model_name="outgoing",
            constraint=models.UniqueConstraint(
                fields=("lane", "sequence"), name="outgoing_has_its_place"
            ),
        ),
        migrations.AddConstraint(
            model_name="outgoing",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel__in", ["email", "sms", "webhook"])),
                name="outgoing_channel_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="outgoing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("purpose__in", ["news", "offers", "surveys", "greetings", "service"])
                ),
                name="outgoing_purpose_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="outgoing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "waiting",
                            "deferred",
                            "paused",
                            "leased",
                            "sent",
                            "failed",
                            "dropped",
                            "merged",
                        ],
                    )
                ),
                name="outgoing_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="outgoing",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__regex", "^[a-z0-9]+([._/-][a-z0-9]+)*$")),
                name="outgoing_kind_is_a_code",
            ),
        ),
        migrations.AddConstraint(
            model_name="outgoing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("fate", ""), ("fate__regex", "^[a-z0-9]+([._/-][a-z0-9]+)*$"), _connector="OR"
                ),
                name="outgoing_fate_is_a_code",
            ),
        ),
        migrations.AddConstraint(
            model_name="outgoing",
            constraint=models.CheckConstraint(
                condition=models.Q(("key", ""), _connector="OR", _negated=True),
                name="outgoing_has_a_key",
            ),
        ),
        migrations.AddConstraint(
            model_name="outgoing",
            constraint=models.CheckConstraint(
                condition=models.Q(("lane", None), ("sequence__isnull", False), _connector="XOR"),
                name="outgoing_in_a_lane_has_a_place",
            ),
        ),
        migrations.AddConstraint(
            model_name="outgoing",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel", "webhook"), ("endpoint_id", None), _connector="XOR"),
                name="outgoing_webhook_has_an_endpoint",
            ),
        ),
        migrations.AddConstraint(
            model_name="outgoing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "leased"),
                    models.Q(("lease_id", None), ("lease_until", None)),
                    _connector="XOR",
                ),
                name="outgoing_in_hand_has_a_lease",
            ),
        ),
        migrations.AddConstraint(
            model_name="outgoing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["deferred", "leased", "paused", "waiting"]),
                    ("ended_at__isnull", False),
                    _connector="XOR",
                ),
                name="outgoing_is_open_or_ended",
            ),
        ),
        migrations.AddConstraint(
            model_name="outgoing",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "merged"), ("merged_into", None), _connector="XOR"),
                name="outgoing_merged_names_the_other",
            ),
        ),
    ]
