import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.db import migrations, models

import regulars.book.models.event
import regulars.kit.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Reader",
            fields=[
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("epoch", models.IntegerField(default=0)),
                ("txid", models.BigIntegerField(default=0)),
                ("position", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Customer",
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
                ("kind", models.CharField(default="person", max_length=12)),
                ("relationship", models.CharField(default="consumer", max_length=12)),
                ("name", models.CharField(blank=True, max_length=200)),
                ("language", models.CharField(blank=True, max_length=20)),
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
                        condition=models.Q(("kind__in", ["person", "organisation"])),
                        name="customer_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("relationship__in", ["consumer", "distributor", "partner", "supplier"])
                        ),
                        name="customer_relationship_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Timeline",
            fields=[
                (
                    "id",
                    models.IntegerField(
                        default=1, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("epoch", models.IntegerField(default=1)),
                ("system_identifier", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id", 1)), name="timeline_is_one_row"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("epoch__gte", 1)), name="timeline_epoch_is_positive"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("position", models.BigAutoField(primary_key=True, serialize=False)),
                ("epoch", models.IntegerField(db_default=1, editable=False)),
                (
                    "txid",
                    models.BigIntegerField(
                        db_default=regulars.book.models.event.CurrentTransaction(), editable=False
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("channel", models.CharField(blank=True, max_length=20)),
                ("staff_id", models.UUIDField(null=True)),
                ("subject", models.CharField(blank=True, max_length=20)),
                ("subject_id", models.UUIDField(null=True)),
                ("amount_minor", models.BigIntegerField(null=True)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("codes", models.JSONField(default=dict)),
                ("occurred_at", models.DateTimeField()),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                ("source", models.CharField(max_length=40)),
                ("source_key", models.CharField(max_length=120)),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="book.customer",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["epoch", "txid", "position"], name="event_in_reading_order"
                    ),
                    models.Index(fields=["customer", "occurred_at"], name="event_of_a_customer"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source", "source_key"), name="event_once_per_source_key"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__regex", "^[a-z]+(\\.[a-z]+(_[a-z]+)*)?$")),
                        name="event_kind_is_a_code",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount_minor", None), ("currency", "")),
                            models.Q(
                                ("amount_minor__isnull", False), ("currency__regex", "^[A-Z]{3}$")
                            ),
                            _connector="OR",
                        ),
                        name="event_amount_has_a_currency",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source", ""), _negated=True),
                        name="event_source_is_named",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Identity",
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
                ("kind", models.CharField(max_length=8)),
                ("source", models.CharField(blank=True, max_length=40)),
                ("value", models.CharField(max_length=254)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="identities",
                        to="book.customer",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "source", "value"), name="identity_belongs_to_one_customer"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["email", "phone", "card", "external"])),
                        name="identity_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "email"), _negated=True),
                            ("value", django.db.models.functions.text.Lower("value")),
                            _connector="OR",
                        ),
                        name="identity_email_is_written_small",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "phone"), _negated=True),
                            ("value__regex", "^\\+[1-9][0-9]{6,14}$"),
                            _connector="OR",
                        ),
                        name="identity_phone_is_international",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind", "external"), ("source", ""), _connector="XOR"),
                        name="identity_source_is_named_where_external",
                    ),
                ],
            },
        ),
    ]
