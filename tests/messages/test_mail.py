"""Mail over a real SMTP server on loopback: what is taken, refused, and what a cut does."""

import re
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from django.conf import settings as django_settings
from django.utils import timezone

from regulars.book.models.consent import ConsentHow, MessageChannel, MessagePurpose
from regulars.book.services.consents import Act, Scope, give_consent
from regulars.messages.carriers.carrier import Unreachable
from regulars.messages.carriers.mail import SmtpCarrier
from regulars.messages.carriers.mail_message import message_id
from regulars.messages.letter import Letter
from regulars.messages.models import Outgoing, OutgoingContent
from regulars.messages.models.outgoing import OutgoingState
from regulars.messages.reach import MailWay
from regulars.messages.services.sending import send_next
from regulars.messages.unsubscribing import who_unsubscribes
from tests.book.shop import customer
from tests.messages.outgoing import SENDER, at_noon_here, now_of, queued, smtp_way
from tests.support.house import free_port
from tests.support.mail_server import mail_server, only, signed_by_itself

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def server():
    with mail_server() as (received, port):
        received.port = port
        yield received


@pytest.fixture
def carrier(server, settings):
    made = carrier_to(settings, smtp_way(server.port))
    yield made
    made.close()


def carrier_to(settings, way):
    settings.MAILERS = {"default": way.mailer}
    return SmtpCarrier(way)


def sent_by(carrier, *messages):
    """Try once; gives (state, fate) of each."""
    send_next(carrier)
    rows = [now_of(message) for message in messages]
    return [(row.state, row.fate) for row in rows]


def try_again():
    Outgoing.objects.filter(state="waiting").update(next_try_at=timezone.now())


def offer_to(ana, key="offer"):
    at_noon_here()
    scope = Scope([MessageChannel.EMAIL], [MessagePurpose.OFFERS])
    give_consent(
        ana, scope, Act(ConsentHow.FORM), source="web", source_key=f"consent {key}", by=None
    )
    return queued(key, customer=ana, purpose=MessagePurpose.OFFERS, kind="offer")


def test_a_service_mail_has_two_parts_and_the_headers_of_the_standards(carrier, server):
    message = queued()
    assert sent_by(carrier, message) == [(OutgoingState.SENT, "")]
    (mail,) = server.mails
    assert mail.get_content_type() == "multipart/alternative"
    plain, page = mail.iter_parts()
    assert (plain.get_content_type(), page.get_content_type()) == ("text/plain", "text/html")
    assert plain.get_content().splitlines() == ["Hello Ana,", "", "it left today."]
    assert "<p>Hello Ana,</p>\r\n<p>it left today.</p>" in page.get_content()
    assert mail["From"] == SENDER
    assert mail["To"] == "ana@example.org"
    assert mail["Auto-Submitted"] == "auto-generated"
    admitted_at = now_of(message).admitted_at
    assert mail["Date"].datetime == admitted_at.replace(microsecond=0)
    own = message_id("m1", "lindqvist.example")
    assert re.fullmatch(r"<[0-9a-f]{40}@lindqvist\.example>", own)
    assert (mail["Message-ID"], now_of(message).provider_id) == (own, own)
    assert mail["List-Unsubscribe"] is None
    assert mail["Reply-To"] is None


def test_an_offer_can_be_unsubscribed_with_one_click(carrier, server):
    ana = customer()
    offer_to(ana)
    send_next(carrier)
    (mail,) = server.mails
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = mail["List-Unsubscribe"].removeprefix("<").removesuffix(">")
    assert link.startswith(f"{django_settings.ORIGIN}/unsubscribe/")
    assert who_unsubscribes(link.rpartition("/")[2]) == (ana.pk, MessagePurpose.OFFERS)
    plain, page = (part.get_content() for part in mail.iter_parts())
    assert f"Unsubscribe: {link}" in plain
    assert f'href="{link}"' in page


