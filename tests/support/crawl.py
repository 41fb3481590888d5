"""A crawl of a whole database: where anything of a person stands, however it is written."""

import base64
import hashlib
import re
import unicodedata

from django.db import connection

EVERY_TABLE = """
SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p', 'm')
   AND n.nspname !~ '^(pg_|information_schema$)'
 ORDER BY 1
"""


def spellings(marker):
    """One thing of a person as it may be written: as told, small, without accents, bare digits,
    turned round, in base64 and hexadecimal, and under the usual digests."""
    bare = unicodedata.normalize("NFKD", marker)
    bare = "".join(sign for sign in bare if not unicodedata.combining(sign))
    digits = re.sub(r"\D", "", marker)
    plain = {marker, marker.lower(), marker.upper(), bare, bare.lower(), bare.upper(), marker[::-1]}
    if len(digits) >= 7:
        plain |= {digits, digits.lstrip("0"), digits[-8:], digits[::-1]}
    coded = set()
    for text in plain:
        told = text.encode()
        coded |= {told.hex(), base64.b64encode(told).decode().rstrip("=")[:-1]}
        for name in ("md5", "sha1", "sha256", "sha512", "blake2b"):
            digest = hashlib.new(name, told).digest()
            coded |= {digest.hex(), base64.b64encode(digest).decode().rstrip("=")}
    return plain | coded


def tables_that_tell(markers):
    """{table: markers found}, over every row of every table as text: JSON, arrays and bytes too."""
    wanted = {marker: spellings(marker) for marker in markers}
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(EVERY_TABLE)
        tables = [table for (table,) in cursor.fetchall()]
        for table in tables:
            cursor.execute(f"SELECT t::text FROM {table} t")
            for (row,) in cursor.fetchall():
                for marker, written in wanted.items():
                    if any(each in row for each in written):
                        found.setdefault(table.partition(".")[2], set()).add(marker)
    assert len(tables) > 30
    return found


def columns_that_could(markers):
    """{table.column: markers} of what the planner's samples still show; a copy of the data too."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute(
            "SELECT tablename || '.' || attname, coalesce(most_common_vals::text, '') ||"
            " coalesce(histogram_bounds::text, '') || coalesce(most_common_elems::text, '')"
            " FROM pg_stats WHERE schemaname = 'public'"
        )
        rows = cursor.fetchall()
    return {
        column: marker
        for column, sample in rows
        for marker in markers
        if any(each in sample for each in spellings(marker))
    }
