import pytest

from regulars.book.known import Known
from regulars.book.models import Customer, JoinSuggestion
from regulars.book.models.customer import IdentityKind
from regulars.book.queries.customers import customer_known_by
from regulars.book.queries.suggestions import conflicts_to_decide
from regulars.book.queries.wholes import identities_of, wholes_of
from regulars.book.services.suggesting import accept_suggestion, decline_suggestion
from regulars.book.spelling import may_be_one
from tests.support.cast import works_here
from tests.support.importing import import_text

pytestmark = pytest.mark.django_db
HEAD = "customer_id,name,email,phone\n"
ANA = "1,Ana Berg,ana@example.org,+46701234567\n"
BO = "2,Bo Berg,bo@example.org,+46701234567\n"


def came(folder, rows):
    return import_text(folder, HEAD + rows, kind="customers", source="shop")


def who(email):
    return customer_known_by(Known(IdentityKind.EMAIL, f"{email}@example.org"))


def test_two_people_with_one_phone_are_two_and_it_is_shown(tmp_path):
    assert came(tmp_path, ANA + BO).counts() == (2, 0, 0, 0)
    assert [each.name for each in Customer.objects.order_by("name")] == ["Ana Berg", "Bo Berg"]
    assert customer_known_by(Known(IdentityKind.PHONE, "+46701234567")) == who("ana")
    (shown,) = conflicts_to_decide(works_here("Cy"))
    assert {shown.first, shown.second} == {who("ana"), who("bo")}
    assert shown.evidence[0].said == (
        "A source takes the two for one: the phone number belongs to one of them."
    )


def test_the_same_file_again_changes_nothing_and_asks_nothing_new(tmp_path):
    came(tmp_path, ANA + BO)
    assert came(tmp_path, ANA + BO).counts() == (0, 2, 0, 0)
    decline_suggestion(JoinSuggestion.objects.get(), by=None)
    assert came(tmp_path, BO).counts() == (0, 1, 0, 0)
    assert conflicts_to_decide(works_here("Cy")) == []


def test_one_person_whose_name_is_written_otherwise_is_one(tmp_path):
    came(tmp_path, ANA + "3,A. Berg,ana.b@example.org,+46701234567\n")
    assert (Customer.objects.count(), len(identities_of(who("ana")))) == (1, 5)
    assert not JoinSuggestion.objects.exists()


def test_keys_of_two_are_put_aside_shown_and_go_in_once_they_are_one(tmp_path):
    came(tmp_path, "1,Ana Berg,ana@example.org,\n2,Ana Berg,,+46701234567\n")
    done = came(tmp_path, ",Ana Berg,ana@example.org,+46701234567\n")
    assert (done.counts(), done.reasons()) == ((0, 0, 0, 1), {"identity_conflict": 1})
    (shown,) = conflicts_to_decide(works_here("Cy"))
    assert [each.field for each in shown.evidence[:2]] == ["email", "phone"]
    kept = accept_suggestion(shown.suggestion, by=None)
    assert came(tmp_path, ",Ana Berg,ana@example.org,+46701234567\n").counts() == (0, 1, 0, 0)
    assert set(wholes_of(Customer.objects.values_list("pk", flat=True)).values()) == {kept.pk}


@pytest.mark.parametrize(
    ("name", "other", "may"),
    [
        ("Ana Berg", "Ana Lind", True),
        ("Ana Berg", "Berg, Ana", True),
        ("A Berg", "Ana Berg", True),
        ("Berg Ana", "Ana Berg", True),
        ("Ana", "Ana Berg", True),
        ("", "Ana Berg", True),
        ("Ana Berg", "Bo Berg", False),
        ("Bo", "Ana Berg", False),
        ("王小明", "王 小明", True),
        ("王小明", "王小红", False),
    ],
)
def test_names_that_one_person_may_have(name, other, may):
    assert may_be_one(name, other) is may
    assert may_be_one(other, name) is may
