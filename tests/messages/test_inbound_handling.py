"""Mail is kept, brought to whom it concerns, and what comes back closes its address."""

import email
import email.policy
from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.utils import timezone

from regulars.book.known import Known
from regulars.book.models import Contact, Customer, Event, Note
from regulars.book.models.consent import ConsentHow, MessageChannel, MessagePurpose
from regulars.book.models.customer import IdentityKind
from regulars.book.queries.consents import consents_of
from regulars.book.services.consents import EVERYTHING, Act, give_consent
from regulars.book.services.customers import add_identity
from regulars.messages.carriers.mail_message import message_id
from regulars.messages.inbound.bounds import LARGEST
from regulars.messages.inbound.tokens import reply_address
from regulars.messages.models import ClosedChannel, InboundContent, InboundMail, Outgoing
from regulars.messages.services import handling
from regulars.messages.services.closing import open_again
from regulars.messages.services.handling import handle, handle_received, may_answer, take_up
from regulars.messages.services.receiving import (
    MailTooLarge,
    NotAMail,
    NotLetIn,
    receive,
    receive_parsed,
    receive_posted,
)
from regulars.messages.unsubscribing import unsubscribe_link
from tests.messages.mails import abuse, bounce, mail
from tests.messages.outgoing import queued
from tests.support.cast import audited, customer, kinds_of, told, works_here

pytestmark = pytest.mark.django_db
OURS = message_id("m1", "lindqvist.example")


@pytest.fixture
def ana(db):
    who = customer("Ana Lind")
    add_identity(who, Known(IdentityKind.EMAIL, "ana@example.org"), **told())
    give_consent(who, EVERYTHING, Act(ConsentHow.FORM), **told())
    return who


def came(raw):
    """The mail, received and handled."""
    received = receive(raw)
    handle(received.pk)
    received.refresh_from_db()
    return received


def sent_to(who, key="m1", address="ana@example.org", **more):
    return queued(key, customer=who, address=address, **more)


def test_a_mail_is_a_contact_with_its_words_apart(ana):
    found = came(mail())
    assert (found.state, found.kind, found.customer) == ("done", "person", ana)
    contact = Contact.objects.get()
    assert (contact.kind, contact.direction, contact.channel) == ("email", "in", "email")
    assert contact == found.contact
    assert Note.objects.get().text == "Dented tins\n\nHello,\nthe tins are dented."
    event = Event.objects.get(kind="email.received")
    assert (event.customer, event.subject_id, event.source) == (ana, contact.pk, "mail")
    assert "dented" not in str(event.codes)


def test_the_same_mail_twice_is_one_contact(ana):
    first = came(mail())
    second = came(b"Received: from elsewhere\n" + mail())
    assert first.pk == second.pk
    assert (handle(first.pk), handle_received()) == (False, 0)
    assert Contact.objects.count() == 1


def test_whoever_is_not_in_the_book_comes_into_it_once():
    came(mail(sender="Bo Ek <bo@example.org>"))
    came(mail("And the lid?", sender="Bo Ek <BO@example.org>"))
    bo = Customer.objects.get()
    assert (bo.name, bo.identities.get().value) == ("Bo Ek", "bo@example.org")
    assert kinds_of(bo) == ["email.received", "email.received"]


def test_answers_go_on_with_the_conversation(ana):
    first = came(mail(Message_ID="<1@example.org>"))
    answer = came(mail("Well?", subject="Re: x", In_Reply_To="<1@example.org>"))
    assert answer.thread_id == first.thread_id
    by_subject = came(mail("Hello?", subject="SV: Dented tins"))
    assert by_subject.thread_id == first.thread_id
    assert came(mail("Other", subject="Re: Hello")).thread_id != first.thread_id  # too short
    assert came(mail("New", subject="Dented tins")).thread_id != first.thread_id  # no answer
    # Now two conversations have that subject: neither is guessed at.
    unsure = came(mail("Which?", subject="Re: Dented tins"))
    assert unsure.thread_id not in {first.thread_id, by_subject.thread_id}
    bo = came(mail("Mine too", sender="bo@example.org", subject="Re: Dented tins"))
    assert bo.thread_id != first.thread_id


