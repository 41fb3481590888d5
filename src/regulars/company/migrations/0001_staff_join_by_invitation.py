import django.db.models.functions.datetime
import django.db.models.functions.text
from django.db import migrations, models

import regulars.kit.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Staff",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                (
                    "last_login",
                    models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                ),
                (
                    "id",
                    models.UUIDField(
                        default=regulars.kit.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("email", models.EmailField(max_length=254, unique=True)),
                ("name", models.CharField(max_length=120)),
                ("role", models.CharField(max_length=12)),
                ("is_active", models.BooleanField(default=True)),
                (
                    "joined_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("email", django.db.models.functions.text.Lower("email"))
                        ),
                        name="staff_email_is_written_small",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "role__in",
                                [
                                    "owner",
                                    "manager",
                                    "agent",
                                    "handler",
                                    "marketer",
                                    "auditor",
                                    "analyst",
                                ],
                            )
                        ),
                        name="staff_role_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="staff_has_a_name"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditEntry",
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
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                ("staff_id", models.UUIDField(null=True)),
                ("action", models.CharField(max_length=60)),
                ("subject", models.CharField(max_length=60)),
                ("subject_id", models.UUIDField(null=True)),
                ("facts", models.JSONField(default=dict)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["subject", "subject_id", "at"], name="audit_of_a_subject"),
                    models.Index(fields=["staff_id", "at"], name="audit_of_a_person"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
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
                ("role", models.CharField(max_length=12)),
                ("token_digest", models.BinaryField(max_length=32, unique=True)),
                (
                    "made_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("made_at"))),
                        name="invitation_expires_after_it_was_made",
                    )
                ],
            },
        ),
    ]
