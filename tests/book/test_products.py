import pytest
from django.db import IntegrityError

from regulars.book.kept import Outcome
from regulars.book.models import Category, Product
from regulars.book.services.lawful import AgainstTheRules
from regulars.book.services.products import CategoryHoldsItself, record_category, record_product
from regulars.company.models import AuditEntry
from tests.book.shop import happened, staff

pytestmark = pytest.mark.django_db


def category(code, parent=None, name=None):
    kept = record_category(source="shop", code=code, name=name or code, parent=parent, by=None)
    return kept.record


def test_the_same_product_again_is_the_same():
    for outcome in (Outcome.NEW, Outcome.SAME):
        kept = record_product(source="shop", code="p1", name=" Sencha ", by=None)
        assert (kept.outcome, kept.record.name) == (outcome, "Sencha")
    assert Product.objects.count() == 1


def test_two_sources_may_use_the_same_code():
    for source in ("shop", "till"):
        record_product(source=source, code="p1", name="Sencha", by=None)
    assert Product.objects.count() == 2


def test_a_product_that_its_source_tells_otherwise_is_changed():
    record_product(source="shop", code="p1", name="Sencha", by=None)
    green = category("green")
    kept = record_product(source="shop", code="p1", name="Sencha Uji", category=green, by=None)
    held = Product.objects.get()
    assert (kept.outcome, held.name, held.category) == (Outcome.CHANGED, "Sencha Uji", green)


def test_what_staff_changes_stands_in_the_audit_log_and_in_nobody_s_story():
    dee = staff("Dee", "manager")
    for name in ("Sencha", "Sencha", "Sencha Uji"):
        record_product(source="shop", code="p1", name=name, by=dee.pk)
    assert list(AuditEntry.objects.order_by("at").values_list("action", "staff_id")) == [
        ("product.made", dee.pk),
        ("product.changed", dee.pk),
    ]
    assert happened() == []


def test_categories_lie_in_each_other():
    tea = category("tea")
    green = category("green", tea)
    assert list(tea.children.all()) == [green]


def test_a_category_cannot_lie_in_one_that_lies_in_it():
    tea = category("tea")
    green = category("green", tea)
    uji = category("uji", green)
    for inner in (uji, green, tea):
        with pytest.raises(CategoryHoldsItself):
            category("tea", inner)
    assert Category.objects.get(code="tea").parent is None


def test_the_database_itself_refuses_a_category_in_itself():
    tea = category("tea")
    with pytest.raises(IntegrityError, match="category_does_not_hold_itself"):
        Category.objects.update(parent=tea)


def test_a_code_that_is_too_long_is_refused():
    with pytest.raises(AgainstTheRules, match="every text and number fits its field"):
        category("x" * 81)
    assert not Category.objects.exists()


@pytest.mark.parametrize(
    ("kind", "fields", "law"),
    [
        (Product, {"code": ""}, "product_source_and_code_are_told"),
        (Product, {"source": ""}, "product_source_and_code_are_told"),
        (Product, {"code": "p1"}, "product_once_per_code"),
        (Category, {"code": ""}, "category_source_and_code_are_told"),
        (Category, {"code": "p1"}, "category_once_per_code"),
    ],
)
def test_the_database_itself_refuses(kind, fields, law):
    kind.objects.create(source="shop", code="p1")
    with pytest.raises(IntegrityError, match=law):
        kind.objects.create(**{"source": "shop", "code": "p2"} | fields)
