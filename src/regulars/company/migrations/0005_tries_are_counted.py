from django.db import migrations, models

# As Django's own createcachetable makes it.
MAKE_CACHE = """
CREATE TABLE company_cache (
  cache_key varchar(255) NOT NULL PRIMARY KEY,
  value text NOT NULL,
  expires timestamp with time zone NOT NULL
);
CREATE INDEX company_cache_expires ON company_cache (expires)
"""


class Migration(migrations.Migration):
    dependencies = [("company", "0004_programs_have_keys")]

    operations = [
        migrations.CreateModel(
            name="Tries",
            fields=[
                ("digest", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("n", models.IntegerField(default=0)),
                ("ends_at", models.DateTimeField(db_index=True)),
            ],
            options={
                "verbose_name_plural": "tries",
            },
        ),
        migrations.RunSQL(MAKE_CACHE, "DROP TABLE company_cache"),
    ]
