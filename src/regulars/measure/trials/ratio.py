"""Did the arms come out in the sizes that were planned?"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from regulars.measure.models.inputs import BadInput, single
from regulars.measure.trials.inputs import between, shares

_LEAST_EXPECTED = 5.0


@dataclass(frozen=True, slots=True)
class SampleRatio:
    """The check of the arms' sizes. `p` None: too few customers; `why_not` is then the code."""

    n: int
    expected: Mapping[str, float]
    chi_square: float | None
    degrees: int
    p: float | None
    alarm_below: float
    why_not: str | None = None

    @property
    def is_sound(self) -> bool | None:
        """False: something moved customers between the arms, and no effect is to be read."""
        return None if self.p is None else self.p >= self.alarm_below


def sample_ratio(
    counted: Mapping[str, int], *, arms: Mapping[str, float], alarm_below: float = 0.001
) -> SampleRatio:
    """Whether the sizes of the arms fit the shares they were drawn with.

    Takes   counted: customers found in each arm. arms: the planned shares, which make 1.
            alarm_below: the p-value under which the trial is called broken.
    Gives   a SampleRatio: chi-square, degrees of freedom, p, and `is_sound`.
    Error   Pearson's chi-square; `alarm_below` of sound trials raise a false alarm.
    Beware  the usual cause of an alarm is a loss after the draw, such as counting only customers
            who opened the mail. Below 5 expected in an arm p is None (`too_few_in_arm`). One look
            has this level; looking daily raises more false alarms.
    Source  Pearson 1900; Fabijan et al. 2019, KDD, on sample ratio mismatch; checked against
            Hillstrom's e-mail test: 0.2025, p 0.904.
    """
    planned = shares("arms", arms)
    between("alarm_below", alarm_below, 0, 1)
    if set(counted) != set(arms):
        raise BadInput(
            "counted",
            f"counted has the arms {sorted(counted)}; wanted those of arms: {sorted(arms)}",
        )
    for name, count in counted.items():
        if not (single(f"counted[{name!r}]", count) >= 0 and float(count).is_integer()):
            raise BadInput(
                "counted", f"counted[{name!r}] is {count}; wanted 0 or more customers", value=count
            )
    found = np.array([counted[name] for name in arms], dtype=np.float64)
    n = int(found.sum())
    expected = planned * n
    is_enough = bool((expected >= _LEAST_EXPECTED).all())
    chi_square = float(((found - expected) ** 2 / expected).sum()) if is_enough else None
    degrees = len(arms) - 1
    return SampleRatio(
        n=n,
        expected=dict(zip(arms, expected.tolist(), strict=True)),
        chi_square=chi_square,
        degrees=degrees,
        p=None if chi_square is None else float(chdtrc(degrees, chi_square)),
        alarm_below=alarm_below,
        why_not=None if is_enough else "too_few_in_arm",
    )
