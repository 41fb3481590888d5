import django.db.models.deletion
from django.db import migrations, models

import regulars.kit.ids


class Migration(migrations.Migration):
    dependencies = [
        ("book", "0004_orders_hold_lines"),
    ]

    operations = [
        migrations.CreateModel(
            name="Return",
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
                ("reason", models.CharField(blank=True, max_length=20)),
                ("channel", models.CharField(blank=True, max_length=20)),
                ("returned_at", models.DateTimeField()),
                ("currency", models.CharField(max_length=3)),
                ("refund_minor", models.BigIntegerField()),
                ("tax_minor", models.BigIntegerField(default=0)),
                ("shipping_minor", models.BigIntegerField(default=0)),
                ("version", models.PositiveIntegerField(default=1)),
                ("source", models.CharField(max_length=40)),
                ("source_key", models.CharField(max_length=100)),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returns",
                        to="book.customer",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returns",
                        to="book.order",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReturnLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=12)),
                ("refund_minor", models.BigIntegerField()),
                (
                    "goods_return",
                    models.ForeignKey(
                        db_column="return_id",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="book.return",
                    ),
                ),
                (
                    "order_line",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returned",
                        to="book.orderline",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="return_lines",
                        to="book.product",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="return",
            index=models.Index(fields=["customer", "returned_at"], name="return_of_a_customer"),
        ),
        migrations.AddConstraint(
            model_name="return",
            constraint=models.UniqueConstraint(
                fields=("source_key", "source"), name="return_once_per_source_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="return",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("source", ""), ("source_key", ""), _connector="OR", _negated=True
                ),
                name="return_source_and_key_are_told",
            ),
        ),
        migrations.AddConstraint(
            model_name="return",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "reason__in",
                        [
                            "changed_mind",
                            "faulty",
                            "damaged",
                            "wrong_item",
                            "not_as_described",
                            "does_not_fit",
                            "too_late",
                            "other",
                            "",
                        ],
                    )
                ),
                name="return_reason_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="return",
            constraint=models.CheckConstraint(
                condition=models.Q(("currency__regex", "^[A-Z]{3}$")),
                name="return_currency_is_a_code",
            ),
        ),
        migrations.AddConstraint(
            model_name="return",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("refund_minor__gte", 0), ("tax_minor__gte", 0), ("shipping_minor__gte", 0)
                ),
                name="return_amounts_are_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="returnline",
            constraint=models.UniqueConstraint(
                fields=("order_line", "goods_return"), name="return_line_once_per_order_line"
            ),
        ),
        migrations.AddConstraint(
            model_name="returnline",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gt", 0)), name="return_line_quantity_is_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="returnline",
            constraint=models.CheckConstraint(
                condition=models.Q(("refund_minor__gte", 0)),
                name="return_line_refund_is_not_negative",
            ),
        ),
    ]
