import random
from contextlib import contextmanager
from itertools import combinations
from math import log2
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from regulars.measure import linkage_records
from regulars.measure.blocking import blocks
from regulars.measure.linkage import COMPARISONS, USUAL, Chances, Record, Weights, compare
from regulars.measure.linkage_fit import fit, probable_pairs
from regulars.measure.linkage_records import gathered, tabulated
from tests.support.data import needs_real_data
from tests.support.linked import fake_1000, pairs_of_wholes, precision_and_recall

ANA = Record("ana", "berg", ("teapot77@example.org",), ("+46701234567",), "1990-05-01", "umea")


FIRST_NAMES = ["ana", "bo", "cy", "dee", "eli", "gun", "ida", "jan", "kim", "liv", "nils", "pia"]
LAST_NAMES = [
    f"{root}{end}" for root in ("berg", "lund", "sten", "dal") for end in ("", "gren", "in")
]


def outcomes(one, other):
    return {said.field: said.outcome for said in compare(one, other, USUAL).said}


def but(**changed):
    return Record(**({name: getattr(ANA, name) for name in ANA.__dataclass_fields__} | changed))


@pytest.mark.parametrize(
    ("changed", "field", "outcome"),
    [
        ({}, "name", "same"),
        ({"first_name": "berg", "last_name": "ana"}, "name", "swapped"),
        ({"first_name": "anna", "last_name": "bergh"}, "name", "alike"),
        ({"first_name": "bo"}, "name", "last_same"),
        ({"last_name": "lind"}, "name", "first_same"),
        ({"first_name": "bo", "last_name": "lind"}, "name", "other"),
        ({"first_name": ""}, "name", "last_same"),
        ({"emails": ("x@y.z", "teapot77@example.org")}, "email", "same"),
        ({"emails": ("teapot77@example.com",)}, "email", "name_same"),
        ({"emails": ("teapots7@example.org",)}, "email", "alike"),
        ({"emails": ("bo@y.z",)}, "email", "other"),
        ({"phones": ("+46701234576",)}, "phone", "one_slip"),
        ({"phones": ("+46731111111",)}, "phone", "other"),
        ({"born_on": "1990-05-10"}, "born", "one_slip"),
        ({"born_on": "1989-11-30"}, "born", "within_a_year"),
        ({"born_on": "1970-12-24"}, "born", "other"),
        ({"city": "lund"}, "city", "other"),
    ],
)
def test_each_field_has_an_outcome(changed, field, outcome):
    assert outcomes(ANA, but(**changed))[field] == outcome
    assert outcomes(but(**changed), ANA)[field] == outcome


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"first_name": "", "last_name": ""}, "name"),
        ({"emails": ()}, "email"),
        ({"phones": ()}, "phone"),
        ({"born_on": ""}, "born"),
        ({"city": ""}, "city"),
        ({"emails": ("ana.berg@example.com",)}, "email"),  # the name again
        ({"emails": ("berg1@example.com",)}, "email"),
    ],
)
def test_what_is_unknown_says_nothing(changed, field):
    assert field not in outcomes(ANA, but(**changed))


def test_a_pair_is_weighed_as_by_hand():
    weights = Weights(
        prior=0.01,
        chances={
            "name": {"last_same": Chances(0.2, 0.004)},
            "born": {"same": Chances(0.8, 0.0001)},
        },
        shares={"last_name": {"berg": 0.02}},
        least_share=0.001,
    )
    # 1 to 99 beforehand; 0.2 / 0.02, since one in fifty is called Berg; 0.8 / 0.0001.
    odds = 1 / 99 * 10 * 8000
    found = compare(ANA, but(first_name="bo"), weights)
    assert found.probability == pytest.approx(odds / (1 + odds))
    assert [(said.field, said.weight) for said in found.said] == [
        ("name", pytest.approx(log2(10))),
        ("born", pytest.approx(log2(8000))),
    ]
    rare = compare(but(last_name="bergqvist"), but(first_name="bo", last_name="bergqvist"), weights)
    assert rare.said[0].weight == pytest.approx(log2(0.2 / 0.001))


