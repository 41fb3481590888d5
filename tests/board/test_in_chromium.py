"""The first pages in a real browser: as a new owner sees them, with script switched off too."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.support.browser import browser
from tests.support.house import PASSWORD, Up, free_port


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1440])
@pytest.mark.parametrize("place", ["/sign-in", "welcome"])
def test_the_door_has_nothing_to_complain_about(house, chromium, place, width, scheme):
    context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    said = complaints_of(page)
    page.goto(house.address + (link_of(house) if place == "welcome" else place))
    found = Axe().run(page)
    assert [each["id"] for each in found.response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert said == []
    context.close()


def test_without_script_the_owner_joins_leaves_and_comes_back(house, chromium):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    said = complaints_of(page)
    page.goto(house.address + link_of(house))
    page.get_by_label("Your name").fill("Dee")
    page.get_by_label("E-mail").fill("dee@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Join").click()
    assert page.get_by_role("heading", level=1).inner_text() == "The house is up."
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("E-mail").fill("dee@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    assert page.url == house.address + "/"
    assert page.get_by_text("Dee").count() == 1
    assert said == []
    context.close()


def test_the_first_page_of_the_house_has_nothing_to_complain_about(house, chromium):
    context = chromium.new_context()
    page = context.new_page()
    page.goto(house.address + "/sign-in")
    page.get_by_label("E-mail").fill("dee@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    assert [each["id"] for each in Axe().run(page).response["violations"]] == []
    context.close()
