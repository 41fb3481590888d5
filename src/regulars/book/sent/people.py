"""Whom programs speak of."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from regulars.book.importing.people import person_told
from regulars.book.models import Customer, Erasure
from regulars.book.phones import country_of_company, international
from regulars.book.queries.access import NoSuchCustomer
from regulars.book.services.bulk_people import Found, PersonTold, find_people
from regulars.book.services.telling import CustomerErased
from regulars.kit.errors import Refusal
from regulars.kit.texts import N_


class IdentityConflict(Refusal):
    """What somebody is told to be known by belongs to different customers."""

    def __init__(self, found: Found) -> None:
        super().__init__(
            "identity_conflict",
            N_("What is told belongs to different customers, by: {kinds}."),
            N_("Send what belongs to one; join the customers if they are the same person."),
            kinds=", ".join(found.conflict),
        )


class NobodyIsKnownByThis(Refusal):
    """Nothing is told by which somebody could be known again."""

    def __init__(self) -> None:
        super().__init__(
            "nothing_to_be_known_by",
            N_("Nothing is told by which this customer could be known again."),
            N_("Send an e-mail, a phone number, a card or the number you know them by."),
        )


class BadPhone(Refusal):
    """No phone has this number."""

    def __init__(self, phone: str) -> None:
        super().__init__(
            "bad_phone",
            N_("{phone} is no phone number."),
            N_("Write it with + and the code of its country, such as +46701234567."),
            phone=phone,
        )


@dataclass(frozen=True, kw_only=True)
class Who:
    """A customer as a program names them: by the id of the book, or by what they are known by."""

    id: UUID | None = None
    external_id: str | None = None
    email: str | None = None
    phone: str | None = None
    card: str | None = None
    name: str | None = None
    language: str | None = None
    kind: str | None = None
    relationship: str | None = None

    def told(self, source: str, country: str | None) -> PersonTold:
        """As the book takes people down; an e-mail is written small."""
        row = {
            "external": self.external_id,
            "email": self.email.lower() if self.email else None,
            "phone": self.phone,
            "card": self.card,
            "name": self.name,
            "language": self.language,
            "party": self.kind,
            "relationship": self.relationship,
        }
        return person_told(row, source=source, country=country)


def find_each(people: Sequence[Who], *, source: str) -> list[Found | Refusal]:
    """Find or take down people by what they are known by; each answered in its place."""
    country = country_of_company() if any(who.phone for who in people) else None
    answers: dict[int, Found | Refusal] = {}
    told: dict[int, PersonTold] = {}
    for place, who in enumerate(people):
        if who.phone and international(who.phone, country) is None:
            answers[place] = BadPhone(who.phone)
            continue
        told[place] = who.told(source, country)
        if not told[place].keys:
            answers[place] = NobodyIsKnownByThis()
            del told[place]
    places = sorted(told, key=lambda place: told[place].keys)
    found = find_people([told[place] for place in places], source=source)
    for place, one in zip(places, found, strict=True):
        answers[place] = one if one.customer_id else IdentityConflict(one)
    return [answers[place] for place in range(len(people))]


def resolve(whose: Sequence[Who | None], *, source: str) -> list[UUID | Refusal | None]:
    """Who is meant, each in its place: an id, a refusal, or nobody where nobody is named."""
    wanted = {who.id for who in whose if who and who.id}
    # Held, so that nobody is erased while something is written down of them.
    held = Customer.objects.filter(pk__in=wanted).order_by("pk").select_for_update(no_key=True)
    there = set(held.values_list("pk", flat=True)) if wanted else set()
    erased = set(Erasure.objects.filter(pk__in=there).values_list("pk", flat=True))
    by_keys = list(dict.fromkeys(who for who in whose if who and not who.id))
    found = dict(zip(by_keys, find_each(by_keys, source=source), strict=True))
    answers: list[UUID | Refusal | None] = []
    for who in whose:
        if who is None:
            answers.append(None)
        elif who.id:
            refusal = CustomerErased() if who.id in erased else NoSuchCustomer()
            answers.append(who.id if who.id in there - erased else refusal)
        else:
            one = found[who]
            answers.append(one if isinstance(one, Refusal) else one.customer_id)
    return answers
