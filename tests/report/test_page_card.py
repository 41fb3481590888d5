"""What the page says of the models and rules that were tried on the shop's own past."""

from dataclasses import replace

import pytest

from regulars.measure.card.result import MODEL_NAMES, RULE_NAMES, SeasonTrial
from regulars.report.page import render
from regulars.report.sections import card
from regulars.report.words import Words
from tests.report.facts_example import no_model, rich, tiny


def words(facts):
    return Words.of(facts, "en")


def plain(said):
    return said.striptags().replace(", how do we know", "")


def test_every_candidate_of_the_card_has_its_words():
    assert tuple(card._CANDIDATES) == RULE_NAMES + MODEL_NAMES


def test_the_card_says_what_was_tried_which_serves_and_how_good_its_odds_are():
    assert [plain(sentence) for sentence in card.view(rich(), words(rich())).says] == [
        "We tried 3 plain rules and 4 models on 4 past days, each knowing only what was known "
        "then, and held them against the 90 days after.",
        "2 models did about equally well; the simplest of them serves: “Own rhythm, may leave "
        "after any purchase”.",
        "When it gave odds, as many came as it said, give or take 1.0 of 100.",
        "It missed by 25% less than the same odds for everybody.",
        "The season of the shop is left out: too little of what it foretold in past months came to "
        "count on it.",
    ]


def test_the_card_tells_how_far_each_was_off_apart_for_one_time_and_repeat_buyers():
    lines = {plain(line.name): line for line in card.view(rich(), words(rich())).lines}
    serving = lines["Own rhythm, may leave after any purchase"]
    assert (serving.off, serving.off_one_time, serving.off_repeat) == ("−2%", "−8%", "0%")
    assert (serving.brier, serving.log_loss) == ("0.101", "0.319")
    assert serving.serves
    untried = lines["Own and even rhythm, may leave after any purchase"]
    assert plain(untried.not_tried) == "not tried: gaps here are not even"


def with_card(**changes):
    return replace(rich(), card=replace(rich().card, **changes))


def test_a_plain_rule_that_wins_is_said_to_serve():
    facts = with_card(serving="recency", winner="recency", fitted_on=None)
    assert plain(card.view(facts, words(facts)).says[1]).startswith(
        "A plain rule did better than every model here, so it serves: “Only the days of silence"
    )
    alone = card.view(no_model(), words(no_model())).says
    assert plain(alone[1]).startswith("No model can be learned from this history")


@pytest.mark.parametrize(
    ("trial", "sentence"),
    [
        (
            SeasonTrial(is_on=True),
            "The season of the shop is counted in: more than half of what it foretold in past "
            "months came, which is more than chance.",
        ),
        (
            SeasonTrial(is_on=False, why_not="history_too_short"),
            "Whether the season of the shop would help cannot be told yet: that takes 636 days of "
            "history.",
        ),
    ],
)
def test_the_card_says_whether_the_season_is_in_it(trial, sentence):
    facts = with_card(season=trial)
    assert plain(card.view(facts, words(facts)).says[-1]) == sentence


def test_the_proof_of_the_card_says_how_much_of_the_season_came():
    facts = with_card(
        season=SeasonTrial(
            is_on=False,
            came_share=-0.125,
            came_error=0.5,
            n_origins=12,
            saved=-0.0004,
            saved_error=0.0003,
        )
    )
    (proof,) = card.view(facts, words(facts)).proofs
    assert plain(dict(proof.lines)["Season"]) == (
        "of the swings it foretold on 12 past days a share of \N{MINUS SIGN}0.12 came (1 is all), "
        "standard error 0.50log-loss lower by \N{MINUS SIGN}0.0004 with it, standard error 0.0003"
    )


def test_a_model_of_an_earlier_day_says_of_which():
    facts = with_card(fitted_on=rich().card.fitted_on - 90)
    assert plain(card.view(facts, words(facts)).says[-1]) == (
        "Today’s history does not determine the model: it is as it was on 22 Aug 2026."
    )


def test_odds_no_better_than_the_same_for_everybody_are_said_to_be_so():
    (serving,) = [entry for entry in rich().card.entries if entry.name == "mbg_nbd"]
    poor = replace(serving, everybody=replace(serving.everybody, brier=0.2))
    facts = with_card(entries=(poor,))
    assert plain(card.view(facts, words(facts)).says[3]) == (
        "It told people apart no better than the same odds for everybody."
    )


def test_where_nothing_could_be_tried_the_card_says_what_it_takes():
    said = card.view(tiny(), words(tiny())).says
    assert [plain(sentence) for sentence in said] == [
        "This history is too short to try anything on the past: that takes 270 days."
    ]
    untried = replace(tiny(), card=replace(tiny().card, serving="mbg_nbd"))
    assert plain(card.view(untried, words(untried)).says[0]).startswith("The model is used untried")


def test_without_a_card_the_model_is_told_as_before():
    assert card.view(replace(rich(), card=None), words(rich())) is None
    assert "What it supposes" not in render(replace(tiny(), card=None), "en")
