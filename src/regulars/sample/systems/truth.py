"""What is planted in the systems beside the orders, and what came of the promises."""

from dataclasses import asdict, dataclass, field

import numpy as np

from regulars.sample.systems import calls, customers, persons, tickets, visits
from regulars.sample.systems import wholesale as trade
from regulars.sample.systems.promises import COSTS, KINDS, Promises
from regulars.sample.systems.registers import HABITS
from regulars.sample.systems.returning import WITHIN_DAYS
from regulars.sample.systems.staff import DEPARTMENTS
from regulars.sample.systems.subjects import CAUSES

_HOW = (
    "The orders came first. Which promises were broken was drawn afterwards by Bayes' theorem from "
    "each customer's own chance of coming back and from whether they came, so that promises and "
    "purchases are spread as if promises had been broken by chance alone and the chance of a "
    "purchase in the given days after the day it was due had been factor times as high after a "
    "broken one. Broken more often in November and December, which also moves how many come back: "
    "compare within a month. Withdrawn promises count on neither side."
)


@dataclass(slots=True)
class SystemsTruth:
    """Running counts of promises, by kind: given, broken, and followed by a purchase."""

    given: list[int] = field(default_factory=lambda: [0] * len(KINDS))
    broken: list[int] = field(default_factory=lambda: [0] * len(KINDS))
    back_after_kept: list[int] = field(default_factory=lambda: [0] * len(KINDS))
    back_after_broken: list[int] = field(default_factory=lambda: [0] * len(KINDS))

    def count_promises(self, promises: Promises) -> None:
        """Count some in; withdrawn ones are left out."""
        stood = promises.withdrawn_at < 0
        for counts, those in (
            (self.given, stood),
            (self.broken, stood & promises.is_broken),
            (self.back_after_kept, stood & ~promises.is_broken & promises.comes),
            (self.back_after_broken, stood & promises.is_broken & promises.comes),
        ):
            for kind, n in enumerate(np.bincount(promises.kind[those], minlength=len(KINDS))):
                counts[kind] += int(n)

    def as_dict(self, rows: dict[str, int], *, has_season: bool) -> dict[str, object]:
        """The part of truth.json on the systems; shares run from 0 to 1."""
        return {
            "rows": rows,
            "promises": {
                "how": _HOW,
                "within_days": WITHIN_DAYS,
                **{
                    name: self._promise(kind, has_season=has_season)
                    for kind, name in enumerate(KINDS)
                },
            },
            "people": {
                "changed_email_share": persons.CHANGED_EMAIL_SHARE,
                "shared_phone_share": persons.PAIR_SHARE,
                "records": {system: asdict(habits) for system, habits in HABITS.items()},
                "card_share": customers.CARD_SHARE,
                "newsletter_share": customers.NEWSLETTER_SHARE,
            },
            "waiting": {
                "calls_patience_seconds": calls.PATIENCE_SECONDS,
                "visits_patience_seconds": visits.PATIENCE_SECONDS,
            },
            "tickets": {
                "after_broken_share": {KINDS[k]: v for k, v in tickets.AFTER_BROKEN.items()},
                "after_kept_share": tickets.AFTER_KEPT,
                "after_return_share": tickets.AFTER_RETURN,
                "after_order_share": tickets.AFTER_ORDER,
                "rated_share": tickets.RATED_SHARE,
                "quick_minutes": tickets.QUICK_MINUTES,
                "good_share": tickets.GOOD_SHARE,
                "causes": CAUSES,
            },
            "organisations": {
                "late_share": trade.LATE_SHARE,
                "disputed_share": trade.DISPUTED_SHARE,
                "private_customer_share": trade.PRIVATE_CUSTOMER_SHARE,
                "in_season_times": trade.IN_SEASON,
            },
            "staff": {
                "mean_stay_days": {name: stay for name, (_, _, _, stay) in DEPARTMENTS.items()}
            },
        }

    def _promise(self, kind: int, *, has_season: bool) -> dict[str, object]:
        cost = COSTS[kind]
        return {
            "broken_share": cost.broken_share,
            "in_season_times": cost.in_season if has_season else 1.0,
            "factor": cost.factor,
            "given": self.given[kind],
            "broken": self.broken[kind],
            "back_after_kept": self.back_after_kept[kind],
            "back_after_broken": self.back_after_broken[kind],
        }
