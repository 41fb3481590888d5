"""Customers and orders: whole numbers as BIGINT, anything else as text."""

import duckdb

from regulars.intake.shapes import told
from regulars.intake.sources import literal, quoted
from regulars.intake.words import words

_INTEGERS = words("TINYINT SMALLINT INTEGER BIGINT UTINYINT USMALLINT UINTEGER")
_FEW_ROWS = 2_000
# Said where there is no customer, or no account.
_NOBODY = (
    r" *(nan|null|none|nil|n/a|na|#n/a|<na>|-|--|guest|anonymous|anonym|unknown|gast|gäst|okänd"
    r"|unbekannt|游客|散客|匿名) *"
)


def read_identifier(
    con: duckdb.DuckDBPyConnection, relation: str, column: str, duck_type: str
) -> tuple[str, bool]:
    """SQL of a customer or order over a relation, and whether it is BIGINT.

    13085.0, which is what many programs make of 13085 where some rows are empty, is 13085. Numbers
    written with a leading zero stay text. E-mail addresses are compared in lower case.
    """
    name = quoted(column)
    if duck_type in _INTEGERS:
        return f"CAST({name} AS BIGINT)", True
    if duck_type in ("DOUBLE", "FLOAT"):
        whole = (
            f"{name} IS NULL OR isnan({name}) OR ({name} = floor({name}) AND abs({name}) < 1e15)"
        )
        value = f"CASE WHEN NOT isnan({name}) THEN {name} END"
        if _on_all_rows(con, relation, whole):
            return f"CAST({value} AS BIGINT)", True
        return f"CAST({value} AS VARCHAR)", False
    if duck_type != "VARCHAR":
        return f"CAST({name} AS VARCHAR)", False
    text = told(name)
    if _on_all_rows(con, relation, _is_integer(text)):
        return f"CAST({text} AS BIGINT)", True
    padded, nobody, at = _needs(con, relation, name)
    text = told(name) if padded else name
    if nobody:
        text = f"CASE WHEN NOT {_is_nobody(text)} THEN {text} END"
    whole = f"regexp_replace({text}, '[.]0+$', '')"
    if _on_all_rows(con, relation, _is_integer(whole)):
        return f"CAST({whole} AS BIGINT)", True
    return (
        f"CASE WHEN contains({text}, '@') THEN lower({text}) ELSE {text} END" if at else text
    ), False


def _needs(con: duckdb.DuckDBPyConnection, relation: str, name: str) -> tuple[bool, bool, bool]:
    """Whether any value has space around it or is empty, names nobody, is an e-mail address."""
    (found,) = con.sql(
        f"SELECT coalesce(bool_or({name} = '' OR starts_with({name}, ' ') OR "
        f"ends_with({name}, ' ')), FALSE), coalesce(bool_or({_is_nobody(name)}), FALSE), "
        f"coalesce(bool_or(contains({name}, '@')), FALSE) FROM {relation}"
    ).fetchall()
    padded, nobody, at = found
    return padded, nobody, at


def _is_nobody(text: str) -> str:
    """SQL: whether a text says that there is no customer. (IN would become a join in DuckDB.)"""
    return f"(strlen({text}) < 16 AND regexp_full_match(lower({text}), {literal(_NOBODY)}))"


def _is_integer(text: str) -> str:
    """SQL: whether a text is a whole number and would be written the same as one."""
    return f"CAST(try_cast({text} AS BIGINT) AS VARCHAR) = {text} OR {text} IS NULL"


def _on_all_rows(con: duckdb.DuckDBPyConnection, relation: str, test: str) -> bool:
    """Whether a test is true on every row; a few rows mostly show that it is not."""
    for rows in (f"(FROM {relation} LIMIT {_FEW_ROWS})", relation):
        ((n_failing,),) = con.sql(
            f"SELECT count(*) FILTER (NOT coalesce({test}, FALSE)) FROM {rows}"
        ).fetchall()
        if n_failing:
            return False
    return True