def test_the_usual_weights_ask_for_more_than_a_name():
    namesake = Record("ana", "berg")
    assert compare(ANA, namesake, USUAL).probability < 0.2
    assert compare(ANA, but(emails=(), phones=(), city=""), USUAL).probability > 0.99
    assert compare(ANA, but(first_name="bo", born_on="1988-01-31"), USUAL).probability > 0.8
    couple = Record("bo", "berg", ("bo@example.org",), (), "1988-01-31", "umea")
    assert compare(ANA, couple, USUAL).probability < 0.01


@pytest.mark.parametrize(
    "changed",
    [
        {"first_name": "anna", "emails": (), "phones": (), "city": ""},
        {"last_name": "lind", "born_on": "", "phones": (), "city": ""},
        {"first_name": "berg", "last_name": "ana", "born_on": "", "emails": (), "phones": ()},
        {
            "first_name": "",
            "last_name": "",
            "emails": (),
            "born_on": "",
            "phones": ("+4601234567",),
        },
        {"emails": ("teapo@other.com",), "born_on": "", "phones": (), "city": ""},
    ],
)
def test_a_record_is_looked_for_by_what_slips_left_as_it_was(changed):
    assert blocks(ANA) & blocks(but(**changed))


def test_a_name_alone_is_no_key_but_with_its_other_half():
    assert blocks(Record("ana")) == set()
    assert blocks(Record("ana", "berg")) == {"names:ana berg"}


def test_namesakes_with_addresses_of_their_names_are_told_apart():
    dice = random.Random(1)
    records, twice = [], set()
    for nth in range(3000):
        first, last = dice.choice(FIRST_NAMES), dice.choice(LAST_NAMES)
        born_on = (
            f"{dice.randrange(1940, 2005)}-{dice.randrange(1, 13):02}-{dice.randrange(1, 29):02}"
        )
        phone = (f"+467{dice.randrange(10**8):08}",)
        email = f"{first}.{last}{nth}@{dice.choice(('a.example', 'b.example'))}"
        records.append((f"{nth}", Record(first, last, (email,), phone, born_on)))
        if nth % 15 == 0:  # the same once more, by another address, with a slip or a new phone
            slipped = (first + "a", phone) if nth % 2 else (first, (phone[0][::-1],))
            other = f"{last}{dice.randrange(1000)}@c.example"
            records.append((f"{nth}b", Record(slipped[0], last, (other,), slipped[1], born_on)))
            twice.add((f"{nth}", f"{nth}b"))
    with gathering(records) as held:
        (table,) = probable_pairs(held, fit(held), at_least=0.8)
    pairs = set(found(table, at_least=0.8))
    assert len(pairs & twice) / len(pairs) >= 0.99
    assert len(pairs & twice) / len(twice) >= 0.95


def test_weights_outlive_json():
    weights = Weights(0.01, {"born": {"same": Chances(0.8, 0.1)}}, {"city": {"lund": 0.1}}, 0.02)
    assert Weights.from_dict(weights.as_dict()) == weights


def test_too_few_records_or_one_field_alone_teach_nothing():
    assert learned_of([("1", ANA), ("2", but(city=""))]) is None
    names = [(f"{nth}", Record("ana", f"son{nth // 2}")) for nth in range(200)]
    assert learned_of(names) is None
    assert learned_of([]) is None


@pytest.fixture(scope="module")
def learned():
    records, person = fake_1000()
    with gathering(records.items()) as held:
        weights = fit(held, least_shared=1)
        (pairs,) = probable_pairs(held, weights, at_least=0.001)
    return records, person, weights, pairs


@contextmanager
def gathering(records):
    with TemporaryDirectory() as folder, gathered([tabulated(records)], Path(folder)) as held:
        yield held


def learned_of(records, **more):
    with gathering(records) as held:
        return fit(held, **more)


def found(pairs, *, at_least):
    rows = pairs.filter(pairs["match_probability"].to_numpy() >= at_least)
    return list(zip(rows["key_l"].to_pylist(), rows["key_r"].to_pylist(), strict=True))


