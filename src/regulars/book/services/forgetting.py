"""What is known of a person beyond name and contact data, forgotten with them."""

from django.db import transaction
from django.db.models import Q

from regulars.book.models import Affiliation, Customer, ImportantDay, Interest, Note


@transaction.atomic
def forget_relations(customer: Customer) -> int:
    """Delete notes, interests, important days and places in organisations; gives how many rows.

    Contacts, promises and consents stay: they hold times and codes, the figures need the first two
    and the proof is the third.
    """
    of_customer = Q(contact__customer=customer) | Q(promise__customer=customer)
    theirs = (
        Note.objects.filter(of_customer),
        Interest.objects.filter(customer=customer),
        ImportantDay.objects.filter(customer=customer),
        Affiliation.objects.filter(Q(person=customer) | Q(organisation=customer)),
    )
    return sum(rows.delete()[0] for rows in theirs)
