"""What is read of a mail, and that none of them can do harm."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.messages.inbound.bounds import LARGEST, PutAside
from regulars.messages.inbound.page import shown
from regulars.messages.inbound.reading import bare, fingerprint, read
from regulars.messages.inbound.words import without_quotes
from tests.messages.mails import abuse, bounce, mail

HEAD = b"From: Ana <ana@example.org>\r\nSubject: Hi\r\nMessage-ID: <a@example.org>\r\n"


def test_who_wrote_what_to_whom():
    found = read(mail(In_Reply_To="<m2@l.example>", References="<m1@l.example> <m2@l.example>"))
    assert (found.kind, found.sender, found.sender_name) == (
        "person",
        "ana@example.org",
        "Ana Lind",
    )
    assert (found.subject, found.text) == ("Dented tins", "Hello,\nthe tins are dented.")
    assert found.references == ["<m2@l.example>", "<m1@l.example>"]
    assert found.recipients == ["hello@lindqvist.example"]
    assert found.may_be_answered


@pytest.mark.parametrize(
    "quoted",
    [
        "On Thu, 15 Jan 2026 at 11:00, Lindqvist <hello@l.example> wrote:\n> Dear Ana",
        "On Thu, 15 Jan 2026 at 11:00, Lindqvist Te och Kaffe\n<hello@l.example> wrote:\n> Dear",
        "Den tors 15 jan. 2026 kl 11:00 skrev Lindqvist <hello@l.example>:\n> Hej Ana",
        "在 2026年1月15日，Lindqvist <hello@l.example> 写道：\n> 您好",
        "-----Original Message-----\nFrom: Lindqvist\nDear Ana",
        "-----Ursprungligt meddelande-----\nFrån: Lindqvist\nHej",
        "-----原始邮件-----\n发件人: Lindqvist",
        "From: Lindqvist\nSent: Thursday\nTo: Ana\nSubject: Your order\n\nDear Ana",
        "Från: Lindqvist\nSkickat: torsdag\nTill: Ana\nÄmne: Er order",
        "________________________________\nFrom: Lindqvist",
        "> Dear Ana,\n> it left today.",
        "-- \nAna Lind\nStorgatan 1",
    ],
)
def test_what_is_answered_and_the_signature_are_left_out(quoted):
    assert without_quotes(f"It never came.\n\n{quoted}") == "It never came."


def test_words_between_quoted_lines_stay():
    said = "> Which one?\nThe green one.\n> And when?\nOn Monday I wrote: never."
    assert without_quotes(said) == "The green one.\nOn Monday I wrote: never."


def test_a_page_is_read_as_it_is_shown():
    page = (
        "<html><head><title>x</title><style>p {}</style></head><body><p>The tins &amp; cups</p>"
        "<div>are <b>dented</b>.<br>Ana</div><!-- <p>no</p> --><script>if (a<b) {}</script>"
        '<div class="gmail_quote">On Thursday<div>Dear Ana</div></div></body></html>'
    )
    assert shown(page) == "The tins & cups\n\nare dented.\nAna"
    assert shown("1 < 2 <b>and</b> 3 <a") == "1 < 2 and 3 <a"


@pytest.mark.parametrize(
    "subject", ["Re: Dented tins", "SV: Re: Dented tins", "回复：Dented tins", "AW: Dented tins"]
)
def test_a_subject_is_known_without_what_programs_put_before_it(subject):
    assert bare(subject) == "Dented tins"


def test_files_are_named_with_their_size_and_a_mail_within_is_one():
    raw = HEAD + (
        b'Content-Type: multipart/mixed; boundary="B"\r\n\r\n'
        b"--B\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\nBurkarna \xe4r buckliga.\r\n"
        b"--B\r\nContent-Type: image/jpeg; name=tin.jpg\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n"
        b"AAAA\r\n--B\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nInner text\r\n"
        b"--B--\r\n"
    )
    found = read(raw)
    assert found.text == "Burkarna är buckliga."
    assert [(each.name, each.type) for each in found.attachments] == [
        ("tin.jpg", "image/jpeg"),
        ("", "message/rfc822"),
    ]
    assert found.attachments[0].size_bytes == 3


@pytest.mark.parametrize(
    ("headers", "kind", "may_be_answered"),
    [
        ({}, "person", True),
        ({"Auto_Submitted": "no"}, "person", True),
        ({"Auto_Submitted": "auto-replied"}, "auto_reply", False),
        ({"Auto_Submitted": "auto-generated"}, "bulk", False),
        ({"X_Autoreply": "yes"}, "auto_reply", False),
        ({"Precedence": "bulk"}, "bulk", False),
        ({"Precedence": "auto_reply"}, "auto_reply", False),
        ({"List_Unsubscribe": "<mailto:x@y.example>"}, "bulk", False),
        ({"List_Id": "<tea.example>", "List_Post": "<mailto:tea@y.example>"}, "person", False),
        ({"Precedence": "list"}, "person", False),
        ({"X_Auto_Response_Suppress": "All"}, "person", False),
        ({"Return_Path": "<>"}, "person", False),
        ({"sender": "no-reply@example.org"}, "bulk", False),
        ({"sender": "Mail Delivery <MAILER-DAEMON@example.org>"}, "bulk", False),
        ({"sender": "noreply-orders@example.org"}, "bulk", False),
    ],
)
def test_machines_are_told_from_people_and_never_answered(headers, kind, may_be_answered):
    found = read(mail(**headers))
    assert (found.kind, found.may_be_answered) == (kind, may_be_answered)


@pytest.mark.parametrize(
    ("status", "action", "is_hard"),
    [
        ("5.1.1", "failed", True),
        ("5.0.0", "failed", True),
        ("5.2.1", "failed", True),
        ("5.2.2", "failed", False),  # full
        ("5.7.1", "failed", False),  # refused for who sends it
        ("4.4.1", "failed", False),
        ("4.4.1", "delayed", False),
        ("5.1.1", "delayed", False),
    ],
)
def test_a_bounce_is_hard_where_there_is_no_such_address(status, action, is_hard):
    found = read(bounce("<m1@l.example>", status=status, action=action))
    assert (found.kind, found.may_be_answered) == ("bounce", False)
    (told,) = found.bounces
    assert (told.address, told.status, told.is_hard) == ("ana@example.org", status, is_hard)
    assert told.of_message_id == "<m1@l.example>"


def test_a_report_that_mail_was_delivered_closes_nothing():
    assert read(bounce("<m1@l.example>", status="2.0.0", action="delivered")).bounces == []


def test_a_complaint_names_the_mail_and_the_reader():
    found = read(abuse("<m1@l.example>"))
    assert (found.kind, found.complaint.address) == ("complaint", "ana@example.org")
    assert found.complaint.of_message_id == "<m1@l.example>"
    assert read(abuse("<m1@l.example>", kind="not-spam")).complaint is None


def test_the_same_mail_by_another_way_is_the_same():
    raw = mail()
    assert fingerprint(b"Received: from a\r\n by b\r\n" + raw) == fingerprint(raw)
    assert fingerprint(raw.replace(b"\n", b"\r\n")) == fingerprint(raw)
    assert fingerprint(raw.replace(b"dented.", b"fine.")) != fingerprint(raw)
    assert fingerprint(mail(Message_ID="<other@example.org>")) != fingerprint(raw)


def nested(n):
    parts = (b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (i, i)
             for i in range(n))  # fmt: skip
    return HEAD + b"".join(parts) + b"Content-Type: text/plain\r\n\r\nhello\r\n"


HTML = HEAD + b"Content-Type: text/html\r\n\r\n"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (HEAD + b"\r\n" + b"x" * 20_000_000, "x" * 50_000),
        (HEAD + b"".join(b"X-%d: v\r\n" % n for n in range(10_000)) + b"\r\nhello", "hello"),
        (HEAD + b"Cc: " + b",".join(b"a%d@b.example" % n for n in range(20_000)) + b"\r\n\r\nhello",
         "hello"),
        (HEAD + b"References: " + b"<a@b> " * 60_000 + b"\r\n\r\nhello", "hello"),
        (HEAD + b"Content-Type: text/plain; charset=klingon\r\n\r\nhall\xe5", "hall\ufffd"),
        (HEAD + b"Content-Type: text/plain; charset=zlib\r\n\r\nhello", "hello"),
        (HEAD + b"\r\nhe\0llo", "he\ufffdllo"),
        (nested(50), "hello"),
        (HEAD + b"Content-Type: multipart/mixed; boundary=\"\"\r\n\r\n--\r\nhello", "hello"),
        (HTML + b"<!--" * 100_000, ""),
        (HTML + b"<script>" * 50_000, ""),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else value[:10],
)  # fmt: skip
def test_a_mail_made_to_do_harm_is_read_as_far_as_it_makes_sense(raw, text):
    assert read(raw).text == text


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (HEAD + b"\r\n" + b"x" * LARGEST, "too_large"),
        (HEAD + b"X-A: v\r\n" * 80_000 + b"\r\nhello", "head_too_large"),
        (nested(1000), "too_many_parts"),
        (HEAD + b"Content-Type: multipart/mixed; boundary=B\r\n\r\n" + b"--B\r\n\r\nx\r\n" * 6_000,
         "too_many_parts"),
        (HEAD + b"\r\n" + b"\n" * 400_001, "too_many_lines"),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else value,
)  # fmt: skip
def test_a_mail_that_would_cost_too_much_lies_aside_with_its_reason(raw, reason):
    with pytest.raises(PutAside) as aside:
        read(raw)
    assert aside.value.reason == reason


lines = st.sampled_from(
    [
        b"From: a@b.example",
        b"From: =?utf-8?b?//8=?= <a@b>",
        b"To: ,,;:<",
        b"Subject: =?x?q?=",
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=B",
        b"Content-Type: message/delivery-status",
        b"Content-Type: message/rfc822",
        b"Content-Type: text/html; charset=\xff",
        b'Content-Type: ;;="',
        b"Content-Disposition: attachment; filename*1*=x''%",
        b"Content-Transfer-Encoding: base64",
        b"Final-Recipient: rfc822;",
        b"Action: failed",
        b"Message-ID: <<>",
        b"In-Reply-To: <a@b",
        b"--B",
        b"--B--",
        b"<p class=quote>",
        b"\0\xed\xa0",
        b"AAA",
        b"",
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.lists(lines, max_size=14).map(b"\r\n".join)))
def test_whatever_comes_is_read_or_lies_aside_and_can_be_stored(raw):
    assert len(fingerprint(raw)) == 64
    try:
        found = read(raw)
    except PutAside:
        return
    texts = [found.sender, found.sender_name, found.subject, found.message_id, found.text]
    texts += [each.name for each in found.attachments]
    for text in texts:
        text.encode()
        assert "\0" not in text
    assert len(found.sender) <= 254
    assert len(found.message_id) <= 300
