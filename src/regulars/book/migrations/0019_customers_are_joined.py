import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("book", "0018_who_was_erased_stays_erased"),
    ]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="joined_into",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="joined",
                to="book.customer",
            ),
        ),
        migrations.AddField(
            model_name="customer",
            name="kept",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="members",
                to="book.customer",
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                condition=models.Q(("kept", None), _negated=True),
                fields=["kept"],
                name="customer_by_who_is_kept",
            ),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("joined_into", None), ("kept", None)),
                    models.Q(
                        ("joined_into__isnull", False),
                        ("kept__isnull", False),
                        models.Q(("joined_into", models.F("id")), _negated=True),
                        models.Q(("kept", models.F("id")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="customer_is_joined_where_another_is_kept",
            ),
        ),
    ]
