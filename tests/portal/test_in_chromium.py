"""The page of a link in a message, in a real browser without script."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.signing import Signer

from regulars.kit.ids import new_id, readable
from tests.support.browser import browser
from tests.support.house import Up, free_port

DONE = {
    "en": "You get no more offers by mail.",
    "zh-CN": "您不会再通过邮件收到优惠信息。",
    "sv-SE": "Du får inga fler erbjudanden per e-post.",
}


@pytest.fixture(scope="module")
def house(open_folder):
    up = Up(open_folder / "unsubscribing", free_port()).until("Ctrl-C stops it.")
    up.sound()
    yield up
    up.stop()
    up.process.stdout.close()


@pytest.fixture(scope="module")
def chromium():
    with browser() as running:
        yield running


def link_to(house):
    """As a mail of this house would have it; nobody has this id, and the page does not tell."""
    key = (house.home / "secret-key").read_text().strip()
    signer = Signer(key=key, salt="regulars.unsubscribe")
    token = signer.sign(f"{readable('cus', new_id())}.offers")
    return f"{house.address}/unsubscribe/{token.replace(':', '.')}"


def nothing_to_complain_about(page, said):
    assert [each["id"] for each in Axe().run(page).response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert said == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1440])
def test_the_pages_have_nothing_to_complain_about(house, chromium, width, scheme):
    context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page, said = context.new_page(), []
    page.on("console", lambda message: said.append(message.text))
    page.goto(link_to(house))
    nothing_to_complain_about(page, said)
    for button in page.get_by_role("button").all():
        assert button.bounding_box()["height"] >= 44
    page.get_by_role("button", name="Unsubscribe").click()
    assert page.get_by_role("heading", level=1).inner_text() == DONE["en"]
    nothing_to_complain_about(page, said)
    context.close()


@pytest.mark.parametrize("locale", DONE)
def test_one_press_is_enough_in_every_language_without_script(house, chromium, locale):
    context = chromium.new_context(java_script_enabled=False, locale=locale)
    page = context.new_page()
    page.goto(link_to(house))
    page.get_by_role("button").first.click()
    assert page.get_by_role("heading", level=1).inner_text() == DONE[locale]
    page.get_by_role("button").click()
    assert page.get_by_role("button").count() == 0
    assert re.search(r"\S", page.get_by_role("heading", level=1).inner_text())
    context.close()
