"""A customer on whom a row of every table hangs, and which tables those are."""

from datetime import date

from django.apps import apps

from regulars.book.known import Known
from regulars.book.models import Customer, Erasure, Restriction
from regulars.book.models.consent import ConsentHow, MessageChannel, MessagePurpose
from regulars.book.models.contact import ContactKind
from regulars.book.models.customer import IdentityKind
from regulars.book.models.day import DayKind
from regulars.book.models.invoice import DisputeReason
from regulars.book.services.affiliations import Position, begin_affiliation
from regulars.book.services.consents import Act, Scope, give_consent
from regulars.book.services.contacts import Met, note_contact
from regulars.book.services.customers import add_identity, take_down_customer
from regulars.book.services.days import Yearly, note_day
from regulars.book.services.disputes import open_dispute
from regulars.book.services.interests import Liking, note_interest
from regulars.book.services.invoices import issue_invoice
from regulars.book.services.notes import write_note
from regulars.book.services.suggesting import Conflict, note_conflicts
from regulars.book.told import DisputeTold, InvoiceTold
from tests.book.shop import AT, bought, gave_back
from tests.support.cast import at, customer, organisation, told
from tests.support.promised import promised

EMAIL, NEWS = MessageChannel.EMAIL, MessagePurpose.NEWS
NEWSLETTER = Scope((EMAIL,), (NEWS,))


def lived(name, n=1):
    """Take down somebody of whom every table knows something; each text holds the name.

    `n` tells them apart where numbers do.
    """
    who = take_down_customer(name=name, language="sv", **told())
    for kind, value, source in (
        (IdentityKind.EMAIL, f"{name}@example.org".lower(), ""),
        (IdentityKind.PHONE, f"+4670123456{n}", ""),
        (IdentityKind.CARD, f"{name}-card", ""),
        (IdentityKind.EXTERNAL, f"{name}-number", "shop"),
    ):
        add_identity(who, Known(kind, value, source), **told())
    order = bought(key=f"order-{n}", customer=who)
    gave_back(order, (1, "1", 1), key=f"return-{n}")
    invoice = issued(who, n)
    dispute = DisputeTold(
        source="books",
        source_key=f"dispute-{n}",
        invoice=invoice,
        opened_at=AT,
        reason=DisputeReason.OTHER,
    )
    open_dispute(dispute, by=None)
    call = note_contact(who, Met(ContactKind.CALL, at("2026-03-02 09:00")), **told())
    for about in (call, promised(who)):
        write_note(about, text=f"{name} asked for oolong.", by=None)
    note_interest(who, Liking("tea/green"), **told())
    note_day(who, Yearly(DayKind.BIRTHDAY, 5, 1 + n, 1990), **told())
    note_day(who, Yearly(DayKind.ANNIVERSARY, 5, 17, label=f"{name} opened"), **told())
    give_consent(who, NEWSLETTER, Act(ConsentHow.FORM), at=at("2026-03-01 09:00"), **told())
    place = organisation(f"Tehuset {n}")
    begin_affiliation(who, place, Position(title=f"{name}, buyer"), **told())
    note_conflicts([Conflict(who.pk, customer("Bo").pk, [IdentityKind.PHONE])])
    return who


def issued(who, n):
    return issue_invoice(
        InvoiceTold(
            source="books",
            source_key=f"invoice-{n}",
            customer=who,
            number=f"2026-{n}",
            issued_on=date(2026, 3, 1),
            due_on=date(2026, 3, 31),
            amount_minor=100,
            currency="SEK",
        ),
        by=None,
    ).record


def hanging_models():
    """{model: paths to a customer} of every table of the book from which a key leads to one.

    What other contexts hang on a customer they declare themselves: `held.py` of each. Whose data is
    restricted is not erased: that stands by itself, in test_rights_restriction.
    """
    paths = {Customer: {""}}
    while True:
        found = {
            model: {
                f"{field.name}__{path}" if path else field.name
                for field in model._meta.get_fields()
                if field.concrete and field.is_relation and field.related_model in paths
                for path in paths[field.related_model]
            }
            for model in apps.get_app_config("book").get_models()
            if model not in (Customer, Erasure, Restriction)
        }
        found = {model: held for model, held in found.items() if held}
        if found.keys() <= paths.keys():
            return found
        paths = {Customer: {""}} | found
