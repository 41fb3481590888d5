"""Who was erased."""

from regulars.book.erasure_ledger import Ledger
from regulars.book.models import Erasure


def erasures() -> Ledger:
    """Every erasure this database knows of: the customer's id and when."""
    return dict(Erasure.objects.values_list("customer_id", "erased_at"))
