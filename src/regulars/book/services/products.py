"""Products and their categories come into the book."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from regulars.book.kept import Kept, Outcome
from regulars.book.models import Category, Product
from regulars.book.services.changes import brought_up
from regulars.book.services.lawful import lawful
from regulars.company.services import audit
from regulars.kit.errors import Refusal
from regulars.kit.texts import N_


class CategoryHoldsItself(Refusal):
    """A category was to lie in one that lies in it."""

    def __init__(self, category: str) -> None:
        super().__init__(
            "category_holds_itself",
            N_("The category {category} cannot lie in a category that lies in it."),
            N_("Choose another category above it, or none."),
            category=category,
        )


@transaction.atomic
def record_category(
    *, source: str, code: str, name: str, parent: Category | None = None, by: UUID | None
) -> Kept[Category]:
    """Keep a category as its source knows it. The same source and code again is the same one."""
    # All rows are the lock: two moves at once could close a circle that neither sees.
    above = dict(Category.objects.select_for_update().order_by("pk").values_list("pk", "parent_id"))
    told = {"name": name.strip(), "parent": parent}
    with lawful(f"{source} {code}"):
        category, is_new = Category.objects.get_or_create(source=source, code=code, defaults=told)
    over = parent.pk if parent else None
    while over is not None and over != category.pk:
        over = above.get(over)
    if over == category.pk:
        raise CategoryHoldsItself(code)
    return _kept(category, told, is_new=is_new, by=by)


@transaction.atomic
def record_product(
    *, source: str, code: str, name: str, category: Category | None = None, by: UUID | None
) -> Kept[Product]:
    """Keep a product as its source knows it. The same source and code again is the same one."""
    told = {"name": name.strip(), "category": category}
    with lawful(f"{source} {code}"):
        product, is_new = Product.objects.select_for_update().get_or_create(
            source=source, code=code, defaults=told
        )
    return _kept(product, told, is_new=is_new, by=by)


def _kept[T: (Category, Product)](
    record: T, told: Mapping[str, object], *, is_new: bool, by: UUID | None
) -> Kept[T]:
    changed = brought_up(record, told)
    if changed:
        with lawful(f"{record.source} {record.code}"):
            record.save(update_fields=changed)
    outcome = Outcome.NEW if is_new else Outcome.CHANGED if changed else Outcome.SAME
    if by is not None and outcome is not Outcome.SAME:
        verb = "made" if is_new else "changed"
        audit.record(f"{record._meta.model_name}.{verb}", by=by, subject_id=record.pk)
    return Kept(record, outcome)
