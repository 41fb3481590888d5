"""Weights for joining records, learned by Splink from the records themselves; nobody labels any."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pyarrow as pa

from regulars.measure.linkage import COMPARISONS, USUAL, Chances, Comparison, Weights
from regulars.measure.linkage_records import Records

if TYPE_CHECKING:
    from splink import Linker

# Pairs that agree on one of these teach what the other fields say.
_AGREED = {"email": "emails[1]", "phone": "phones[1]", "born": "born_on", "name": "full_name"}
LEAST_PAIRS = 50  # to learn from, of records that agree on one of them
LEAST_KNOWN = 0.01  # a field that a smaller share of records has is left out
_LEAST_M = 0.01  # one true pair in a hundred may differ in anything: people move and mistype
_PAIRS_FOR_U = 2e6
_MOST_PAIRS = 3e6  # that agree on one field, to learn from
_FIRST_PRIOR = 1e-4
_LEAST_COUNTED = 1e-5  # of pairs less probable than that, even millions are not one
_SEED = 1


def fit(records: Records, *, least_shared: int = 5) -> Weights | None:
    """Learn from records of which nobody knows which belong together.

    Takes   records as `gathered` gives them; `least_shared`: how many records must share a value
            for it to be named in the weights (names of few are nobody's business).
    Gives   weights; None where too few records agree on anything to learn from.
    Error   not given: u is counted over two million random pairs; m comes of expectation
            maximisation over up to three million pairs that agree on one field, and is as good as
            the true pairs among them are many.
    Beware  an outcome never seen among likely pairs counts as one in a hundred, not as never.
    Source  Splink 5 (Linacre et al. 2022) after Fellegi and Sunter 1969. The odds beforehand are
            those at which the candidate pairs bear them out: their probabilities sum to as many
            pairs as the odds foretell. Of many records the pairs of a part are asked, picked by
            hash.
    """
    from splink import block_on

    connection = records.connection
    known = [each for each in COMPARISONS if _is_known(connection, each)]
    agreed = {
        column: n_pairs
        for name, column in _AGREED.items()
        if any(each.name != name for each in known)
        and (n_pairs := _n_agreeing(connection, column)) >= LEAST_PAIRS
    }
    if not agreed:
        return None
    linker = _linker(connection, [_untrained(each) for each in known])
    linker.training.estimate_u_using_random_sampling(max_pairs=_PAIRS_FOR_U, seed=_SEED)
    for column, n_pairs in agreed.items():
        linker.training.estimate_parameters_using_expectation_maximisation(
            block_on(column), max_pairs=_MOST_PAIRS if n_pairs > _MOST_PAIRS else None
        )
    learned = Weights(
        _FIRST_PRIOR,
        {each.name: _chances(each, linker) for each in known},
        _shares(connection, known, least_shared),
        least_shared / records.n,
    )
    some = next(_scored(records, learned, _LEAST_COUNTED))
    n_possible = records.n * (records.n - 1) / 2 / records.n_parts
    return _with_prior(learned, some["match_weight"].to_numpy(), n_possible)


def probable_pairs(records: Records, weights: Weights, *, at_least: float) -> Iterator[pa.Table]:
    """Pairs of records that are probably of one person, part by part.

    Takes   records as `gathered` gives them, weights as `fit` gives them, the least probability.
    Gives   tables of one row a pair: key_l, key_r, match_weight,
            match_probability. Each pair comes once.
    Error   see `compare`, which gives the same for one pair.
    Beware  a key that more than a hundred records share leads nowhere; two records that share only
            such keys are not compared.
    Source  Splink 5, run with weights that were learned before.
    """
    return _scored(records, weights, at_least)


def _linker(
    connection: duckdb.DuckDBPyConnection,
    comparisons: Sequence[dict[str, Any]],
    prior: float = _FIRST_PRIOR,
) -> "Linker":
    # Takes half a second to import, and only jobs link.
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on
    from splink.comparison_library import CustomComparison

    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[CustomComparison(**each) for each in comparisons],
        blocking_rules_to_generate_predictions=[block_on("blocks", arrays_to_explode=["blocks"])],
        probability_two_random_records_match=prior,
        retain_matching_columns=False,
    )
    records = DuckDBAPI(connection=connection).register("records")
    return Linker(records, settings, log_level="ERROR")


def _untrained(comparison: Comparison) -> dict[str, Any]:
    """A comparison as Splink takes it."""
    unknown = {
        "sql_condition": comparison.unknown_sql,
        "label_for_charts": "unknown",
        "is_null_level": True,
    }
    levels = [
        {"sql_condition": level.sql, "label_for_charts": level.name} for level in comparison.levels
    ]
    return {"output_column_name": comparison.name, "comparison_levels": [unknown, *levels]}


def _trained(comparison: Comparison, weights: Weights) -> dict[str, Any]:
    """The same with what was learned."""
    said = _untrained(comparison)
    for level, written in zip(comparison.levels, said["comparison_levels"][1:], strict=True):
        chances = weights.chances[comparison.name][level.name]
        written |= {"m_probability": chances.m, "u_probability": chances.u}
        if level.shared in weights.shares:
            written |= {
                "tf_adjustment_column": level.shared,
                "tf_minimum_u_value": weights.least_share,
                "disable_tf_exact_match_detection": True,
            }
    return said


def _chances(comparison: Comparison, linker: "Linker") -> dict[str, Chances]:
    """What was learned of each outcome; a field that nothing taught keeps what is usual."""
    written = linker.misc.save_model_to_json()["comparisons"]
    (held,) = [each for each in written if each["output_column_name"] == comparison.name]
    by_name = {level["label_for_charts"]: level for level in held["comparison_levels"]}
    usual = USUAL.chances[comparison.name]
    return {
        level.name: Chances(
            m=max(_seen(by_name[level.name].get("m_probability"), usual[level.name].m), _LEAST_M),
            u=max(_seen(by_name[level.name].get("u_probability"), 0.0), 1 / _PAIRS_FOR_U),
        )
        for level in comparison.levels
    }


def _seen(learned: float | str | None, untaught: float) -> float:
    """Splink writes nothing where nothing taught it, and a text where an outcome never came."""
    if learned is None:
        return untaught
    return learned if isinstance(learned, float) else 0.0


def _scored(records: Records, weights: Weights, at_least: float) -> Iterator[pa.Table]:
    """The pairs of one part of the records after the other, each part picked by hash."""
    known = [each for each in COMPARISONS if each.name in weights.chances]
    comparisons = [_trained(each, weights) for each in known]
    linker = _linker(records.connection, comparisons, weights.prior)
    for nth in range(1, records.n_parts + 1):
        predicted = linker.inference.predict_chunk(
            left_chunk=(nth, records.n_parts),
            right_chunk=(1, 1),
            threshold_match_probability=at_least,
            warning_mode="never",
        )
        yield records.connection.sql(
            f"""SELECT l.key AS key_l, r.key AS key_r, match_weight, match_probability
              FROM {predicted.physical_name}
              JOIN keys l ON l.unique_id = unique_id_l JOIN keys r ON r.unique_id = unique_id_r"""
        ).to_arrow_table()
        predicted.drop_table_from_database_and_remove_from_cache()


def _with_prior(learned: Weights, weights: np.ndarray, n_pairs: float) -> Weights:
    """The odds beforehand at which the pairs' probabilities sum to what they foretell."""
    of_fields = weights - np.log2(learned.prior / (1 - learned.prior))
    prior = learned.prior
    for _ in range(200):
        log_odds = of_fields + np.log2(prior / (1 - prior))
        found = float((1 / (1 + np.exp2(-log_odds))).sum()) / n_pairs
        found = max(found, 1 / n_pairs)
        if abs(found - prior) < 1e-6 * prior:
            break
        prior = found
    return replace(learned, prior=prior)


def _n_agreeing(connection: duckdb.DuckDBPyConnection, column: str) -> int:
    return _one(
        connection,
        f"""SELECT coalesce(sum(n * (n - 1) // 2), 0)::bigint
          FROM (SELECT count(*) AS n FROM records WHERE {column} IS NOT NULL GROUP BY {column})""",
    )


def _is_known(connection: duckdb.DuckDBPyConnection, comparison: Comparison) -> bool:
    """Whether enough records have the field."""
    unknown = comparison.unknown_sql.replace("_l", "").replace("_r", "")
    share = f"coalesce(avg((NOT ({unknown}))::int), 0)"
    return bool(_one(connection, f"SELECT {share} >= {LEAST_KNOWN} FROM records"))


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    ((value,),) = connection.execute(query).fetchall()
    return int(value)


def _shares(
    connection: duckdb.DuckDBPyConnection, known: Sequence[Comparison], least_shared: int
) -> Mapping[str, Mapping[str, float]]:
    """How many records share a value, of those whose value is known; values of few are left out."""
    columns = {level.shared for each in known for level in each.levels if level.shared}
    return {
        column: dict(
            connection.execute(
                f"""SELECT {column}, count(*) / (SELECT count({column}) FROM records) FROM records
                  WHERE {column} IS NOT NULL GROUP BY 1 HAVING count(*) >= {least_shared}"""
            ).fetchall()
        )
        for column in sorted(columns)
    }
