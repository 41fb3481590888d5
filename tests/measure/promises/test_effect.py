"""What a broken promise costs: by hand, as planted, by another way, and where it cannot be told."""

from dataclasses import replace
from datetime import date
from math import sqrt

import numpy as np
import pytest

from regulars.measure.models.inputs import BadInput
from regulars.measure.promises import Followed, effect_of_breaking
from regulars.measure.verdict import CANNOT_TELL, HOLDS


def followed(is_broken, is_back, **columns):
    """Customers with these promises; all else alike unless told."""
    n = len(is_broken)
    plain = {
        "customer": np.arange(n),
        "kind": np.full(n, "delivery"),
        "channel": np.full(n, None),
        "branch": np.full(n, None),
        "made_day": np.full(n, 400),
        "due_day": np.full(n, 405),
        "days_late": np.full(n, np.nan),
        "value_minor": np.full(n, 9000.0),
        "was_back": np.zeros(n),
        **{name: np.zeros(n, dtype=np.int64) for name in ("n_before", "n_earlier")},
        **{name: np.full(n, np.nan) for name in ("last_before", "last_earlier")},
    }
    told = {name: np.asarray(column) for name, column in columns.items()}
    outcome = {"is_broken": np.asarray(is_broken, dtype=bool), "is_back": np.asarray(is_back)}
    return Followed(plain | outcome | told, 90, 600, 0, n, 0, 0, 0)


def by_hand():
    """Ten let down on the web, two of them back; two others each, and eight of these are back.

    And one let down in the shop, where nothing was kept, and one whose order was far dearer.
    """
    is_broken = [1] * 10 + [0] * 20 + [1, 1]
    is_back = [1, 1] + [0] * 8 + [1] * 8 + [0] * 12 + [1, 1]
    channel = ["web"] * 30 + ["shop", "web"]
    value = [9000.0] * 31 + [90_000_000.0]
    return followed(is_broken, is_back, channel=channel, value_minor=value)


def test_a_table_worked_by_hand():
    found = effect_of_breaking(by_hand())
    assert (found.n_broken, found.n_kept, found.n_matched, found.n_partners) == (12, 20, 10, 20)
    assert found.left_out["without_cell"] == 1
    assert found.left_out["without_neighbour"] == 1
    assert found.left_out["kept_and_not_needed"] == 0
    assert found.effect.broken_share.value == 0.2
    assert found.effect.kept_share.value == pytest.approx(0.4)
    assert found.effect.difference.value == pytest.approx(-0.2)
    assert found.effect.ratio.value == pytest.approx(0.5)
    assert found.plain.value == pytest.approx(4 / 12 - 8 / 20)
    assert found.verdict.verdict == CANNOT_TELL
    assert found.due_from == found.due_to == date(1971, 2, 10)  # 405 days after 1970-01-01


def test_nobody_stands_in_two_sets_and_partners_are_within_the_caliper_and_the_cell():
    rng = np.random.default_rng(5)
    n = 1500
    is_broken, value = rng.random(n) < 0.3, rng.lognormal(8, 1, n)
    channel = rng.choice(["web", "shop", "phone"], n)
    those = followed(is_broken, rng.random(n) < 0.3, channel=channel, value_minor=value)
    found = effect_of_breaking(those, caliper=0.1)
    sets, log = found.sets, np.log1p(value)
    everybody = np.concatenate((sets.broken, sets.partners))
    assert np.unique(everybody).size == everybody.size
    assert is_broken[sets.broken].all()
    assert not is_broken[sets.partners].any()
    ours = sets.broken[sets.set_of_partner]
    assert (channel[ours] == channel[sets.partners]).all()
    scale = sqrt((log[is_broken].var(ddof=1) + log[~is_broken].var(ddof=1)) / 2)
    assert (np.abs(log[ours] - log[sets.partners]) / scale).max() <= 0.1 + 1e-8
    assert (sets.sizes.min(), sets.sizes.max()) == (1, 4)


