import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import regulars.kit.ids


class Migration(migrations.Migration):
    dependencies = [
        ("book", "0012_days_that_matter"),
        ("company", "0002_what_was_noted_stays"),
    ]

    operations = [
        migrations.CreateModel(
            name="Contact",
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
                ("direction", models.CharField(max_length=4)),
                ("channel", models.CharField(blank=True, max_length=20)),
                ("branch", models.CharField(blank=True, max_length=20)),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("waiting_seconds", models.PositiveIntegerField(null=True)),
                ("handling_seconds", models.PositiveIntegerField(null=True)),
                ("outcome", models.CharField(blank=True, max_length=40)),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to="book.customer",
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(fields=["customer", "-started_at"], name="contact_of_a_customer"),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["visit", "call", "chat", "email"])),
                name="contact_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.CheckConstraint(
                condition=models.Q(("direction__in", ["in", "out"])),
                name="contact_direction_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_at", None), ("ended_at__gte", models.F("started_at")), _connector="OR"
                ),
                name="contact_ends_after_it_began",
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("channel", ""),
                    ("channel__regex", "^[a-z0-9]+([._/-][a-z0-9]+)*$"),
                    _connector="OR",
                ),
                name="contact_channel_is_a_code",
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("branch", ""),
                    ("branch__regex", "^[a-z0-9]+([._/-][a-z0-9]+)*$"),
                    _connector="OR",
                ),
                name="contact_branch_is_a_code",
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("outcome", ""),
                    ("outcome__regex", "^[a-z0-9]+([._/-][a-z0-9]+)*$"),
                    _connector="OR",
                ),
                name="contact_outcome_is_a_code",
            ),
        ),
    ]