def test_the_link_stands_in_its_header_as_it_is_and_every_line_is_short_and_plain(carrier, server):
    """A folded link would be written as an encoded word, which nobody follows."""
    offer_to(customer())
    queued("w", payload=Letter("Försenat: 您的承诺会迟到" * 6, "å" * 3000).payload())
    send_next(carrier)
    offer = next(raw for raw in server.raw if b"List-Unsubscribe:" in raw)
    header = re.search(rb"^List-Unsubscribe: (.*)\r$", offer, re.MULTILINE)[1]
    assert header.startswith(b"<http")
    assert header.endswith(b">")
    for raw in server.raw:
        assert raw.isascii()
        assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_words_of_any_language_arrive_as_they_were_written(carrier, server):
    subject = "Försenat: 您的承诺会迟到 " * 5
    queued(payload=Letter(subject, "您好，\n\n" + "åäö " * 400, "zh-hans").payload())
    send_next(carrier)
    (mail,) = server.mails
    plain, page = mail.iter_parts()
    assert mail["Subject"] == subject
    assert plain.get_content() == "您好，\r\n\r\n" + "åäö " * 400 + "\r\n"
    assert '<html lang="zh-hans">' in page.get_content()


def test_text_is_no_markup_and_addresses_in_it_are_links(carrier, server):
    text = "<b>Te & Kaffe</b>\nhttps://lindqvist.example/a?b=1&c=2"
    queued(payload=Letter("<i>", text).payload())
    send_next(carrier)
    _, page = server.mails[0].iter_parts()
    assert "&lt;b&gt;Te &amp; Kaffe&lt;/b&gt;<br>" in page.get_content()
    assert 'href="https://lindqvist.example/a?b=1&amp;c=2"' in page.get_content()
    assert "<title>&lt;i&gt;</title>" in page.get_content()


def test_many_mails_go_over_one_connection(carrier, server):
    for n in range(5):
        queued(str(n), address=f"ana{n}@example.org")
    send_next(carrier)
    connection = carrier._backend.connection
    queued("later")
    send_next(carrier)
    assert len(set(server.ids)) == 6
    assert carrier._backend.connection is connection


def test_a_server_that_was_started_again_is_found_again(carrier, server, settings):
    queued("before")
    send_next(carrier)
    carrier._backend.connection.sock.shutdown(2)
    message = queued("after")
    assert sent_by(carrier, message) == [(OutgoingState.SENT, "")]


@pytest.mark.parametrize("where", ["answers", "data_answers"])
def test_not_now_is_tried_again_and_never_is_final(carrier, server, where):
    getattr(server, where).update(
        {"busy@example.org": "450 4.2.1 come later", "nobody@example.org": "550 5.1.1 no such user"}
    )
    busy = queued("busy", address="busy@example.org")
    nobody = queued("nobody", address="nobody@example.org")
    fine = queued("fine")
    reason = "bad_address" if where == "answers" else "refused"
    assert sent_by(carrier, busy, nobody, fine) == [
        (OutgoingState.WAITING, "not_now"),
        (OutgoingState.FAILED, reason),
        (OutgoingState.SENT, ""),
    ]
    answers = OutgoingContent.objects.filter(outgoing__in=[busy, nobody]).order_by("outgoing")
    assert [content.last_answer for content in answers] == [
        "450 4.2.1 come later",
        "550 5.1.1 no such user",
    ]
    getattr(server, where).clear()
    try_again()
    assert sent_by(carrier, busy) == [(OutgoingState.SENT, "")]
    assert server.recipients == ["ana@example.org", "busy@example.org"]


def test_a_connection_cut_before_the_answer_sends_the_very_same_mail_again(carrier, server):
    """Nobody can know whether it was taken. It is never lost, and the double can be told."""
    server.cut.add("ana@example.org")
    message, bystander = queued(), queued("other", address="bo@example.org")
    assert sent_by(carrier, message, bystander) == [
        (OutgoingState.WAITING, "cut_off"),
        (OutgoingState.SENT, ""),
    ]
    try_again()
    assert sent_by(carrier, message) == [(OutgoingState.SENT, "")]
    first, second = (raw for raw, to in zip(server.raw, server.recipients, strict=True)
                     if to == "ana@example.org")  # fmt: skip
    first, second = (message_from_bytes(raw, policy=default) for raw in (first, second))
    assert first["Message-ID"] == second["Message-ID"] == message_id("m1", "lindqvist.example")
    assert first["Date"] == second["Date"]
    assert [part.get_content() for part in first.iter_parts()] == [
        part.get_content() for part in second.iter_parts()
    ]