def test_the_balance_is_shown_before_and_after():
    rng = np.random.default_rng(6)
    n = 3000
    is_broken = rng.random(n) < 0.2
    value = np.exp(rng.normal(8 + 0.5 * is_broken, 1))
    found = effect_of_breaking(followed(is_broken, rng.random(n) < 0.3, value_minor=value))
    row = next(each for each in found.balance if each.covariate == "log_value")
    log = np.log1p(value)
    scale = sqrt((log[is_broken].var(ddof=1) + log[~is_broken].var(ddof=1)) / 2)
    assert row.gap == pytest.approx((log[is_broken].mean() - log[~is_broken].mean()) / scale)
    mean = np.mean([log[found.sets.partners[found.sets.set_of_partner == i]].mean()
                    for i in range(found.n_matched)])  # fmt: skip
    assert row.matched_control_mean == pytest.approx(mean)
    assert row.gap > 0.4
    assert abs(row.matched_gap) < 0.05
    assert found.is_balanced


def confounded(factor, *, n=6000, seed=9):
    """Orders of strangers are late more often, and strangers come back less often anyway."""
    rng = np.random.default_rng(seed)
    n_before = rng.choice([0, 1, 5, 12], n)
    chance = np.choose(np.searchsorted([0, 1, 5, 12], n_before), [0.15, 0.3, 0.45, 0.6])
    is_broken = rng.random(n) < np.where(n_before > 1, 0.08, 0.25)
    back = rng.random(n) < chance * np.where(is_broken, factor, 1.0)
    was_back = (rng.random(n) < chance) & (n_before > 0)
    return followed(
        is_broken,
        back,
        n_before=n_before,
        n_earlier=n_before,
        last_before=np.where(n_before > 0, 380.0, np.nan),
        last_earlier=np.where(n_before > 0, 290.0, np.nan),
        was_back=was_back,
        days_late=np.where(is_broken, rng.choice([0, 2, 5, 9], n), np.nan),
    ), chance


def test_a_planted_effect_is_found_where_the_plain_difference_is_far_off():
    those, chance = confounded(0.6)
    found = effect_of_breaking(those)
    truth = -0.4 * chance[found.sets.broken].mean()
    assert found.effect.difference.low < truth < found.effect.difference.high < 0
    assert found.effect.ratio.low < 0.6 < found.effect.ratio.high
    assert found.plain.high < truth
    assert found.verdict.verdict == HOLDS
    assert found.is_sound
    assert found.unseen.limit > 1.5


def test_no_effect_is_not_told():
    those, _ = confounded(1.0)
    found = effect_of_breaking(those)
    assert found.plain.high < 0
    assert found.effect.difference.low < 0 < found.effect.difference.high
    assert found.verdict.verdict == CANNOT_TELL
    assert found.unseen.limit == 1.0


def test_mantel_and_haenszel_find_the_same_on_everybody():
    """Another way: strata of earlier orders instead of sets, all customers instead of partners."""
    those, _ = confounded(0.6)
    columns = those.columns
    broken, back = columns["is_broken"], columns["is_back"].astype(float)
    top, bottom, square = 0.0, 0.0, 0.0
    for n_before in (0, 1, 5, 12):
        ours = back[broken & (columns["n_before"] == n_before)]
        others = back[~broken & (columns["n_before"] == n_before)]
        n = ours.size + others.size
        top += (ours.sum() * others.size - others.sum() * ours.size) / n
        bottom += ours.size * others.size / n
        # Greenland and Robins 1985, of the difference.
        square += (
            ours.sum() * (ours.size - ours.sum()) * others.size**3
            + others.sum() * (others.size - others.sum()) * ours.size**3
        ) / (ours.size * others.size * n**2)
    pooled, error = top / bottom, sqrt(square) / bottom
    found = effect_of_breaking(those, partners=6).effect.difference
    assert found.value == pytest.approx(pooled, abs=2 * error)
    assert (found.high - found.low) / 3.92 == pytest.approx(error, rel=0.35)