@needs_real_data
def test_records_of_one_person_are_found_and_of_two_are_not():
    records, person = fake_1000()
    with gathering(records.items()) as held:
        (pairs,) = probable_pairs(held, fit(held), at_least=0.8)
    suggested = found(pairs, at_least=0.8)
    wrong = [pair for pair in suggested if person[pair[0]] != person[pair[1]]]
    assert (len(suggested), wrong) == (2591, [])
    precision, recall = precision_and_recall(suggested, person)
    assert (precision, round(recall, 3)) == (1.0, 0.871)
    precision, recall = precision_and_recall(pairs_of_wholes(suggested, records), person)
    assert (precision, round(recall, 3)) == (1.0, 0.972)


@needs_real_data
def test_in_many_parts_each_pair_comes_once_and_weighs_the_same(learned, monkeypatch):
    records, _, weights, pairs = learned
    monkeypatch.setattr(linkage_records, "_AT_ONCE", 150)
    halves = list(records.items())[:400], list(records.items())[400:]
    with TemporaryDirectory() as folder, gathered(map(tabulated, halves), Path(folder)) as held:
        parts = list(probable_pairs(held, weights, at_least=0.001))
        odds = fit(held).prior
    assert [len(parts), sum(part.num_rows for part in parts)] == [7, pairs.num_rows]
    one_by_one = {pair for part in parts for pair in found(part, at_least=0.001)}
    assert one_by_one == set(found(pairs, at_least=0.001))
    assert odds == pytest.approx(weights.prior, rel=0.2)


def test_usual_weights_weigh_a_pair_among_few_as_they_weigh_it_alone():
    twins = [("1", but(emails=(), phones=(), city="")), ("2", but(emails=(), phones=(), city=""))]
    with gathering(twins) as held:
        (pairs,) = probable_pairs(held, USUAL, at_least=0.001)
    alone = compare(twins[0][1], twins[1][1], USUAL).probability
    assert pairs["match_probability"].to_pylist() == [pytest.approx(alone)]


def test_of_no_records_there_are_no_pairs():
    with gathering([]) as held:
        assert [part.num_rows for part in probable_pairs(held, USUAL, at_least=0.8)] == [0]


@needs_real_data
def test_one_pair_weighs_what_splink_weighs(learned):
    records, _, weights, pairs = learned
    assert pairs.num_rows > 2000
    for row in pairs.to_pylist():
        verdict = compare(records[row["key_l"]], records[row["key_r"]], weights)
        assert verdict.probability == pytest.approx(row["match_probability"], abs=1e-9)


@needs_real_data
def test_the_odds_beforehand_are_about_those_of_the_truth(learned):
    records, person, weights, _ = learned
    n_true = sum(person[one] == person[other] for one, other in combinations(records, 2))
    n_pairs = len(records) * (len(records) - 1) / 2
    assert weights.prior == pytest.approx(n_true / n_pairs, rel=0.15)


@needs_real_data
def test_what_few_share_is_not_named_in_the_weights(learned):
    records, _, _, _ = learned
    shares = learned_of(records.items(), least_shared=8).shares
    cities = [record.city for record in records.values() if record.city]
    assert shares["city"] == {
        city: pytest.approx(cities.count(city) / len(cities))
        for city in set(cities)
        if cities.count(city) >= 8
    }


def test_a_field_that_hardly_anybody_has_is_left_out_and_nothing_taught_stays_usual():
    cities = ["umea", "lund"]
    twice = [
        (f"{nth}", Record("ana", f"son{nth // 2}", city=cities[nth // 2 % 2])) for nth in range(200)
    ]
    weights = learned_of([*twice, ("200", ANA)])
    assert list(weights.chances) == ["name", "city"]
    assert weights.chances["city"]["same"].m > 0.9
    taught = {name: chances.m for name, chances in weights.chances["name"].items()}
    assert taught == {name: max(c.m, 0.01) for name, c in USUAL.chances["name"].items()}


def test_every_outcome_has_its_usual_chances():
    assert {each.name: [level.name for level in each.levels] for each in COMPARISONS} == {
        name: list(levels) for name, levels in USUAL.chances.items()
    }