def test_an_answer_to_a_message_of_ours_names_it(ana):
    message = sent_to(ana)
    by_header = came(mail("Thanks", subject="Re: Your order", References=f"<x@y> {OURS}"))
    assert (by_header.outgoing_id, by_header.thread_id) == (message.pk, message.pk)
    ours = reply_address("hello@lindqvist.example", message.pk)
    assert len(ours.partition("@")[0]) <= 64
    by_token = came(mail("Thanks again", Cc=ours.upper()))
    assert (by_token.outgoing_id, by_token.thread_id) == (message.pk, message.pk)
    local, _, domain = ours.partition("@")
    forged = f"{local[:-1]}{'1' if local[-1] == '0' else '0'}@{domain}"
    assert came(mail("Mine", Cc=forged)).outgoing_id is None
    stranger = came(mail("Also", sender="bo@example.org", References=OURS))
    assert stranger.outgoing_id is None


@pytest.mark.parametrize("status", ["5.1.1", "5.0.0"])
def test_a_hard_bounce_closes_the_address_until_a_person_opens_it(ana, status):
    sent_to(ana)
    found = came(bounce(OURS, status=status))
    assert (found.kind, found.reason, found.customer) == ("bounce", "", ana)
    closed = ClosedChannel.objects.get()
    assert (closed.address, closed.reason, closed.status) == (
        "ana@example.org",
        "hard_bounce",
        status,
    )
    assert kinds_of(ana)[-2:] == ["message.bounced", "channel.closed"]
    assert sent_to(ana, "m2", address="Ana@Example.org").fate == "closed_channel"
    assert sent_to(ana, "m3", address="ana@work.example").state == "waiting"
    came(bounce(OURS, status="5.1.0"))
    assert ClosedChannel.objects.count() == 1
    dee = works_here("Dee")
    open_again(closed, by=dee.pk)
    open_again(closed, by=dee.pk)
    assert ("closed_channel.opened", dee.pk) in audited()
    assert kinds_of(ana).count("channel.opened") == 1
    assert sent_to(ana, "m4").state == "waiting"
    assert Contact.objects.count() == 0


def test_three_messages_that_bounce_for_a_while_close_the_address(ana):
    for n in (1, 2, 3):
        assert not ClosedChannel.objects.exists()
        sent_to(ana, f"m{n}")
        ours = message_id(f"m{n}", "lindqvist.example")
        came(bounce(ours, status="4.2.2", action="delayed"))
        came(bounce(ours, status="5.2.2"))  # the same message again
    assert ClosedChannel.objects.get().reason == "soft_bounces"


def test_a_bounce_of_what_we_never_sent_closes_nothing(ana):
    sent_to(ana)
    for raw in (
        bounce("<forged@example.org>"),
        bounce(message_id("m9", "lindqvist.example")),
        bounce(OURS, to="bo@example.org"),
        abuse("<forged@example.org>"),
    ):
        found = came(raw)
        assert (found.state, found.reason) == ("done", "not_of_ours")
    assert not ClosedChannel.objects.exists()


def test_a_complaint_withdraws_every_consent_and_leaves_service(ana):
    sent_to(ana)
    found = came(abuse(OURS))
    assert (found.kind, found.reason) == ("complaint", "")
    assert ClosedChannel.objects.get().reason == "complaint"
    withdrawn = {(each.channel, each.how) for each in consents_of(ana) if not each.is_given}
    assert withdrawn == {("email", "complaint")}
    assert sent_to(ana, "m2", purpose=MessagePurpose.OFFERS).fate == "no_consent"
    assert sent_to(ana, "m3").state == "waiting"
    # Agreeing anew does not make the mail house forget.
    later = timezone.now() + timedelta(seconds=1)
    give_consent(ana, EVERYTHING, Act(ConsentHow.FORM), at=later, **told())
    assert sent_to(ana, "m4", purpose=MessagePurpose.OFFERS).fate in {
        "closed_channel",
        "no_consent",
    }


def given(who):
    return {
        each.purpose for each in consents_of(who)
        if each.is_given and each.channel == MessageChannel.EMAIL
    }  # fmt: skip


def test_unsubscribing_by_mail_takes_the_purpose_of_the_link_or_the_bare_word(ana):
    token = unsubscribe_link(ana.pk, "offers").rpartition("/")[2]
    found = came(mail("", subject=f"unsubscribe {token}", sender="elsewhere@example.org"))
    assert (found.kind, found.customer, found.contact) == ("unsubscribe", ana, None)
    assert given(ana) == {"news", "surveys", "greetings"}
    forged = came(mail("", subject=f"unsubscribe {token}x", sender="bo@example.org"))
    assert forged.kind == "person"
    assert came(mail("STOP.", subject="Re: New tea")).kind == "unsubscribe"
    assert given(ana) == set()


