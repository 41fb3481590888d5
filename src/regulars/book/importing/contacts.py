"""Visits, calls, chats, mails and tickets from rows to the book."""

from collections.abc import Iterator, Mapping, Sequence

import duckdb

from regulars.book.importing.asked import Asked, Counts
from regulars.book.importing.batches import Way
from regulars.book.importing.records import (
    Row,
    customer_of,
    post_records,
    seconds,
    utc,
    utc_or_none,
)
from regulars.book.models.contact import ContactKind, Direction
from regulars.book.services.bulk_contacts import (
    ContactTold,
    add_contacts,
    is_plain,
    keep_contact,
    known_contacts,
)
from regulars.book.services.contacts import Met
from regulars.intake.words import words
from regulars.kit.progress import Progress

WAY = Way(lambda told: told.source_key, known_contacts, add_contacts, keep_contact, is_plain)
_WORDS: Mapping[ContactKind, frozenset[str]] = {
    ContactKind.VISIT: words("visit store shop in_person besok butik besuch laden"),
    ContactKind.CALL: words(
        "call phone phone_call voice voicemail telephone telefon samtal anruf phone_call_inbound"
        " phone_call_outbound voice_inbound voice_outbound callback"
    ),
    ContactKind.CHAT: words(
        "chat web_chat live_chat chat_message messaging native_messaging message sms whatsapp"
        " telegram wechat facebook facebook_message twitter twitter_dm instagram_dm line"
        " telegram_personal_message whatsapp_message twitter_status twitter_direct_message"
        " facebook_feed_post facebook_feed_comment"
    ),
    # What is written on a form or by another program reaches the company as mail does.
    ContactKind.EMAIL: words(
        "email mail e_mail e_post epost web web_form web_service web_service_api web_widget form"
        " contact_form api help_center closed_ticket note letter mejl"
    ),
}
_KINDS = {word: kind for kind, told in _WORDS.items() for word in told}
_OUT = words("out outbound outgoing ut utgaende agent ausgehend phone_call_outbound voice_outbound")


def post(
    con: duckdb.DuckDBPyConnection, asked: Asked, counts: Counts, progress: Progress
) -> Iterator[None]:
    """Note contacts, and bring those that are there up to what is told of them now."""
    known = ", ".join(f"'{word}'" for word in sorted(_KINDS))
    test = f"contact_kind NOT IN ({known})"
    con.execute(
        "INSERT INTO aside SELECT file, row, '', contact_kind, 'unknown_word', NULL FROM record "
        f"WHERE {test}"
    )
    con.execute(f"DELETE FROM record WHERE {test}")

    def tell(rows: Sequence[Row]) -> Iterator[tuple[ContactTold, int]]:
        return ((_told(row, asked.source), 1) for row in rows)

    yield from post_records(
        con, asked, counts, progress, tell=tell, way=WAY, event_key="contact:{}"
    )


def _told(row: Row, source: str) -> ContactTold:
    is_out = not _OUT.isdisjoint({row["direction"], row["contact_kind"]})
    return ContactTold(
        source=source,
        source_key=row["key"],
        customer=customer_of(row),
        met=Met(
            kind=_KINDS[row["contact_kind"]],
            started_at=utc(row["started"]),
            direction=Direction.OUT if is_out else Direction.IN,
            channel=(row["channel"] or row["contact_kind"])[:20],
            branch=(row["branch"] or "")[:20],
            ended_at=utc_or_none(row["ended"]),
            waiting_seconds=seconds(row, {"waiting": 1, "waiting_minutes": 60}),
            handling_seconds=seconds(row, {"handling": 1}),
            outcome=(row["outcome"] or "")[:40],
        ),
        note=(row["note"] or "").strip(),
    )
