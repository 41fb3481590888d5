import pytest

from regulars.book.known import Known
from regulars.book.models import Customer, SearchEntry
from regulars.book.models.customer import CustomerKind, IdentityKind
from regulars.book.queries.search import find_customers, found_customers
from regulars.book.services.customers import take_down_customer
from regulars.book.services.erasing import erase_customer
from regulars.book.services.joining import join_customers
from regulars.book.services.search_keys import renew_search_keys
from regulars.book.spelling import name_parts, plain, words_of
from regulars.company.models import AuditEntry
from regulars.company.queries.access import NotAllowed
from tests.book.shop import bought
from tests.support.cast import everything, told, works_here

pytestmark = pytest.mark.django_db


def known(name, *known_by, kind=CustomerKind.PERSON):
    sources = {IdentityKind.EXTERNAL: "shop"}
    return take_down_customer(
        name=name,
        kind=kind,
        known_by=[Known(each, value, sources.get(each, "")) for each, value in known_by],
        **told(),
    )


@pytest.fixture
def people():
    return {
        "ana": known(
            "Åna Bergström",
            (IdentityKind.EMAIL, "ana.berg@example.org"),
            (IdentityKind.PHONE, "+46701234567"),
            (IdentityKind.CARD, "C-1000 4711"),
        ),
        "bo": known(
            "Bo Lind", (IdentityKind.EXTERNAL, "10423"), (IdentityKind.EMAIL, "bo@lind.se")
        ),
        "wang": known("王小明", (IdentityKind.PHONE, "+8613812345678")),
        "ouyang": known("欧阳娜娜"),
        "shop": known("Te & Kaffe AB", kind=CustomerKind.ORGANISATION),
    }


def names(typed):
    return [found.customer.name for found in found_customers(typed)]


@pytest.mark.parametrize(
    ("typed", "who", "by"),
    [
        ("ana", "ana", "name"),
        ("ÅNA BERGSTRÖM", "ana", "name"),
        ("bergs", "ana", "name"),
        ("bergstrom an", "ana", "name"),
        ("a b", "ana", "name"),
        ("ana.berg@example.org", "ana", "email"),
        ("ANA.BERG@exa", "ana", "email"),
        ("example.org", "ana", "email"),
        ("bergstr example", "ana", "name"),
        ("+46 70-123 45 67", "ana", "phone"),
        ("070-123 45 67", "ana", "phone"),
        ("0046701234567", "ana", "phone"),
        ("4567", "ana", "phone"),
        ("0701", "ana", "phone"),
        ("C-10004711", "ana", "card"),
        ("c 1000", "ana", "card"),
        ("10423", "bo", "external"),
        ("104", "bo", "external"),
        ("王", "wang", "name"),
        ("小明", "wang", "name"),
        ("王小明", "wang", "name"),
        ("138 1234", "wang", "phone"),
        ("欧阳", "ouyang", "name"),
        ("te kaffe", "shop", "name"),
    ],
)
def test_a_customer_is_found_by_whatever_one_has_of_them(people, typed, who, by):
    found = {each.customer.pk: each.by for each in found_customers(typed)}
    assert found.get(people[who].pk) == by


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Jörg Müller", "jorg muller"),
        ("Jörg Müller", "Joerg Mueller"),
        ("Joerg Mueller", "Jörg Müller"),
        ("Joerg Mueller", "müll"),
        ("Jorg Muller", "Jörg Müller"),
        ("Åse Ågård", "aase aagaard"),
        ("Aase Aagaard", "Åse Ågård"),
        ("Björn Öberg", "bjorn oberg"),
        ("Wałęsa, Łukasz", "lukasz walesa"),
        ("Nguyễn Thị Đặng", "dang nguyen thi"),
        ("Nguyễn Thị Đặng", "Ng Thị"),
        ("Işıl İnce", "isil ince"),
        ("María José García López", "lopez garcia"),
        ("Anna Berg-Lindström", "berg lindstrom"),
        ("Anna Berg-Lindström", "berg-lind"),
        ("Anna Berg-Lindström", "lindström anna"),
        ("Seán O’Brien", "obrien"),
        ("Seán O’Brien", "o'brien"),
        ("Seán OBrien", "obrien"),
        ("Wang Xiao-Ming", "xiaoming wang"),
        ("Wang Xiao-Ming", "xiao ming"),
        ("Wang Xiaoming", "ＷＡＮＧ　ｘｉａｏ"),
        ("王 小明", "王小明"),
        ("王　小明", "王小"),
        ("王小明", "王 小明"),
        ("王小明", "小明 王"),
        ("田中 太郎", "田中太郎"),
        ("田中太郎", "太郎"),
        ("김 민준", "김민준"),
        ("김민준", "김 민준"),
        ("阿卜杜拉·买买提", "阿卜杜拉买买提"),
        ("阿卜杜拉·买买提", "买买提"),
    ],
)
def test_a_name_is_found_however_it_is_spelled(name, typed):
    known(name), known("Bo Lind")
    assert names(typed) == [name]


def test_a_name_written_in_two_ways_is_found_as_whole_before_who_begins_so():
    known("Müllerson"), known("Müller"), known("Mueller")
    assert names("müller") == ["Mueller", "Müller", "Müllerson"]
    assert names("mueller") == ["Mueller", "Müller", "Müllerson"]


