import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import regulars.kit.ids


class Migration(migrations.Migration):
    dependencies = [
        ("book", "0003_products_stand_in_categories"),
    ]

    operations = [
        migrations.CreateModel(
            name="Order",
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
                ("status", models.CharField(default="placed", max_length=10)),
                ("channel", models.CharField(blank=True, max_length=20)),
                ("branch", models.CharField(blank=True, max_length=40)),
                ("placed_at", models.DateTimeField()),
                ("currency", models.CharField(max_length=3)),
                ("gross_minor", models.BigIntegerField()),
                ("discount_minor", models.BigIntegerField(default=0)),
                (
                    "net_minor",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.expressions.CombinedExpression(
                            models.F("gross_minor"), "-", models.F("discount_minor")
                        ),
                        output_field=models.BigIntegerField(),
                    ),
                ),
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
                        related_name="orders",
                        to="book.customer",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OrderLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=12)),
                ("unit_price_minor", models.BigIntegerField(null=True)),
                ("gross_minor", models.BigIntegerField()),
                ("discount_minor", models.BigIntegerField(default=0)),
                (
                    "net_minor",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.expressions.CombinedExpression(
                            models.F("gross_minor"), "-", models.F("discount_minor")
                        ),
                        output_field=models.BigIntegerField(),
                    ),
                ),
                ("coupon", models.CharField(blank=True, max_length=40)),
                (
                    "order",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="book.order",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="order_lines",
                        to="book.product",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["customer", "placed_at"], name="order_of_a_customer"),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.UniqueConstraint(
                fields=("source_key", "source"), name="order_once_per_source_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("source", ""), ("source_key", ""), _connector="OR", _negated=True
                ),
                name="order_source_and_key_are_told",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["placed", "cancelled"])),
                name="order_status_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(("currency__regex", "^[A-Z]{3}$")),
                name="order_currency_is_a_code",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("discount_minor__gte", 0), ("tax_minor__gte", 0), ("shipping_minor__gte", 0)
                ),
                name="order_amounts_are_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(("discount_minor__lte", models.F("gross_minor"))),
                name="order_discount_is_at_most_gross",
            ),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.UniqueConstraint(
                fields=("order", "position"), name="order_line_position_is_taken_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(("position__gte", 1)), name="order_line_position_counts_from_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gt", 0)), name="order_line_quantity_is_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("discount_minor__gte", 0),
                    models.Q(
                        ("unit_price_minor", None), ("unit_price_minor__gte", 0), _connector="OR"
                    ),
                ),
                name="order_line_amounts_are_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(("discount_minor__lte", models.F("gross_minor"))),
                name="order_line_discount_is_at_most_gross",
            ),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("unit_price_minor", None),
                    models.Q(
                        (
                            "gross_minor__gte",
                            models.ExpressionWrapper(
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("quantity"), "*", models.F("unit_price_minor")
                                    ),
                                    "+",
                                    django.db.models.expressions.CombinedExpression(
                                        models.Value(-1),
                                        "*",
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                models.F("quantity"), "+", models.Value(1)
                                            ),
                                            "/",
                                            models.Value(2),
                                        ),
                                    ),
                                ),
                                output_field=models.DecimalField(decimal_places=6, max_digits=30),
                            ),
                        ),
                        (
                            "gross_minor__lte",
                            models.ExpressionWrapper(
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("quantity"), "*", models.F("unit_price_minor")
                                    ),
                                    "+",
                                    django.db.models.expressions.CombinedExpression(
                                        models.Value(1),
                                        "*",
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                models.F("quantity"), "+", models.Value(1)
                                            ),
                                            "/",
                                            models.Value(2),
                                        ),
                                    ),
                                ),
                                output_field=models.DecimalField(decimal_places=6, max_digits=30),
                            ),
                        ),
                    ),
                    _connector="OR",
                ),
                name="order_line_gross_is_price_times_quantity",
            ),
        ),
    ]
