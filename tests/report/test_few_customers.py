"""A company with fewer than five customers: counts are told, shares are not."""

import json
from datetime import date, timedelta

import pytest

from regulars.intake.history import ReadOptions
from regulars.report.asked import Asked
from regulars.report.run import write_report
from regulars.report.sections import lead
from regulars.report.words import Words


def report_of(folder, n_regulars, n_others):
    """A year of orders: regulars come each tenth day, the others on its first and its last day."""
    start = date(2025, 11, 1)
    rows = [
        f"r{who},{start + timedelta(days=day)},25.00"
        for who in range(n_regulars)
        for day in range(0, 365, 10)
    ]
    rows += [
        f"o{who},{start + timedelta(days=day)},25.00" for who in range(n_others) for day in (0, 364)
    ]
    path = folder / "orders.csv"
    path.write_text("customer,date,amount\n" + "\n".join(rows) + "\n", encoding="utf-8")
    made = write_report([path], folder / "out", options=ReadOptions(), asked=Asked(company="Te"))
    document = json.loads((folder / "out" / "report.json").read_text(encoding="utf-8"))
    return made.facts, document["regulars"], (folder / "out" / "report.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("n_regulars", "n_others", "headline"),
    [
        (1, 0, "Your one customer is a regular: too few to speak of a share."),
        (
            1,
            3,
            "1 of your 4 customers is a regular: too few to speak of a share.",
        ),
        (0, 4, "None of your 4 customers is a regular yet."),
    ],
)
def test_of_fewer_than_five_customers_no_share_is_said(tmp_path, n_regulars, n_others, headline):
    facts, told, page = report_of(tmp_path, n_regulars, n_others)
    assert lead.view(facts, Words.of(facts, "en")).says.striptags() == headline
    assert f'<h1 class="lead__say">{headline}</h1>' in page
    assert (told["n"], told["n_base"]) == (n_regulars, n_regulars + n_others)
    unknown = {"share", "low", "high", "revenue_share"}
    assert {key: told[key] for key in unknown} == dict.fromkeys(unknown)
    assert told["why_not"] == "too_few_for_share"
    assert all(point["share"] is None for point in told["course"])
    assert "%" not in page[page.index("<main") : page.index('id="slipping"')]


def test_of_five_the_share_is_said(tmp_path):
    facts, told, _ = report_of(tmp_path, 2, 3)
    assert lead.view(facts, Words.of(facts, "en")).says.striptags().startswith("40%")
    assert (told["share"], told["why_not"]) == (0.4, None)
