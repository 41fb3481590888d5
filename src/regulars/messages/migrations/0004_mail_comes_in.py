import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import regulars.kit.ids


class Migration(migrations.Migration):
    dependencies = [
        ("book", "0022_probable_joins_wait"),
        ("message", "0003_addresses_are_closed"),
    ]

    operations = [
        migrations.CreateModel(
            name="Mailbox",
            fields=[
                ("name", models.CharField(max_length=300, primary_key=True, serialize=False)),
                ("uid_validity", models.BigIntegerField(default=0)),
                ("last_uid", models.BigIntegerField(default=0)),
                ("read_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="InboundMail",
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
                ("fingerprint", models.CharField(max_length=64, unique=True)),
                ("state", models.CharField(default="received", max_length=8)),
                ("kind", models.CharField(blank=True, max_length=12)),
                ("reason", models.CharField(blank=True, max_length=40)),
                ("n_tries", models.PositiveSmallIntegerField(default=0)),
                ("size_bytes", models.BigIntegerField()),
                (
                    "received_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("uid_validity", models.BigIntegerField(null=True)),
                ("uid", models.BigIntegerField(null=True)),
                ("marked_at", models.DateTimeField(null=True)),
                ("thread_id", models.UUIDField(db_index=True, null=True)),
                ("outgoing_id", models.UUIDField(db_index=True, null=True)),
                ("is_answerable", models.BooleanField(default=False)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "contact",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inbound_mail",
                        to="book.contact",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inbound_mail",
                        to="book.customer",
                    ),
                ),
                (
                    "mailbox",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="message.mailbox",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="InboundContent",
            fields=[
                (
                    "mail",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="content",
                        serialize=False,
                        to="message.inboundmail",
                    ),
                ),
                ("raw", models.BinaryField()),
                ("sender", models.CharField(blank=True, db_index=True, max_length=320)),
                ("sender_name", models.CharField(blank=True, max_length=200)),
                ("subject", models.CharField(blank=True, max_length=400)),
                ("message_id", models.CharField(blank=True, db_index=True, max_length=300)),
                ("attachments", models.JSONField(default=list)),
            ],
        ),
        migrations.AddIndex(
            model_name="inboundmail",
            index=models.Index(
                condition=models.Q(("state", "received")),
                fields=["received_at"],
                name="inbound_to_be_read",
            ),
        ),
        migrations.AddIndex(
            model_name="inboundmail",
            index=models.Index(
                condition=models.Q(("mailbox__isnull", False), ("marked_at", None)),
                fields=["mailbox", "uid_validity", "uid"],
                name="inbound_to_be_marked",
            ),
        ),
        migrations.AddConstraint(
            model_name="inboundmail",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["received", "done", "aside"])),
                name="inbound_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="inboundmail",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        ["person", "auto_reply", "bulk", "bounce", "complaint", "unsubscribe", ""],
                    )
                ),
                name="inbound_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="inboundmail",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reason", ""),
                    ("reason__regex", "^[a-z0-9]+([._/-][a-z0-9]+)*$"),
                    _connector="OR",
                ),
                name="inbound_reason_is_a_code",
            ),
        ),
        migrations.AddConstraint(
            model_name="inboundmail",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "aside"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="inbound_aside_has_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="inboundmail",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "done"), _negated=True),
                    models.Q(("kind", ""), _negated=True),
                    _connector="OR",
                ),
                name="inbound_done_has_a_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="inboundmail",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("mailbox", None), ("uid", None), ("uid_validity", None)),
                    models.Q(
                        ("mailbox__isnull", False),
                        ("uid__isnull", False),
                        ("uid_validity__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="inbound_from_a_box_has_its_number",
            ),
        ),
    ]
