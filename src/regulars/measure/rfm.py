"""Recency, frequency, money: order lines to customer-days to customers, in two group-bys."""

from typing import Any

import narwhals as nw

from regulars.measure.regulars import Definition

COUNTS = ("n_days", "net_minor", "gross_minor", "base_net_minor", "window_days")


def customer_days(lines: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """What each known customer did on each day: the first of the two stages.

    Takes   lines: one row per order line: customer, day (integer, days since 1970-01-01),
            net_minor (signed integer or NULL), is_purchase (bool).
    Gives   one row per customer and day: customer, day, net_minor and gross_minor (with and
            without returns; 0 where no amounts), n_purchases (purchase lines that day; 0 on a day
            of returns alone). Lines without a customer are left out.
    Error   exact.
    Beware  two orders of one customer on one day are one day: models and regulars count days.
    Source  Fader & Hardie 2005 (purchase occasions merged by day).
    """
    return (
        lines.filter(~nw.col("customer").is_null())
        .with_columns(bought_minor=nw.when(nw.col("is_purchase")).then(nw.col("net_minor")))
        .group_by("customer", "day")
        .agg(
            net_minor=nw.col("net_minor").sum(),
            gross_minor=nw.col("bought_minor").sum(),
            n_purchases=nw.col("is_purchase").cast(nw.Int64).sum(),
        )
        .with_columns(
            net_minor=nw.col("net_minor").fill_null(0).cast(nw.Int64),
            gross_minor=nw.col("gross_minor").fill_null(0).cast(nw.Int64),
            n_purchases=nw.col("n_purchases").cast(nw.Int32),
        )
    )


def customers(days: nw.LazyFrame[Any], *, as_of: int, definition: Definition) -> nw.LazyFrame[Any]:
    """Where each customer stands by counts alone: the second stage.

    Takes   days: customer, day, net_minor, gross_minor, n_purchases (see
            `customer_days`); as_of, the last day looked at, in days since 1970-01-01.
    Gives   one row per customer with at least one purchase day: customer, first_day, last_day,
            n_days (purchase days), net_minor and gross_minor (all history), base_net_minor and
            window_days (net in the base window, purchase days in the regulars' window),
            is_regular, in_base; net_squared (sum over days of net squared, float); and for the
            models x = n_days - 1, t_x = last_day - first_day, T = as_of - first_day (days).
    Error   exact.
    Beware  net spend may be below zero; a customer with returns alone has no row.
    Source  the definition of a regular is the company's own (`Definition`).
    """
    bought = nw.col("n_purchases") > 0
    in_window = nw.col("day") > as_of - definition.window_days
    in_base = nw.col("day") > as_of - definition.base_days
    net = nw.col("net_minor").cast(nw.Float64)
    per_customer = (
        days.filter(nw.col("day") <= as_of)
        .with_columns(
            bought_on=nw.when(bought).then(nw.col("day")),
            bought=bought.cast(nw.Int64),
            in_window=(bought & in_window).cast(nw.Int64),
            base_net=nw.when(in_base).then(nw.col("net_minor")).otherwise(0),
            squared=net * net,
        )
        .group_by("customer")
        .agg(
            first_day=nw.col("bought_on").min(),
            last_day=nw.col("bought_on").max(),
            n_days=nw.col("bought").sum(),
            net_minor=nw.col("net_minor").sum(),
            gross_minor=nw.col("gross_minor").sum(),
            base_net_minor=nw.col("base_net").sum(),
            window_days=nw.col("in_window").sum(),
            net_squared=nw.col("squared").sum(),
        )
    )
    first, last = nw.col("first_day"), nw.col("last_day")
    return per_customer.filter(nw.col("n_days") > 0).select(
        nw.col("customer"),
        first,
        last,
        *(nw.col(name).cast(nw.Int64) for name in COUNTS),
        nw.col("net_squared"),
        is_regular=nw.col("window_days") >= definition.days,
        in_base=last > as_of - definition.base_days,
        x=(nw.col("n_days") - 1).cast(nw.Int32),
        t_x=(last - first).cast(nw.Int32),
        T=(as_of - first).cast(nw.Int32),
    )


def cells(customers: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Customers who look alike to the models, counted together.

    Takes   customers: x, t_x, T (see `customers`).
    Gives   one row per distinct x, t_x, T: those and weight, the number of customers.
    Error   exact: the models depend on these three numbers alone.
    Beware  a fit on cells costs by the number of distinct cells, not of customers.
    Source  BTYD's compressed matrices, lifetimes' weights.
    """
    return customers.group_by("x", "t_x", "T").agg(weight=nw.len())


def visits(days: nw.LazyFrame[Any], *, as_of: int, definition: Definition) -> nw.LazyFrame[Any]:
    """Each purchase day with the purchase days before it: the one window pass.

    Takes   days: customer, day, n_purchases (see `customer_days`); the definition of a regular says
            how far back to look.
    Gives   one row per customer and purchase day up to as_of: customer, day, first_day, and
            before_1, before_k for k in {1, days - 1, days}: the day k purchase days earlier, NULL
            where there was none.
    Error   exact.
    Beware  ordered by day within a customer, and a customer has a day once, so ties cannot arise.
    Source  -
    """
    back = sorted({1, max(1, definition.days - 1), definition.days})
    day = nw.col("day")
    return days.filter(nw.col("n_purchases") > 0, day <= as_of).select(
        nw.col("customer"),
        day,
        day.cum_min().over("customer", order_by="day").alias("first_day"),
        *(day.shift(k).over("customer", order_by="day").alias(f"before_{k}") for k in back),
    )
