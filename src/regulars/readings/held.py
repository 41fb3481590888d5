"""What readings hold on a person, declared for their copy and for an erasure."""

from collections.abc import Sequence

from regulars.book.held import Fate, HeldColumn, HeldTable
from regulars.kit.texts import N_
from regulars.readings import models

_C = HeldColumn
TABLES: Sequence[HeldTable] = (
    HeldTable(
        "standing",
        N_("Where we think you stand with us"),
        N_("We reckoned it from what you bought."),
        models.Standing,
        ("customer",),
        (
            _C("last_on", N_("Last purchase")),
            _C("n_days", N_("Days of purchase")),
            _C("stage", N_("How often")),
            _C("activity", N_("Whether you still come")),
            _C("p_buys", N_("Odds of another purchase"), is_for_page=False),
            _C("expected_net_minor", N_("Expected in minor units"), is_for_page=False),
        ),
        Fate.GOES,
    ),
)
