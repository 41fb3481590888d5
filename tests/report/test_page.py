"""The report as a file: complete, safe, in three languages, for every kind of shop."""

import base64
import hashlib
import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser

import pytest

from regulars.kit.texts import LANGUAGES
from regulars.report.page import render
from tests.report.facts_example import EVERY_SHOP, rich, with_slipping_names
from tests.support.texts import TRANSLATED, catalogue

_VOID = {"meta", "col", "link", "br", "hr", "img", "input"}
NASTY = (
    "<script>alert(1)</script>",
    """"><img src=x onerror=alert(1)>""",
    "O'Brien & Söner",
    "{n} {{ 7*7 }} %s %(n)s",
    "W" * 60,
    "فاطمة الراشد",
    "\N{RIGHT-TO-LEFT OVERRIDE}moc.live",
    "🍵🍵 Tea",
)


@cache
def page(shop, lang):
    return render(EVERY_SHOP[shop](), lang)


@pytest.fixture(params=EVERY_SHOP)
def shop(request):
    return request.param


@pytest.fixture(params=LANGUAGES)
def lang(request):
    return request.param


class Read(HTMLParser):
    """Reads a page as a checker: what is open, which names exist, which are pointed at."""

    def __init__(self):
        super().__init__()
        self.open, self.wrong, self.ids, self.links, self.words = [], [], [], [], []
        self.inside_details = {}
        self.tags = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append((tag, given))
        if given.get("id"):
            self.ids.append(given["id"])
            self.inside_details[given["id"]] = "details" in self.open
        if given.get("href"):
            self.links.append((tag, given["href"], given.get("class")))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append((tag, self.getpos()))

    def handle_data(self, data):
        if not {"style", "script"} & set(self.open):
            self.words.append(data)


def read(html):
    reader = Read()
    reader.feed(html)
    reader.close()
    return reader


def text_of(html):
    return " ".join(" ".join(read(html).words).split())


def test_every_element_is_closed_where_it_was_opened(shop, lang):
    reader = read(page(shop, lang))
    assert reader.wrong == []
    assert reader.open == []


def test_every_name_is_unique_and_every_link_leads_somewhere(shop, lang):
    reader = read(page(shop, lang))
    assert sorted(set(reader.ids)) == sorted(reader.ids)
    assert {target for _, target, _ in reader.links} - {f"#{name}" for name in reader.ids} == set()


def test_every_figure_leads_into_a_proof_that_opens(shop, lang):
    reader = read(page(shop, lang))
    figures = {target[1:] for _, target, kind in reader.links if kind == "figure"}
    assert {name for name in figures if not reader.inside_details[name]} == set()