def test_a_sender_that_the_server_refuses_costs_no_mail(carrier, server):
    server.sender_answer = "553 5.7.1 not your address"
    message = queued()
    assert sent_by(carrier, message) == [(OutgoingState.WAITING, "sender_refused")]
    server.sender_answer = "250 OK"
    try_again()
    assert sent_by(carrier, message) == [(OutgoingState.SENT, "")]


def test_where_there_is_no_server_no_try_is_used_up(settings):
    message = queued()
    carrier = carrier_to(settings, smtp_way(free_port()))
    with pytest.raises(Unreachable):
        send_next(carrier)
    waiting = now_of(message)
    assert (waiting.state, waiting.attempts, waiting.fate) == (OutgoingState.WAITING, 0, "")


@pytest.mark.parametrize("address", ["ana@example.org\r\nBcc: bo@example.org", "ana", "a@b@c", ""])
def test_an_address_that_is_none_is_refused(carrier, server, address):
    message = queued(address=address)
    assert sent_by(carrier, message) == [(OutgoingState.FAILED, "bad_address")]
    assert server.mails == []


def test_a_subject_cannot_bring_a_header(carrier, server):
    payload = Letter("Hello\r\nBcc: bo@example.org", "x").payload()
    assert sent_by(carrier, queued(payload=payload)) == [("failed", "line_break_in_a_header")]
    assert server.mails == []


def test_an_answer_goes_where_the_setting_says(server, settings):
    way = smtp_way(server.port)
    replies = MailWay("smtp", way.mailer, way.sender, "Te <answers@lindqvist.example>")
    carrier = carrier_to(settings, replies)
    queued(payload=Letter("Hi", "x", is_automatic=False).payload())
    send_next(carrier)
    carrier.close()
    (mail,) = server.mails
    assert mail["Reply-To"] == "Te <answers@lindqvist.example>"
    assert mail["Auto-Submitted"] is None


@pytest.fixture
def secure(tmp_path, monkeypatch):
    trusted, context = signed_by_itself(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    options = {
        "tls_context": context,
        "require_starttls": True,
        "authenticator": only("regulars", "let me in"),
        "auth_required": True,
    }
    with mail_server(**options) as (received, port):
        received.port = port
        yield received


def test_encrypted_and_signed_in(secure, settings):
    way = smtp_way(
        secure.port, host="localhost", use_tls=True, username="regulars", password="let me in"
    )
    carrier = carrier_to(settings, way)
    message = queued()
    assert sent_by(carrier, message) == [(OutgoingState.SENT, "")]
    carrier.close()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"password": "wrong"}, "535"),
        ({"host": "127.0.0.1"}, "CERTIFICATE_VERIFY_FAILED"),
    ],
)
def test_a_wrong_password_or_a_stranger_s_certificate_sends_nothing(
    secure, settings, options, said
):
    right = {"host": "localhost", "use_tls": True, "username": "regulars", "password": "let me in"}
    carrier = carrier_to(settings, smtp_way(secure.port, **(right | options)))
    message = queued()
    with pytest.raises(Unreachable, match=said):
        send_next(carrier)
    assert (now_of(message).state, secure.mails) == (OutgoingState.WAITING, [])


def test_where_encryption_is_wanted_a_server_without_it_gets_nothing(server, settings):
    carrier = carrier_to(settings, smtp_way(server.port, use_tls=True))
    queued(not_before=timezone.now() - timedelta(minutes=1))
    with pytest.raises(Unreachable, match="STARTTLS"):
        send_next(carrier)
    assert server.mails == []
