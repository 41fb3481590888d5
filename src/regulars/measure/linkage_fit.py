"""Weights for joining records, learned by Splink from the records themselves; nobody labels any."""

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pyarrow as pa

from regulars.measure.blocking import MOST_SHARING, blocks
from regulars.measure.linkage import (
    COMPARISONS,
    MACROS,
    USUAL,
    Chances,
    Comparison,
    Record,
    Weights,
)

if TYPE_CHECKING:
    from splink import Linker

_LISTS = ("emails", "locals", "words", "phones")
_TEXTS = ("first_name", "last_name", "full_name", "born_on", "city")
COLUMNS = pa.schema(
    [("unique_id", pa.string())]
    + [(name, pa.string()) for name in _TEXTS]
    + [(name, pa.list_(pa.string())) for name in (*_LISTS, "blocks")]
)
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
_MEMORY = "4GB"  # what is more lies on the disk meanwhile


def tabulated(records: Iterable[tuple[str, Record]]) -> pa.Table:
    """Records with their keys, one a row, as `fit` and `probable_pairs` take them.

    Takes   pairs of a key and a record.
    Gives   a table as COLUMNS says; what is unknown is NULL.
    Error   none: nothing is estimated.
    Beware  keys are told apart as texts, and each must come once.
    Source  the keys: `blocks`.
    """
    rows = [
        {name: getattr(record, name) or None for name in (*_TEXTS, *_LISTS)}
        | {"unique_id": key, "blocks": sorted(blocks(record))}
        for key, record in records
    ]
    return pa.Table.from_pylist(rows, COLUMNS)


def fit(records: pa.Table, *, least_shared: int = 5) -> Weights | None:
    """Learn from records of which nobody knows which belong together.

    Takes   records: one a row, as `tabulated` gives them; `least_shared`: how many records must
            share a value for it to be named in the weights (names of few are nobody's business).
    Gives   weights; None where too few records agree on anything to learn from.
    Error   not given: u is counted over two million random pairs; m comes of expectation
            maximisation over pairs that agree on one field, and is as good as the true pairs among
            them are many.
    Beware  an outcome never seen among likely pairs counts as one in a hundred, not as never.
    Source  Splink 5 (Linacre et al. 2022) after Fellegi and Sunter 1969. The odds beforehand are
            those at which the candidate pairs bear them out: their probabilities sum to as many
            pairs as the odds foretell.
    """
    from splink import block_on

    with _loaded(records) as connection:
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
            least_shared / records.num_rows,
        )
        scored = _scored(connection, learned, _LEAST_COUNTED)
    return _with_prior(learned, scored["match_weight"].to_numpy(), records.num_rows)


def probable_pairs(records: pa.Table, weights: Weights, *, at_least: float) -> pa.Table:
    """Pairs of records that are probably of one person.

    Takes   records as `tabulated` gives them, weights as `fit` gives them, the least probability.
    Gives   one row a pair: unique_id_l, unique_id_r, match_weight, match_probability.
    Error   see `compare`, which gives the same for one pair.
    Beware  a key that more than a hundred records share leads nowhere; two records that share only
            such keys are not compared.
    Source  Splink 5, run with weights that were learned before.
    """
    with _loaded(records) as connection:
        return _scored(connection, weights, at_least)


@contextmanager
def _loaded(records: pa.Table) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database with the records, their keys but for those that too many share, and the macros."""
    with (
        tempfile.TemporaryDirectory(prefix="regulars-links-") as spilled,
        duckdb.connect(config={"memory_limit": _MEMORY, "temp_directory": spilled}) as connection,
    ):
        for macro in MACROS:
            connection.execute(macro)
        connection.register("told", records)
        connection.execute(
            """CREATE TABLE keys AS SELECT unique_id, key,
                count(*) OVER (PARTITION BY key) AS n_sharing
              FROM (SELECT unique_id, unnest(blocks) AS key FROM told)"""
        )
        connection.execute(
            f"""CREATE TABLE records AS SELECT told.* EXCLUDE (blocks), coalesce(few, []) AS blocks
              FROM told LEFT JOIN (SELECT unique_id, list(key) AS few FROM keys
                WHERE n_sharing BETWEEN 2 AND {MOST_SHARING} GROUP BY 1) USING (unique_id)"""
        )
        yield connection


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
        if level.shared:
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


def _scored(connection: duckdb.DuckDBPyConnection, weights: Weights, at_least: float) -> pa.Table:
    known = [each for each in COMPARISONS if each.name in weights.chances]
    comparisons = [_trained(each, weights) for each in known]
    linker = _linker(connection, comparisons, weights.prior)
    predicted = linker.inference.predict(threshold_match_probability=at_least).as_duckdbpyrelation()
    return predicted.select(
        "unique_id_l, unique_id_r, match_weight, match_probability"
    ).to_arrow_table()


def _with_prior(learned: Weights, weights: np.ndarray, n_records: int) -> Weights:
    """The odds beforehand at which the pairs' probabilities sum to what they foretell."""
    of_fields = weights - np.log2(learned.prior / (1 - learned.prior))
    n_pairs = n_records * (n_records - 1) / 2
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
    return bool(
        _one(connection, f"SELECT avg((NOT ({unknown}))::int) >= {LEAST_KNOWN} FROM records")
    )


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
