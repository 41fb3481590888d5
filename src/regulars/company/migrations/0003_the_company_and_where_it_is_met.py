import django.contrib.postgres.fields
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

import regulars.company.models.company
import regulars.kit.ids

# The channels a new house has; their names are said in the reader's language until changed.
CHANNELS = {
    "shop": "Shop",
    "web": "Website",
    "app": "App",
    "phone": "Phone",
    "email": "E-mail",
    "chat": "Chat",
    "mail": "Letter",
}


def first_rows(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("company", "Company").objects.create()
    channel = apps.get_model("company", "Channel")
    for kind, name in CHANNELS.items():
        channel.objects.create(code=kind, kind=kind, name=name)


class Migration(migrations.Migration):
    dependencies = [("company", "0002_what_was_noted_stays")]

    operations = [
        migrations.CreateModel(
            name="Company",
            fields=[
                (
                    "id",
                    models.IntegerField(
                        default=1, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=120)),
                ("time_zone", models.CharField(default="UTC", max_length=60)),
                ("currency", models.CharField(default="EUR", max_length=3)),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=10),
                        default=regulars.company.models.company.all_languages,
                    ),
                ),
                ("first_language", models.CharField(default="en", max_length=10)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id", 1)), name="company_is_one_row"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("currency__regex", "^[A-Z]{3}$")),
                        name="company_currency_is_a_code",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("languages__contained_by", ["en", "zh-hans", "sv"])),
                        name="company_languages_are_ours",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("languages__contains", [models.F("first_language")])),
                        name="company_first_language_is_offered",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Branch",
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
                ("code", models.CharField(max_length=20, unique=True)),
                ("name", models.CharField(max_length=120)),
                ("closed_at", models.DateTimeField(null=True)),
                ("time_zone", models.CharField(blank=True, max_length=60)),
            ],
            options={
                "ordering": ("code",),
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[a-z0-9]+([_-][a-z0-9]+)*$")),
                        name="branch_code_is_a_code",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="branch_has_a_name"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Department",
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
                ("code", models.CharField(max_length=20, unique=True)),
                ("name", models.CharField(max_length=120)),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ("code",),
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[a-z0-9]+([_-][a-z0-9]+)*$")),
                        name="department_code_is_a_code",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True),
                        name="department_has_a_name",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Channel",
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
                ("code", models.CharField(max_length=20, unique=True)),
                ("name", models.CharField(max_length=120)),
                ("closed_at", models.DateTimeField(null=True)),
                ("kind", models.CharField(max_length=8)),
            ],
            options={
                "ordering": ("code",),
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[a-z0-9]+([_-][a-z0-9]+)*$")),
                        name="channel_code_is_a_code",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="channel_has_a_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["shop", "web", "app", "phone", "email", "chat", "mail"])
                        ),
                        name="channel_kind_is_known",
                    ),
                ],
            },
        ),
        migrations.RunPython(first_rows, migrations.RunPython.noop),
    ]
