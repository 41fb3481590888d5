"""The report in a real browser: quiet, accessible, at home on every width and on paper."""

import subprocess

import pytest
from axe_playwright_python.sync_playwright import Axe

from regulars.kit.texts import LANGUAGES
from regulars.report.page import render
from tests.report.facts_example import EVERY_SHOP, with_slipping_names
from tests.report.test_page import NASTY
from tests.support.browser import browser, open_all, opened
from tests.support.machine import pdf_tools

WIDTHS = (320, 390, 768, 1024, 1440)
PAGES = [("rich", lang) for lang in LANGUAGES] + [(shop, "en") for shop in EVERY_SHOP][1:]
# What sticks out of the page to the right, unless it lies in something that scrolls by itself.
STICKS_OUT = """() => [...document.querySelectorAll("body *")].filter(part =>
  part.getBoundingClientRect().right > document.documentElement.clientWidth + 1
  && !part.closest(".contents, .more__body, svg, .sr, .skip")
).map(part => part.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def running():
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    made = {}
    for shop, lang in PAGES:
        made[shop, lang] = folder / f"{shop}-{lang}.html"
        made[shop, lang].write_text(render(EVERY_SHOP[shop](), lang), encoding="utf-8")
    made["names", "en"] = folder / "names.html"
    made["names", "en"].write_text(render(with_slipping_names(NASTY), "en"), encoding="utf-8")
    return made


@pytest.mark.parametrize(("shop", "lang"), PAGES)
def test_it_opens_without_a_complaint_and_asks_for_nothing(running, files, shop, lang):
    with opened(running, files[shop, lang]) as seen:
        assert seen.messages == []
        assert seen.asked_for == [files[shop, lang].as_uri()]


@pytest.mark.parametrize(("shop", "lang"), [*PAGES, ("names", "en")])
def test_nothing_scrolls_sideways_on_any_width(running, files, shop, lang):
    with opened(running, files[shop, lang]) as seen:
        open_all(seen.page)
        found = {}
        for width in WIDTHS:
            seen.page.set_viewport_size({"width": width, "height": 900})
            scrolls = seen.page.evaluate(
                "document.documentElement.scrollWidth > document.documentElement.clientWidth"
            )
            found[width] = (scrolls, seen.page.evaluate(STICKS_OUT))
        assert found == dict.fromkeys(WIDTHS, (False, []))


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("shop", "lang"), [*(("rich", lang) for lang in LANGUAGES), ("no model", "en")]
)
def test_it_is_accessible_by_day_and_night(running, files, shop, lang, scheme, width):
    with opened(running, files[shop, lang], scheme=scheme, width=width) as seen:
        open_all(seen.page)
        found = Axe().run(seen.page)
        assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_prints_on_five_to_eight_sheets_with_every_proof(running, files, tmp_path, lang):
    if pdf_tools() is None:
        pytest.skip("no pdfinfo on this machine: run `make browser`")
    printed = tmp_path / "report.pdf"
    with opened(running, files["rich", lang]) as seen:
        seen.page.pdf(path=printed, prefer_css_page_size=True)
    told = subprocess.run(["pdfinfo", printed], capture_output=True, text=True, check=True).stdout
    facts = dict(line.split(":", 1) for line in told.splitlines())
    assert 5 <= int(facts["Pages"]) <= 8
    assert "(A4)" in facts["Page size"]
    words = subprocess.run(
        ["pdftotext", printed, "-"], capture_output=True, text=True, check=True
    ).stdout
    assert "Wilson" in words
    assert "K-22230" in words  # the last of the list of 50


def test_a_figure_that_is_pressed_opens_its_proof(running, files):
    with opened(running, files["rich", "en"]) as seen:
        proof = seen.page.locator("#p-share")
        assert not proof.is_visible()
        seen.page.locator(".lead__say .figure").first.click()
        assert proof.is_visible()
        assert "Wilson" in proof.inner_text()


def test_wide_and_narrow_places_get_the_drawing_made_for_them(running, files):
    for width, shown in ((1440, "wide"), (390, "narrow")):
        with opened(running, files["rich", "en"], width=width) as seen:
            for part in ("wide", "narrow"):
                first = seen.page.locator(f".picture__{part}").first
                assert first.is_visible() == (part == shown)


def test_names_of_every_kind_are_read_as_they_are_written(running, files):
    with opened(running, files["names", "en"]) as seen:
        assert seen.page.locator(".table__name bdi").all_text_contents() == list(NASTY)
        assert seen.messages == []