def test_digits_and_signs_of_full_width_are_digits_and_signs(people):
    for typed in (
        "０７０－１２３ ４５ ６７",
        "＋46 (70) 123 45 67",
        "(070) 123‑45‑67",
        "ana.berg＠example.org",
    ):
        assert names(typed) == ["Åna Bergström"], typed
    assert Known(IdentityKind.PHONE, "＋４６ (70) 123‑45‑67").written() == "+46701234567"
    assert Known(IdentityKind.EMAIL, "Ana＠Example.org").written() == "ana@example.org"


@pytest.mark.parametrize(
    "typed",
    ["", " ", "erg", "anas", "明小", "07", "1", "@", "%", "ana lind", "4711 0815", "bo wang"],
)
def test_what_fits_nobody_finds_nobody(people, typed):
    assert names(typed) == []


def test_a_customer_is_found_by_the_number_of_an_order(people):
    bought(key="SO-2041", customer=people["bo"])
    bought(key="2042")  # an anonymous sale
    (found,) = found_customers("#SO-2041")
    assert (found.customer, found.by, found.value) == (people["bo"], "order", "SO-2041")
    assert names("2042") == []


def test_who_is_called_so_comes_before_who_begins_so_and_before_addresses():
    known("Lina"), known("Li Berg"), known("Bo", (IdentityKind.EMAIL, "li@example.org"))
    assert names("li") == ["Li Berg", "Lina", "Bo"]
    assert names("li@example.org") == ["Bo"]


def test_a_whole_name_is_found_among_many_that_begin_so():
    for nth in range(120):
        known(f"Lina {nth}")
    li = known("Li Berg")
    assert found_customers("li")[0].customer == li
    assert len(found_customers("li", at_most=5)) == 5


def test_records_that_were_joined_are_found_as_the_one_who_is_kept(people):
    join_customers(people["ana"], people["bo"], **told())
    (found,) = found_customers("bo@lind.se")
    assert (found.customer, found.value) == (people["ana"], "bo@lind.se")
    assert names("bo") == ["Åna Bergström"]


def test_nothing_of_an_erased_customer_is_found(people):
    erase_customer(people["ana"], by=None)
    assert names("ana") == names("70123") == []
    assert not SearchEntry.objects.filter(pk=people["ana"].pk).exists()
    renew_search_keys([people["ana"].pk])
    assert not SearchEntry.objects.filter(pk=people["ana"].pk).exists()


def test_keys_follow_what_is_known_and_repeating_changes_nothing(people):
    Customer.objects.filter(pk=people["ana"].pk).update(name="Anneli Ek")
    renew_search_keys([people["ana"].pk])
    assert names("bergstr") == []
    assert names("anneli") == ["Anneli Ek"]
    before = everything()
    renew_search_keys([each.pk for each in people.values()])
    assert everything() == before


def test_the_number_of_statements_does_not_grow(
    people, django_assert_num_queries, django_assert_max_num_queries
):
    for typed in ("ana", "a b", "4567", "te", "example.org", "nobody"):
        with django_assert_max_num_queries(5):
            found_customers(typed)
    with django_assert_num_queries(7):  # five, and the savepoint around them
        renew_search_keys([each.pk for each in people.values()])


def test_who_searched_and_who_was_shown_is_noted_and_not_what_was_typed(people):
    cy = works_here("Cy")
    (found,) = find_customers(cy, "bergstrom")
    (entry,) = AuditEntry.objects.filter(action="customer.searched")
    assert (entry.staff_id, entry.facts) == (cy.pk, {"n": 1, "shown": str(found.customer.pk)})


def test_an_analyst_finds_no_names_and_nothing_is_noted(people):
    with pytest.raises(NotAllowed):
        find_customers(works_here("Eli"), "ana")
    assert not AuditEntry.objects.exists()


def test_names_are_written_plain():
    assert plain("Åsa ØSTERGÅRD Straße Ｌｉ") == "asa ostergard strasse li"
    assert words_of("O'Brien-王小明, Łódź") == ["o", "brien", "王小明", "lodz"]
    assert plain("김민준") == "김민준"


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Ana Maria Berg", ("ana", "berg")),
        ("Berg, Ana Maria", ("ana", "berg")),
        ("García López, Ana", ("ana", "lopez")),
        ("Ana García López", ("ana", "lopez")),
        ("Jan van der Berg", ("jan", "berg")),
        ("van der Berg, Jan", ("jan", "berg")),
        ("Dr. Ana Berg", ("ana", "berg")),
        ("Herr Bo Lind jr", ("bo", "lind")),
        ("Dr", ("dr", "")),
        ("Seán O’Brien", ("sean", "obrien")),
        ("Ana", ("ana", "")),
        (", ", ("", "")),
        ("王小明", ("小明", "王")),
        ("王 小明", ("小明", "王")),
        ("王　小明", ("小明", "王")),
        ("王小明先生", ("小明", "王")),
        ("王女士", ("", "王")),
        ("先生", ("生", "先")),
        ("김민준", ("민준", "김")),
        ("김 민준", ("민준", "김")),
        ("阿卜杜拉·买买提", ("阿卜杜拉", "买买提")),
        ("欧阳娜娜", ("娜娜", "欧阳")),
        ("欧阳", ("阳", "欧")),
        ("", ("", "")),
    ],
)
def test_a_name_has_parts(name, parts):
    assert name_parts(name) == parts
