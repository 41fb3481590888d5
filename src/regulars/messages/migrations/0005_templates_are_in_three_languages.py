import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import regulars.kit.ids
from regulars.company.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("message", "0004_mail_comes_in"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="TemplateVersion",
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
                ("code", models.CharField(max_length=60)),
                ("language", models.CharField(max_length=10)),
                ("version", models.PositiveSmallIntegerField()),
                ("purpose", models.CharField(max_length=12)),
                ("variables", models.JSONField()),
                ("subject", models.CharField(blank=True, max_length=200)),
                ("text", models.TextField()),
                (
                    "made_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("code", "language", "version"), name="template_version_is_said_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[a-z0-9]+([._/-][a-z0-9]+)*$")),
                        name="template_code_is_a_code",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("language__in", ["en", "zh-hans", "sv"])),
                        name="template_language_is_ours",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("purpose__in", ["news", "offers", "surveys", "greetings", "service"])
                        ),
                        name="template_purpose_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("version__gte", 1)),
                        name="template_version_counts_from_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True),
                        name="template_says_something",
                    ),
                ],
            },
        ),
        append_only("message_templateversion"),
    ]
