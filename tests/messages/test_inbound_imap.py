"""Mail is fetched from a real IMAP server; who is killed meanwhile loses and doubles none."""

import os
import socket
import threading
from dataclasses import replace

import pytest
from django.db import connection

from regulars.kit.env import BadSetting
from regulars.messages.inbound.bounds import LARGEST
from regulars.messages.models import InboundContent, InboundMail, Mailbox
from regulars.messages.services import fetching
from regulars.messages.services.fetching import Box, BoxUnreachable, box_in_settings, fetch
from regulars.messages.services.handling import handle_received
from tests.messages import dovecot
from tests.messages.mails import mail
from tests.support.house import free_port


@pytest.fixture
def server(open_folder, tmp_path_factory):
    folder = open_folder / tmp_path_factory.mktemp("imap").name
    folder.mkdir(mode=0o755)
    with dovecot.running(folder) as running:
        yield running


@pytest.fixture
def box(server):
    return Box("imap+plain", "127.0.0.1", server.port, "hello", dovecot.PASSWORD)


def numbered(*numbers):
    return [mail(f"Tin {n}", Message_ID=f"<{n}@example.org>") for n in numbers]


def texts():
    held = InboundContent.objects.order_by("mail_id").values_list("raw", flat=True)
    return [bytes(raw).strip().splitlines()[-1].decode() for raw in held]


@pytest.mark.django_db
def test_what_nobody_has_read_is_fetched_and_then_what_is_new(server, box):
    server.deliver(*numbered(1), flags=r"(\Seen)")
    server.deliver(*numbered(2, 3))
    assert (fetch(box), fetch(box)) == (2, 0)
    assert texts() == ["Tin 2", "Tin 3"]
    server.deliver(*numbered(4))
    server.deliver(*numbered(5), flags=r"(\Seen)")  # somebody looked into the box before us
    assert (fetch(box), fetch(box)) == (2, 0)
    assert texts() == ["Tin 2", "Tin 3", "Tin 4", "Tin 5"]
    assert server.seen() == (5, 5)
    assert handle_received() == 4
    assert InboundMail.objects.filter(state="done", contact__isnull=False).count() == 4
    place = Mailbox.objects.get()
    assert (place.name, place.last_uid) == ("hello@127.0.0.1/INBOX", 5)
    assert dovecot.PASSWORD not in repr(box)


@pytest.mark.django_db
def test_nothing_is_deleted_and_what_is_fetched_in_parts_comes_whole(server, box):
    server.deliver(*numbered(*range(7)))
    assert [fetch(box, at_most=3) for _ in range(4)] == [3, 3, 1, 0]
    assert texts() == [f"Tin {n}" for n in range(7)]
    assert server.seen() == (7, 7)


@pytest.mark.django_db
def test_a_box_that_was_made_anew_brings_nothing_twice(server, box):
    server.deliver(*numbered(1, 2))
    fetch(box)
    before = Mailbox.objects.get().uid_validity
    server.make_anew()
    server.deliver(*numbered(3))
    fetch(box)
    assert Mailbox.objects.get().uid_validity != before
    assert texts() == ["Tin 1", "Tin 2", "Tin 3"]


@pytest.mark.django_db
def test_of_a_mail_that_is_too_large_the_head_is_kept_and_the_rest_stays_in_the_box(server, box):
    server.deliver(mail("x" * 76 + "\n") + b"y" * LARGEST, *numbered(2))
    assert fetch(box) == 2
    large = InboundMail.objects.get(state="aside")
    assert (large.reason, server.seen()) == ("too_large", (2, 2))
    assert b"Subject: Dented tins" in bytes(large.content.raw)
    assert len(large.content.raw) < 1000


def killed(box, *, at):
    """Fetch in a process that dies, as by kill -9, at this step."""
    connection.close()
    child = os.fork()
    if child == 0:
        setattr(*at)
        fetch(box)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def dies(*_args, **_more):
    os._exit(9)


def dies_after(n, function):
    done = []

    def counted(*args, **more):
        if len(done) == n:
            os._exit(9)
        done.append(1)
        return function(*args, **more)

    return counted


def test_who_is_killed_between_fetch_and_store_loses_nothing(server, box, committed):
    server.deliver(*numbered(*range(5)))
    for n in (0, 2):
        at = (fetching, "receive", dies_after(n, fetching.receive))
        assert killed(box, at=at) == 9
        assert InboundMail.objects.count() == n
    assert server.seen() == (0, 5)
    # What was not marked as seen by the one that died is marked now.
    assert fetch(box) == 3
    assert (texts(), server.seen()) == ([f"Tin {n}" for n in range(5)], (5, 5))


def test_who_is_killed_before_marking_leaves_it_to_the_next(server, box, committed):
    server.deliver(*numbered(1, 2))
    assert killed(box, at=(fetching._Reading, "_mark", dies)) == 9
    assert (texts(), server.seen()) == (["Tin 1", "Tin 2"], (0, 2))
    fetch(box)
    assert (texts(), server.seen()) == (["Tin 1", "Tin 2"], (2, 2))


@pytest.mark.django_db
def test_a_server_that_is_not_there_or_lets_nobody_in_is_named_without_the_password(server, box):
    for wrong in (replace(box, port=free_port()), replace(box, password="wrong")):
        with pytest.raises(BoxUnreachable) as refused:
            fetch(wrong)
        assert "hello@127.0.0.1/INBOX" in str(refused.value)
        assert "wrong" not in str(refused.value)
    with pytest.raises(BoxUnreachable):
        fetch(replace(box, folder="Nowhere"))
    assert not InboundMail.objects.exists()


@pytest.mark.django_db
def test_a_server_that_hangs_up_in_the_middle_is_no_loss(box):
    with socket.create_server(("127.0.0.1", 0)) as rude:
        rude.settimeout(10)

        def answer():
            one, _ = rude.accept()
            one.sendall(b"* OK hello\r\n")
            one.recv(100)
            one.close()

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(BoxUnreachable):
            fetch(replace(box, port=rude.getsockname()[1]))
        thread.join()


@pytest.mark.parametrize(
    ("told", "box"),
    [
        ("", None),
        ("imaps://hello:p%40ss@mail.example", Box("imaps", "mail.example", 993, "hello", "p@ss")),
        (
            "imap+plain://a%40b.example:x@127.0.0.1:1143/Support%2FIn",
            Box("imap+plain", "127.0.0.1", 1143, "a@b.example", "x", "Support/In"),
        ),
    ],
)
def test_the_box_is_named_in_the_settings(monkeypatch, told, box):
    monkeypatch.setenv("REGULARS_IMAP", told)
    assert box_in_settings() == box


@pytest.mark.parametrize("told", ["mail.example", "http://a:b@mail.example", "imaps://a:b@x:port"])
def test_a_box_that_cannot_be_is_refused_without_showing_the_password(monkeypatch, told):
    monkeypatch.setenv("REGULARS_IMAP", told.replace("b@", "secret@"))
    with pytest.raises(BadSetting) as refused:
        box_in_settings()
    assert "REGULARS_IMAP" in str(refused.value)
    assert "secret" not in str(refused.value)
