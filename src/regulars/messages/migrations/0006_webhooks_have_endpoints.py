import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import regulars.kit.ids

CODE = "^[a-z0-9]+([._/-][a-z0-9]+)*$"


def identity() -> "tuple[str, models.Field[object, object]]":
    return (
        "id",
        models.UUIDField(
            default=regulars.kit.ids.new_id, editable=False, primary_key=True, serialize=False
        ),
    )


def made_at() -> "tuple[str, models.Field[object, object]]":
    now = django.db.models.functions.datetime.Now()
    return ("made_at", models.DateTimeField(db_default=now, editable=False))


class Migration(migrations.Migration):
    dependencies = [("message", "0005_templates_are_in_three_languages")]

    operations = [
        migrations.CreateModel(
            name="Endpoint",
            fields=[
                identity(),
                ("name", models.CharField(max_length=120)),
                ("url", models.CharField(max_length=500)),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list
                    ),
                ),
                ("payload", models.CharField(default="thin", max_length=4)),
                ("state", models.CharField(default="enabled", max_length=8)),
                ("why", models.CharField(blank=True, max_length=40)),
                ("stopped_at", models.DateTimeField(null=True)),
                made_at(),
                ("held_until", models.DateTimeField(null=True)),
                ("n_unreachable", models.PositiveSmallIntegerField(default=0)),
                ("failing_since", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": (
                    models.UniqueConstraint(
                        fields=("url",), name="endpoint_has_an_address_of_its_own"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("name", ""), ("url", ""), _connector="OR", _negated=True
                        ),
                        name="endpoint_has_a_name_and_an_address",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("payload__in", ["thin", "full"])),
                        name="endpoint_payload_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["enabled", "paused", "disabled"])),
                        name="endpoint_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "enabled"), ("stopped_at", None), ("why", "")),
                            models.Q(
                                models.Q(("state", "enabled"), _negated=True),
                                ("why__regex", CODE),
                                models.Q(("stopped_at", None), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="endpoint_not_enabled_says_why_and_since_when",
                    ),
                ),
            },
        ),
        migrations.CreateModel(
            name="EndpointSecret",
            fields=[
                identity(),
                (
                    "endpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="secrets",
                        to="message.endpoint",
                    ),
                ),
                ("sealed", models.CharField(max_length=300)),
                made_at(),
                ("expires_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": (
                    models.UniqueConstraint(
                        condition=models.Q(("expires_at", None)),
                        fields=("endpoint",),
                        name="endpoint_has_one_secret_that_stays",
                    ),
                ),
            },
        ),
        migrations.CreateModel(
            name="DeliveryAttempt",
            fields=[
                identity(),
                (
                    "endpoint",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tries",
                        to="message.endpoint",
                    ),
                ),
                ("webhook_id", models.CharField(max_length=40)),
                ("kind", models.CharField(max_length=60)),
                ("attempt", models.PositiveSmallIntegerField(default=1)),
                ("status", models.PositiveSmallIntegerField(null=True)),
                ("reason", models.CharField(blank=True, max_length=40)),
                ("answer", models.CharField(blank=True, max_length=200)),
                ("duration_ms", models.PositiveIntegerField()),
            ],
            options={
                "indexes": (
                    models.Index(fields=["endpoint", "id"], name="attempt_at_an_endpoint"),
                ),
                "constraints": (
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reason", ""), ("reason__regex", CODE), _connector="OR"
                        ),
                        name="attempt_reason_is_a_code",
                    ),
                ),
            },
        ),
        migrations.AddIndex(
            model_name="outgoing",
            index=models.Index(
                condition=models.Q(
                    ("state__in", ["deferred", "leased", "paused", "waiting"]),
                    models.Q(("endpoint_id", None), _negated=True),
                ),
                fields=["endpoint_id"],
                name="outgoing_open_at_an_endpoint",
            ),
        ),
    ]
