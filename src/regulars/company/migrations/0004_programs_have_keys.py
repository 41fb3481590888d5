import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import regulars.kit.ids


class Migration(migrations.Migration):
    dependencies = [("company", "0003_the_company_and_where_it_is_met")]

    operations = [
        migrations.AddField(
            model_name="auditentry",
            name="key_id",
            field=models.UUIDField(null=True),
        ),
        migrations.CreateModel(
            name="ApiKey",
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
                ("name", models.CharField(max_length=120)),
                ("prefix", models.CharField(max_length=12, unique=True)),
                ("digest", models.BinaryField(max_length=32)),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20)
                    ),
                ),
                (
                    "made_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                ("expires_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                ("last_used_at", models.DateTimeField(null=True)),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="key_has_a_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "scopes__contained_by",
                                [
                                    "customers:read",
                                    "customers:write",
                                    "orders:read",
                                    "orders:write",
                                    "contacts:read",
                                    "contacts:write",
                                    "events:read",
                                    "events:write",
                                    "promises:read",
                                    "promises:write",
                                    "consents:read",
                                    "consents:write",
                                    "imports:read",
                                    "imports:write",
                                    "config:read",
                                    "config:write",
                                ],
                            ),
                            models.Q(("scopes__len", 0), _negated=True),
                        ),
                        name="key_scopes_are_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_at", None),
                            ("expires_at__gt", models.F("made_at")),
                            _connector="OR",
                        ),
                        name="key_expires_after_it_was_made",
                    ),
                ],
            },
        ),
    ]