def test_each_band_of_lateness_is_set_beside_its_own_partners():
    those, _ = confounded(0.6)
    found = effect_of_breaking(those)
    late = those.columns["days_late"][found.sets.broken]
    bands = [(0, 0), (1, 3), (4, 7), (8, None)]
    assert [(each.first_day, each.last_day) for each in found.by_lateness] == bands
    counted = [each.apart.difference.n for each in found.by_lateness]
    assert counted == [int((late == days).sum()) for days in (0, 2, 5, 9)]
    back = those.columns["is_back"].astype(float)
    mean = found.sets.partners_mean(back)[late == 5].mean()
    assert found.by_lateness[2].apart.kept_share.value == pytest.approx(mean)


def test_what_was_never_kept_is_the_latest():
    found = effect_of_breaking(by_hand())  # nothing says when these were kept
    assert found.by_lateness[-1].apart.difference.n == found.n_matched
    assert found.by_lateness[0].apart.difference.why_not == "too_few_pairs"


def test_customers_who_bought_less_before_too_are_seen_to():
    """An unseen cause: those let down were colder already, and no column of then says so."""
    rng = np.random.default_rng(4)
    n = 6000
    is_cold = rng.random(n) < 0.5
    is_broken = rng.random(n) < np.where(is_cold, 0.3, 0.1)
    chance = np.where(is_cold, 0.1, 0.5)
    those = followed(is_broken, rng.random(n) < chance, was_back=rng.random(n) < chance)
    found = effect_of_breaking(those)
    assert found.effect.difference.high < 0
    assert found.before.high < 0
    assert not found.is_sound
    assert found.is_balanced


def test_the_check_before_the_promise_needs_a_past():
    those, _ = confounded(0.6)
    young = replace(those, first_day=350)  # the promises were made on day 400
    found = effect_of_breaking(young)
    assert found.before.why_not == "too_few_pairs"
    assert not found.is_sound


@pytest.mark.parametrize("is_broken", [[], [1], [0], [1] * 30, [0] * 30])
def test_without_both_kinds_nothing_can_be_told(is_broken):
    found = effect_of_breaking(followed(is_broken, [1] * len(is_broken)))
    assert found.effect.difference.why_not == "too_few_pairs"
    assert found.plain.why_not == "nobody_counted"
    assert (found.n_matched, found.unseen, found.balance) == (0, None, [])
    assert (found.due_from is None) == (not is_broken)
    assert found.verdict.verdict == CANNOT_TELL
    assert found.verdict.needs[0].what == "customers_of_both_kinds"
    assert not found.is_sound


def test_values_not_known_are_set_beside_values_not_known():
    is_broken = [1] * 12 + [0] * 24
    value = ([np.nan] * 6 + [9000.0] * 6) * 3
    found = effect_of_breaking(followed(is_broken, [0] * 36, value_minor=value))
    known = ~np.isnan(np.array(value))
    ours = found.sets.broken[found.sets.set_of_partner]
    assert found.n_partners == 24
    assert (known[ours] == known[found.sets.partners]).all()


def test_any_column_of_the_promises_can_be_made_equal():
    those = by_hand()
    region = np.array(["north"] * 5 + ["south"] * 5 + ["north"] * 20 + ["south"] * 2)
    wider = replace(those, columns=those.columns | {"region": region})
    found = effect_of_breaking(wider, exact=("region",), near=("log_lead",))
    assert found.n_matched == 5
    assert found.left_out["without_cell"] == 7


def test_the_same_seed_gives_the_same_sets():
    those, _ = confounded(0.6, n=800)
    one, again, other = (effect_of_breaking(those, seed=seed) for seed in (1, 1, 2))
    assert one.sets.partners.tolist() == again.sets.partners.tolist()
    assert one.sets.partners.tolist() != other.sets.partners.tolist()


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"partners": 0}, "partners is 0; wanted at least 1"),
        ({"caliper": 0}, "caliper is 0; wanted a number above 0"),
        ({"near": ()}, "near is empty; wanted at least one column"),
        ({"exact": ("town",)}, "there is no column town; wanted one of branch, channel"),
        ({"level": 1}, "level is 1; wanted a number between 0 and 1"),
    ],
)
def test_what_cannot_be_asked_is_named(how, message):
    with pytest.raises(BadInput, match=message):
        effect_of_breaking(by_hand(), **how)
