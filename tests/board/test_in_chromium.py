"""The pages in a real browser: as a new owner sees them, with script switched off too."""

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from axe_playwright_python.sync_playwright import Axe

from tests.support.browser import browser
from tests.support.house import PASSWORD, Up, free_port

PLACES = [
    *("/", "/settings", "/settings/branches", "/settings/branches/old-town"),
    *("/settings/departments", "/settings/channels", "/settings/keys", "/settings/people"),
    *("/customers", "/slipping", "/promises", "/today", "/joins", "/goals", "/report", "/more"),
    "/settings/regulars",
    *("/audit", "/second-factor", "/password", "/rare/", "/rare/company/invitation/"),
]
LEADS = {
    "en": "There is one branch.",
    "zh-CN": "共有 1 家分店。",
    "sv-SE": "Det finns en filial.",
}


@pytest.fixture(scope="module")
def house(open_folder):
    up = Up(open_folder / "seen", free_port()).until("Ctrl-C stops it.")
    up.sound()
    yield up
    up.stop()
    up.process.stdout.close()


@pytest.fixture(scope="module")
def chromium():
    with browser() as running:
        yield running


def complaints_of(page):
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def link_of(house):
    return next(
        "/welcome/" + line.split("/welcome/")[1] for line in house.said if "welcome" in line
    )


def code_of(secret):
    """The app's code now, with time left to send it."""
    if (left := 30 - time.time() % 30) < 10:
        time.sleep(left)
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def nothing_to_complain_about(page, said):
    assert [each["id"] for each in Axe().run(page).response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert said == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1440])
@pytest.mark.parametrize("place", ["/sign-in", "welcome"])
def test_the_door_has_nothing_to_complain_about(house, chromium, place, width, scheme):
    context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    said = complaints_of(page)
    page.goto(house.address + (link_of(house) if place == "welcome" else place))
    nothing_to_complain_about(page, said)
    context.close()


@pytest.fixture(scope="module")
def dee(house, chromium):
    """Dee joins, names the company, opens a branch and leaves, without script; her cookies."""
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    said = complaints_of(page)
    page.goto(house.address + link_of(house))
    page.get_by_label("Your name").fill("Dee")
    page.get_by_label("E-mail").fill("dee@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Join").click()
    assert page.get_by_role("heading", level=1).inner_text() == "The house is up."
    page.get_by_role("link", name="Say who the company is").click()
    page.get_by_label("Name of the company").fill("Lindqvist Te & Kaffe")
    page.get_by_label("Time zone").fill("Europe/Stockholm")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Branches").click()
    page.get_by_label("Code").fill("old-town")
    page.get_by_label("Name", exact=True).fill("Old town")
    page.get_by_role("button", name="Add").click()
    assert page.get_by_role("heading", level=1).inner_text() == "There is one branch."
    assert said == []
    yield context.storage_state()
    context.close()


@pytest.mark.parametrize(
    ("width", "scheme", "locale"),
    [(320, "dark", "en"), (390, "light", "zh-CN"), (1440, "light", "sv-SE"), (1440, "dark", "en")],
)
def test_no_page_has_anything_to_complain_about(house, chromium, dee, width, scheme, locale):
    context = chromium.new_context(
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
        locale=locale,
        storage_state=dee,
    )
    page = context.new_page()
    said = complaints_of(page)
    for place in PLACES:
        page.goto(house.address + place)
        nothing_to_complain_about(page, said)
    page.goto(house.address + "/settings/branches")
    assert page.get_by_role("heading", level=1).inner_text() == LEADS[locale]
    context.close()


def test_a_refused_form_has_nothing_to_complain_about_and_says_what_is_wrong(house, chromium, dee):
    context = chromium.new_context(storage_state=dee)
    page = context.new_page()
    page.goto(house.address + "/settings/branches")
    page.get_by_label("Code").fill("Old Town")
    page.get_by_label("Name", exact=True).fill("Another")
    page.get_by_role("button", name="Add").click()
    assert [each["id"] for each in Axe().run(page).response["violations"]] == []
    assert "Use small letters" in page.get_by_label("Code").evaluate(
        "field => field.getAttribute('aria-describedby').split(' ')"
        ".map(id => document.getElementById(id).innerText).join(' ')"
    )
    assert page.get_by_label("Name", exact=True).input_value() == "Another"
    context.close()


def test_a_key_is_shown_once(house, chromium, dee):
    context = chromium.new_context(storage_state=dee)
    page = context.new_page()
    page.goto(house.address + "/settings/keys")
    page.get_by_label("What it is for").fill("Web shop")
    page.get_by_label("orders:write").check()
    page.get_by_role("button", name="Make the key").click()
    key = page.get_by_role("status").locator("code").inner_text()
    assert re.fullmatch(r"reg_\w{8}_[\w-]{43}", key)
    assert [each["id"] for each in Axe().run(page).response["violations"]] == []
    page.goto(house.address + "/settings/keys")
    assert key not in page.content()
    assert key[:12] in page.content()
    context.close()


def test_without_script_a_second_factor_is_turned_on_and_asked_for(house, chromium, dee):
    context = chromium.new_context(java_script_enabled=False, storage_state=dee)
    page = context.new_page()
    page.goto(house.address + "/second-factor/on")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    assert page.get_by_role("img").get_attribute("src") == "/second-factor/qr.svg"
    secret = page.locator("code").inner_text().replace(" ", "")
    page.get_by_label("Code that the app shows now").fill(code_of(secret))
    page.get_by_role("button", name="Turn it on").click()
    code = page.locator("code").first.inner_text()
    page.goto(house.address + "/more")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("E-mail").fill("dee@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Sign in").click()
    assert page.url == house.address + "/"
    assert page.get_by_role("link", name="Dee").count() == 1
    context.close()