def test_the_policy_allows_the_one_style_block_by_its_hash_and_nothing_else(shop, lang):
    html = page(shop, lang)
    (sheet,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    assert policy.replace("&#39;", "'") == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


def test_nothing_in_it_runs_or_asks_for_anything(shop, lang):
    html = page(shop, lang)
    tags = read(html).tags
    assert {tag for tag, _ in tags} & {"script", "link", "img", "iframe", "object", "form"} == set()
    attributes = {name for _, given in tags for name in given}
    assert {name for name in attributes if name == "style" or name.startswith("on")} == set()
    assert "http:" not in html
    assert "https:" not in html


def test_it_has_one_heading_of_the_first_rank_and_says_its_language(shop, lang):
    tags = read(page(shop, lang)).tags
    assert [tag for tag, _ in tags].count("h1") == 1
    language = {"en": "en", "zh-hans": "zh-Hans", "sv": "sv"}[lang]
    assert ("html", {"lang": language}) in tags


@pytest.mark.parametrize("lang", TRANSLATED)
def test_no_english_sentence_is_left_in_a_translated_page(shop, lang):
    said = text_of(page(shop, lang))
    for message in catalogue(lang):
        texts = message.id if isinstance(message.id, tuple) else (message.id,)
        words = message.string if isinstance(message.string, tuple) else (message.string,)
        for text in texts:
            longest = max(re.split(r"\{[^}]*\}", text), key=len).strip()
            if len(longest) > 12 and longest not in " ".join(words):
                assert longest not in said


def test_a_swedish_page_has_none_of_the_small_words_of_english(shop):
    said = text_of(page(shop, "sv")).replace("--as-of", "")
    words = set(re.findall(r"[a-z]+", said.lower()))
    assert words & {"the", "of", "and", "is", "are", "with", "from", "to", "by", "not"} == set()


def test_a_chinese_page_has_latin_letters_in_names_only(shop):
    facts = EVERY_SHOP[shop]()
    names = [facts.company or "", facts.engine, *facts.input.files]
    names += [row.customer for row in (facts.slipping.rows if facts.slipping else [])]
    names += [taken.column for taken in facts.input.columns]
    names += [column for _, column in facts.input.columns_left_out]
    said = text_of(page(shop, "zh-hans"))
    for name in sorted(names, key=len, reverse=True):
        said = said.replace(name, "") if name else said
    terms = {"Regulars", "CSV", "SEK", "Wilson", "Newcombe", "MBG", "NBD", "Batislam", "Denizel"}
    terms |= {"Filiztekin", "csv", "json", "customers", "report", "put", "aside", "lapsing"}
    terms |= {"activity", "alpha", "r", "a", "b", "currency", "as", "of"}
    terms |= {"BG", "CNBD", "k", "Pareto", "Brier", "Ehrenberg", "Fader", "Hardie", "Lee"}
    terms |= {"Schmittlein", "Morrison", "Colombo", "Platzer", "Reutterer"}
    assert set(re.findall(r"[A-Za-z]+", said)) - terms == set()


def test_the_headline_says_where_the_shop_stands_and_whether_that_is_more():
    said = text_of(page("rich", "en"))
    assert "31% , how do we know of your customers are regulars." in said
    assert "More than a year ago. 1,204" in said
    assert "together worth about SEK 882,000" in said


@pytest.mark.parametrize(
    ("shop", "sentence"),
    [
        ("twelve orders", "Too early to say how many of your customers are regulars."),
        ("twelve orders", "Cannot tell yet: 22 days of history, 180 needed."),
        ("twelve orders", "there are fewer customers than it takes to learn a rhythm"),
        ("one order", "Cannot tell yet: nobody to count."),
        ("no amounts", "Cannot tell: the file has no amounts."),
        ("no amounts", "Export what was paid for each order, in one currency."),
        ("no model", "Who is slipping away cannot be told from this history."),
    ],
)
def test_what_cannot_be_told_says_so_and_what_would_tell(shop, sentence):
    assert sentence in text_of(page(shop, "en"))


def test_without_amounts_nothing_is_said_about_money():
    said = text_of(page("no amounts", "en"))
    assert "worth" not in said
    assert "SEK" not in said
    assert "of purchases, not 80%" in said


def test_fifty_customers_are_listed_and_the_page_says_where_all_are():
    html = page("rich", "en")
    assert html.count('<th scope="row" class="table__name"><bdi>') == 50
    assert "1 to 50 of 1,204. All of them are in customers.csv" in text_of(html)


@pytest.mark.parametrize("name", NASTY)
def test_a_customer_s_name_is_shown_whole_and_never_read_as_markup(name):
    html = render(with_slipping_names([name]), "en")
    assert name in read(html).words
    if "<" in name:
        assert name not in html


def test_names_of_company_files_and_columns_are_never_read_as_markup():
    facts = rich()
    columns = [replace(facts.input.columns[0], column="<i>Kund</i>", file="<u>.csv")]
    taken = replace(
        facts.input,
        files=("<u>.csv", "b.csv"),
        columns=columns,
        columns_left_out=[("b.csv", "<s>left</s>")],
    )
    html = render(replace(facts, company="<b>Te & Kaffe</b>", input=taken), "en")
    assert {tag for tag, _ in read(html).tags} & {"b", "i", "u", "s"} == set()
    said = text_of(html)
    assert all(
        name in said for name in ("<b>Te & Kaffe</b>", "<i>Kund</i>", "<u>.csv", "<s>left</s>")
    )


def test_a_company_without_a_name_goes_by_its_file_or_by_how_many():
    unnamed = replace(rich(), company=None)
    assert "<title>2 files: where" in render(unnamed, "en")
    assert "<title>twelve.csv: where" in page("twelve orders", "en")


def test_a_page_is_made_alike_each_time():
    assert render(rich(), "sv") == page("rich", "sv")
