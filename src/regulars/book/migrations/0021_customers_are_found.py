import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("book", "0020_files_come_in"),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                (
                    "customer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="search_entry",
                        serialize=False,
                        to="book.customer",
                    ),
                ),
                (
                    "search_keys",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField()),
                ),
                (
                    "blocks",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField()),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fastupdate=False, fields=["search_keys"], name="search_by_key"
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        fastupdate=False, fields=["blocks"], name="search_by_block"
                    ),
                ],
            },
        ),
    ]