def test_what_machines_send_is_no_contact_and_is_not_answered(ana):
    away = came(mail("I am away.", Auto_Submitted="auto-replied"))
    newsletter = came(mail("Buy", List_Unsubscribe="<mailto:x@y.example>"))
    for found in (away, newsletter):
        assert (found.state, found.customer, found.contact) == ("done", ana, None)
        assert not may_answer(found, at=timezone.now())
    assert Contact.objects.count() == 0


def test_a_machine_answers_a_sender_once_a_day(ana):
    now = timezone.now()
    first, second = came(mail()), came(mail("Hello?"))
    third = came(mail("Hello??"))
    assert may_answer(first, at=now)
    assert not may_answer(first, at=now)
    assert not may_answer(second, at=now + timedelta(hours=23, minutes=59))
    assert may_answer(third, at=now + timedelta(hours=24))
    bo = came(mail(sender="bo@example.org"))
    assert may_answer(bo, at=now)


def test_a_mail_from_ourselves_lies_aside(monkeypatch):
    monkeypatch.setenv("REGULARS_MAIL", "smtp+plain://127.0.0.1:2525")
    monkeypatch.setenv("REGULARS_MAIL_FROM", "Lindqvist <Hello@lindqvist.example>")
    found = came(mail(sender="hello@lindqvist.example"))
    assert (found.state, found.reason) == ("aside", "from_ourselves")
    assert not Customer.objects.exists()


def test_what_cannot_be_read_lies_aside_whole_and_can_be_taken_up_again():
    raw = mail().replace(b"\n\n", b"\n\n" + b"\n" * 400_001, 1)
    found = came(raw)
    assert (found.state, found.reason) == ("aside", "too_many_lines")
    assert bytes(InboundContent.objects.get().raw) == raw
    assert take_up(found).state == "received"


def test_a_mail_on_which_the_worker_dies_lies_aside_after_three_tries(monkeypatch, caplog):
    def dies(raw):
        raise MemoryError

    received = receive(mail())
    monkeypatch.setattr(handling, "read", dies)
    assert [handle_received() for _ in range(4)] == [0, 0, 0, 1]
    received.refresh_from_db()
    assert (received.state, received.reason) == ("aside", "tries_used_up")
    assert caplog.text.count("could not be handled") == 3


def test_mail_is_posted_by_who_knows_the_secret(monkeypatch):
    raw = mail()
    with pytest.raises(NotLetIn):
        receive_posted(raw, secret="")  # there is none in the settings
    monkeypatch.setenv("REGULARS_INBOUND_SECRET", "s" * 40)
    for wrong in ("", "s" * 39, "ß" * 40):
        with pytest.raises(NotLetIn):
            receive_posted(raw, secret=wrong)
    with pytest.raises(MailTooLarge):
        receive_posted(b"x" * (LARGEST + 1), secret="s" * 40)
    with pytest.raises(NotAMail):
        receive_posted(b" \r\n", secret="s" * 40)
    assert not InboundMail.objects.exists()
    assert receive_posted(raw, secret="s" * 40).state == "received"


def test_nothing_of_what_was_written_lies_in_the_rows_that_stay(ana):
    sent_to(ana)
    came(mail())
    came(bounce(OURS))
    rows = str([*InboundMail.objects.values(), *Event.objects.values(), *Outgoing.objects.values()])
    assert "dented" not in rows.lower()
    assert "example.org" not in rows


def test_mail_that_a_library_has_taken_apart_is_kept_as_well(ana):
    taken_apart = email.message_from_bytes(mail(), policy=email.policy.default)
    received = receive_parsed(taken_apart)
    handle(received.pk)
    assert Contact.objects.get().customer == ana
    assert receive_parsed(taken_apart).pk == received.pk


def test_a_mail_that_a_library_cannot_write_again_is_refused(db):
    broken = EmailMessage()
    broken["Subject"] = "Hi"
    broken.set_payload(["no mail"])
    with pytest.raises(NotAMail):
        receive_parsed(broken)
    assert not InboundMail.objects.exists()
