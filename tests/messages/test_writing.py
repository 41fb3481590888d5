"""Messages by template, to customers in their language; and how long an SMS is."""

from datetime import UTC, datetime, timedelta

import pytest

from regulars.book.known import Known
from regulars.book.models.consent import MessagePurpose
from regulars.book.models.customer import IdentityKind
from regulars.book.services.customers import take_down_customer
from regulars.book.services.joining import join_customers
from regulars.company.models import Company
from regulars.messages.models import Outgoing, OutgoingContent
from regulars.messages.models.outgoing import OutgoingChannel
from regulars.messages.services.templates import save_template
from regulars.messages.services.writing import (
    NoAddress,
    Occasion,
    SmsTooLong,
    write_to,
    write_to_customer,
)
from regulars.messages.sms_segments import Segments, segments
from regulars.messages.template_text import MissingValue

DUE = datetime(2026, 12, 1, 13, 30, tzinfo=UTC)
KEPT = Occasion(code="promise.kept", key="kept:1", values={"promised": "Sencha", "due_at": DUE})


@pytest.fixture(autouse=True)
def lindqvist(request):
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("db")
        Company.objects.update(name="Lindqvist Te", time_zone="Europe/Stockholm")


def person(name="Ana", language="", **known):
    known_by = [Known(IdentityKind(kind), value) for kind, value in known.items()]
    made = take_down_customer(name=name, known_by=known_by, source="desk", source_key=name, by=None)
    type(made).objects.filter(pk=made.pk).update(language=language)
    made.refresh_from_db()
    return made


def content_of(message):
    return OutgoingContent.objects.get(pk=message.pk)


@pytest.mark.django_db
def test_a_customer_is_written_to_in_their_language_at_their_address():
    ana = person(language="sv-FI", email="ana@example.org")
    message = write_to_customer(ana, KEPT, by=None)
    assert write_to_customer(ana, KEPT, by=None) == message
    assert (message.kind, message.purpose, message.key) == ("promise.kept", "service", "kept:1")
    assert message.expires_at - message.not_before - timedelta(days=7) < timedelta(minutes=1)
    content = content_of(message)
    assert (content.address, content.payload["language"]) == ("ana@example.org", "sv")
    assert content.payload["subject"] == "Som utlovat: Sencha"
    assert content.payload["is_automatic"] is True


@pytest.mark.django_db
def test_the_address_may_be_known_of_another_record_of_theirs():
    ana, other = person(), person("Ana B", email="ana@example.org")
    join_customers(ana, other, source="desk", source_key="j", by=None)
    assert content_of(write_to_customer(ana, KEPT, by=None)).address == "ana@example.org"


@pytest.mark.django_db
@pytest.mark.parametrize("channel", [OutgoingChannel.EMAIL, OutgoingChannel.SMS])
def test_without_an_address_nothing_is_queued(channel):
    with pytest.raises(NoAddress, match=f"no address for {channel}"):
        write_to_customer(person(), KEPT, channel=channel, by=None)
    assert not Outgoing.objects.exists()


@pytest.mark.django_db
def test_without_a_value_nothing_is_queued():
    occasion = Occasion(code="promise.kept", key="k", values={"due_at": DUE})
    with pytest.raises(MissingValue):
        write_to_customer(person(email="ana@example.org"), occasion, by=None)
    assert not Outgoing.objects.exists()


@pytest.mark.django_db
def test_an_sms_is_the_text_alone_and_is_counted():
    ana = person(phone="+46701234567", language="en")
    message = write_to_customer(ana, KEPT, channel=OutgoingChannel.SMS, by=None)
    content = content_of(message)
    assert (message.channel, content.address) == ("sms", "+46701234567")
    assert content.payload["text"].startswith("Hello,\n\nWe promised Sencha by")
    assert content.payload["segments"] == segments(content.payload["text"]).n


@pytest.mark.django_db
def test_an_sms_of_too_many_parts_is_refused():
    save_template(
        "long", language="en", subject="", text="å" * 1531, purpose=MessagePurpose.SERVICE, by=None
    )
    ana = person(phone="+46701234567")
    with pytest.raises(SmsTooLong, match="11 parts; 10 is the most"):
        write_to_customer(ana, Occasion(code="long", key="k"), channel=OutgoingChannel.SMS, by=None)


@pytest.mark.django_db
def test_somebody_who_is_no_customer_can_be_written_to():
    values = {"link": "https://regulars.example/welcome/x", "until": DUE}
    occasion = Occasion(code="staff.invited", key="invite:1", values=values)
    message = write_to("cy@example.org", occasion, language="zh-hans", by=None)
    assert message.customer is None
    assert content_of(message).payload["language"] == "zh-hans"
    assert "https://regulars.example/welcome/x" in content_of(message).payload["text"]


@pytest.mark.parametrize(
    ("text", "alphabet", "n"),
    [
        ("", "GSM-7", 1),
        ("a" * 160, "GSM-7", 1),
        ("a" * 161, "GSM-7", 2),
        ("a" * 306, "GSM-7", 2),
        ("a" * 307, "GSM-7", 3),
        ("€" * 80, "GSM-7", 1),
        ("€" * 81, "GSM-7", 2),
        ("a" * 152 + "€" + "a" * 153, "GSM-7", 3),  # the euro does not fit at the end of the first
        ("åäöÅÄÖéñüß@£$¥", "GSM-7", 1),
        ("ç", "UCS-2", 1),
        ("`", "UCS-2", 1),
        ("您" * 70, "UCS-2", 1),
        ("您" * 71, "UCS-2", 2),
        ("🍵" * 35, "UCS-2", 1),
        ("您" * 66 + "🍵" + "您" * 66, "UCS-2", 3),  # nor does half a tea cup
    ],
)
def test_an_sms_is_counted_as_the_standard_does(text, alphabet, n):
    assert segments(text) == Segments(alphabet, n)
