"""Unsubscribing: by a button of the mail program (RFC 8058), or on the page."""

import re

import pytest
from django.conf import settings
from django.core.signing import Signer
from django.test import Client

from regulars.book.models import Consent, Event
from regulars.book.models.consent import ConsentHow, MessageChannel, MessagePurpose
from regulars.book.queries.consents import may_write
from regulars.book.services.consents import ASKED_FOR, EVERYTHING, Act, give_consent
from regulars.book.services.joining import join_customers
from regulars.kit.ids import new_id, readable
from regulars.messages.unsubscribing import unsubscribe_link, who_unsubscribes
from tests.book.shop import customer

pytestmark = pytest.mark.django_db
EMAIL, SMS = MessageChannel.EMAIL, MessageChannel.SMS
OFFERS, NEWS = MessagePurpose.OFFERS, MessagePurpose.NEWS
ASKED = {
    "en": "Do you want no more offers by mail?",
    "sv": "Vill du inte ha fler erbjudanden per e-post?",
    "zh-hans": "您不想再通过邮件收到优惠信息吗？",
}


@pytest.fixture
def ana():
    made = customer()
    agree(made)
    return made


@pytest.fixture
def browser():
    """As a mail program asks: nobody is signed in, there is no cookie, and tokens are checked."""
    return Client(enforce_csrf_checks=True)


def agree(who, key="1"):
    give_consent(
        who, EVERYTHING, Act(ConsentHow.FORM), source="web", source_key=f"{who.pk} {key}", by=None
    )


def path_of(who, purpose=OFFERS):
    return unsubscribe_link(who.pk, purpose).removeprefix(settings.ORIGIN)


def test_one_click_withdraws_this_purpose_and_no_other(browser, ana):
    answer = browser.post(path_of(ana), {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert not may_write(ana.pk, EMAIL, OFFERS)
    assert may_write(ana.pk, EMAIL, NEWS)
    assert may_write(ana.pk, SMS, OFFERS)
    said = Consent.objects.get(is_given=False)
    assert (said.channel, said.purpose, said.how) == ("email", "offers", "link")


def test_a_get_changes_nothing(browser, ana):
    page = browser.get(path_of(ana))
    assert (page.status_code, ASKED["en"] in page.content.decode()) == (200, True)
    assert not Consent.objects.filter(is_given=False).exists()
    assert "no-store" in page["Cache-Control"]


def test_the_page_has_a_button_that_does_it_and_one_for_everything(browser, ana):
    page = browser.post(path_of(ana), {"what": "all"})
    assert "You get no more mail, except on what you order or ask." in page.content.decode()
    assert [may_write(ana.pk, EMAIL, purpose) for purpose in ASKED_FOR] == [False] * 4
    assert may_write(ana.pk, EMAIL, MessagePurpose.SERVICE)
    assert may_write(ana.pk, SMS, OFFERS)


def test_twice_is_once_and_after_agreeing_anew_the_link_works_again(browser, ana):
    for _ in range(2):
        browser.post(path_of(ana))
    assert Event.objects.filter(kind="consent.withdrawn").count() == 1
    agree(ana, "2")
    assert may_write(ana.pk, EMAIL, OFFERS)
    browser.post(path_of(ana))
    assert not may_write(ana.pk, EMAIL, OFFERS)


def test_a_link_of_a_record_that_was_joined_speaks_for_the_whole(browser, ana):
    other = customer("Ana B")
    link = path_of(other)
    join_customers(ana, other, source="desk", source_key="j", by=None)
    browser.post(link)
    assert not may_write(ana.pk, EMAIL, OFFERS)


@pytest.mark.parametrize("lang", ASKED)
def test_it_is_asked_in_the_reader_s_language(browser, ana, lang):
    page = browser.get(path_of(ana), HTTP_ACCEPT_LANGUAGE=lang).content.decode()
    assert ASKED[lang] in page
    assert f'<html lang="{lang}">' in page


def test_what_belongs_to_somebody_who_is_gone_is_answered_and_changes_nothing(browser):
    link = unsubscribe_link(new_id(), OFFERS).removeprefix(settings.ORIGIN)
    assert browser.post(link).status_code == 200
    assert not Consent.objects.exists()


def changed(token):
    """A token whose customer, purpose or signature is another."""
    named, purpose, signature = token.split(".")
    other = readable("cus", new_id())
    yield f"{other}.{purpose}.{signature}"
    yield f"{named}.news.{signature}"
    yield f"{named}.{purpose}.{signature[::-1]}"
    yield f"{named}.{purpose}"
    yield ""
    yield Signer(salt="regulars.unsubscribe").sign(f"{named}.service").replace(":", ".")
    yield Signer(salt="another").sign(f"{named}.{purpose}").replace(":", ".")


def test_a_link_that_we_have_not_made_does_nothing(browser, ana):
    token = path_of(ana).rpartition("/")[2]
    assert who_unsubscribes(token) == (ana.pk, OFFERS)
    for wrong in changed(token):
        assert who_unsubscribes(wrong) is None
    wrong = next(changed(token))
    page = browser.post(f"/unsubscribe/{wrong}")
    assert (page.status_code, "This link is not whole." in page.content.decode()) == (404, True)
    assert not Consent.objects.filter(is_given=False).exists()


def test_the_link_names_nobody(ana):
    token = path_of(ana).rpartition("/")[2]
    assert re.fullmatch(r"cus_[0-9a-z]{26}\.offers\.[A-Za-z0-9_-]{43}", token)


def test_the_page_is_strict_and_brings_its_look(browser, ana):
    page = browser.get(path_of(ana))
    assert "default-src 'none'" in page["Content-Security-Policy"]
    assert "<script" not in page.content.decode()
    (sheet,) = re.findall(r'href="(/portal/look/[0-9a-f]{12}\.css)"', page.content.decode())
    look = browser.get(sheet)
    assert (look.status_code, look["Content-Type"]) == (200, "text/css; charset=utf-8")
    assert "--paper" in look.content.decode()
