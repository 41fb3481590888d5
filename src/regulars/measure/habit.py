"""What one customer does more often than chance would have it: a channel, an hour of the day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scipy.special import bdtrc

HOURS = 24
SPAN_HOURS = 3


@dataclass(frozen=True)
class Preference:
    """What somebody prefers, of `n` acts; None: it cannot be told yet."""

    choice: str | None
    n: int
    n_of_it: int  # of the most frequent, whether it is preferred or not


@dataclass(frozen=True)
class Hours:
    """The hours of the day in which somebody is met, of `n` acts; None: it cannot be told yet."""

    from_hour: int | None  # local; three hours from there, over midnight if need be
    n: int
    n_within: int
    expected_share: float  # of everybody's acts that fall within


def preferred(counts: Mapping[str, int], *, level: float = 0.95) -> Preference:
    """The one that is chosen more often than the next, if that is more than chance.

    Takes   how often each was chosen.
    Gives   the most frequent, where so many of it beside so few of the next would come of two that
            are liked alike in at most 1 - level of cases (exact binomial, both sides).
    Error   the level: of those who like two alike, at most so many are told to prefer one.
    Beware  a channel nobody was offered is not disliked. Six of one and none of others is the least
            that tells anything at 95 %.
    Source  sign test (Arbuthnot 1710; Conover 1999, 3.4).
    """
    ranked = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    n = sum(counts.values())
    if not n:
        return Preference(None, 0, 0)
    (first, most), (_, next_most) = ranked[0], (ranked[1:] or [("", 0)])[0]
    chance = 2 * float(bdtrc(most - 1, most + next_most, 0.5))
    return Preference(first if chance <= 1 - level else None, n, most)


def preferred_hours(acts: Sequence[int], everybody: Sequence[int], *, level: float = 0.95) -> Hours:
    """The three hours in which somebody is met more often than others are.

    Takes   acts by hour of the local day, of one customer and of all of them: 24 numbers each.
    Gives   the three hours, over midnight if need be, that stand out most; where as many would fall
            there by chance in at most 1 - level of cases, counted over all 24 places to look.
    Error   the level, held by Bonferroni's bound.
    Beware  everybody's hours are those in which the company can be reached: who is met at the hours
            of all others has no preference that could be told.
    Source  binomial test against everybody's share; scan over fixed windows, bounded after
            Bonferroni 1936.
    """
    n, n_all = sum(acts), sum(everybody)
    if not n or not n_all:
        return Hours(None, n, 0, 0.0)
    best = min(
        (
            (_chance(within, n, share), -acts[start], start, within, share)
            for start in range(HOURS)
            for within, share in [(_within(acts, start), _within(everybody, start) / n_all)]
            if within
        )
    )
    chance, _, start, within, share = best
    return Hours(start if chance * HOURS <= 1 - level else None, n, within, share)


def _within(by_hour: Sequence[int], start: int) -> int:
    return sum(by_hour[(start + later) % HOURS] for later in range(SPAN_HOURS))


def _chance(within: int, n: int, share: float) -> float:
    """Of at least so many by chance; at hours at which nobody else comes, one is still possible."""
    return float(bdtrc(within - 1, n, max(share, 1 / (n + HOURS))))
