"""report.json: the facts as a document for machines. Its schema is docs/report-json.md."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

from regulars.measure.card.result import Card
from regulars.measure.regulars import Definition
from regulars.report.facts import Facts
from regulars.report.tables import day_of

# The first number changes when a key goes or changes meaning, the second when one is added.
SCHEMA_VERSION = "1.0"
# Engines add up in parallel, in no fixed order: beyond this many digits two runs may differ.
DIGITS = 10


def document(facts: Facts) -> dict[str, Any]:
    """The facts as plain values: the keys that programs rely on first, the rest beside them."""
    told: dict[str, Any] = _plain(_told(facts))
    return told


def _told(facts: Facts) -> dict[str, Any]:
    regulars, spread, ahead = facts.regulars, facts.concentration, facts.expected
    return {
        "schema_version": SCHEMA_VERSION,
        "made_on": facts.made_on.isoformat(),
        "engine": facts.engine,
        "company": facts.company,
        "input": _plain(facts.input),
        "customers": facts.customers,
        "orders": facts.orders,
        "currency": facts.currency,
        "currency_exponent": facts.currency_exponent,
        "net_revenue_minor": facts.net_revenue_minor,
        "stages": _plain(facts.stages),
        "activity": _plain(facts.activity),
        "regulars": {
            "definition": _plain(regulars.definition),
            "n": regulars.n,
            "n_base": regulars.n_base,
            "share": regulars.share.value,
            "low": regulars.share.low,
            "high": regulars.share.high,
            "level": regulars.share.level,
            "why_not": regulars.share.why_not,
            "revenue_share": regulars.revenue_share.value,
            "revenue_share_figure": _plain(regulars.revenue_share),
            "year_ago_difference": _plain(regulars.year_ago),
            "course": _plain(regulars.course),
        },
        "slipping": _plain(facts.slipping),
        "concentration": None
        if spread is None
        else {
            "by": spread.by,
            "n": spread.n,
            "n_not_positive": spread.n_not_positive,
            "top_20_share": spread.top_20_share.value,
            "gini": spread.gini.value,
            "customers_for_80_share": spread.customers_for_80_share.value,
            "figures": {
                "top_20_share": _plain(spread.top_20_share),
                "gini": _plain(spread.gini),
                "customers_for_80_share": _plain(spread.customers_for_80_share),
            },
            "before_returns": _plain(spread.before_returns),
            "curve": _plain(spread.curve),
        },
        "cohorts": _plain(facts.cohorts.cohorts),
        "cohort_unit": facts.cohorts.unit,
        "back_within_year": _plain(facts.cohorts.back_within_year),
        "model": {
            key: _plain(getattr(facts.model, key))
            for key in (
                "name",
                "time_unit",
                "params",
                "standard_errors",
                "log_likelihood",
                "n_customers",
                "converged",
                "identifiable",
                "why_not",
            )
        },
        "serving": {"name": facts.model.serving},
        "expected": {
            "horizon_days": ahead.horizon_days,
            "purchases": ahead.purchases.value,
            "low": ahead.purchases.low,
            "high": ahead.purchases.high,
            "level": ahead.purchases.level,
            "why_not": ahead.purchases.why_not,
            "buyers": ahead.buyers.value,
            "buyers_figure": _plain(ahead.buyers),
            "revenue_minor": _plain(ahead.revenue_minor),
            "backtests": _plain(ahead.backtests),
        },
        "card": _card(facts.card),
        "forecast": _plain(facts.forecast),
        "states": _plain(facts.states),
        "discounts": _plain(facts.discounts),
        "rules": _plain(facts.rules),
    }


def as_json(facts: Facts) -> str:
    """The document as text, keys in the order of the schema, ending with a line feed."""
    return json.dumps(document(facts), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _card(card: Card | None) -> Any:
    """The model card: who was tried, how each did, and who serves."""
    if card is None:
        return None
    season = card.season
    return {
        "horizon_days": card.horizon,
        "origins": [day_of(on).isoformat() for on in card.origins],
        "n": card.n,
        "serving": card.serving,
        "why_not": card.why_not,
        "needs": card.needs,
        "entries": _plain(card.entries),
        "season": {
            "is_on": season.is_on,
            "came_share": season.came_share,
            "came_error": season.came_error,
            "saved": season.saved,
            "saved_error": season.saved_error,
            "n": season.n,
            "n_origins": season.n_origins,
            "why_not": season.why_not,
        },
    }


def _plain(value: Any) -> Any:
    """Dataclasses to mappings, dates to ISO, tuples to lists."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Definition):
        return {
            "kinds": list(value.kinds),
            "days": value.days,
            "window_days": value.window_days,
            "base_window_days": value.base_days,
        }
    if is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    return value
