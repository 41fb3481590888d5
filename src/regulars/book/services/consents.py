"""Consent is given and withdrawn; each act is kept with its proof."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from regulars.book.models import Consent, ConsentWording, Customer
from regulars.book.models.consent import ConsentHow, MessageChannel, MessagePurpose
from regulars.book.services.telling import Telling, hold, telling
from regulars.company.services import audit
from regulars.kit.errors import Refusal
from regulars.kit.ids import new_id
from regulars.kit.texts import N_

ASKED_FOR = tuple(purpose for purpose in MessagePurpose if purpose is not MessagePurpose.SERVICE)


class NothingToConsentTo(Refusal):
    """No channel or purpose was named, or one for which nobody is asked."""

    def __init__(self) -> None:
        super().__init__(
            "nothing_to_consent_to",
            N_("Consent needs at least one channel and one purpose; service messages need none."),
            N_("Name channels and purposes: {purposes}."),
            purposes=", ".join(ASKED_FOR),
        )


class WordingStands(Refusal):
    """A version says something else; people agreed to that."""

    def __init__(self, code: str, version: int) -> None:
        super().__init__(
            "wording_stands",
            N_("Version {version} of {name} says something else, and people agreed to that."),
            N_("Give the new words a new version."),
            name=code,
            version=version,
        )


@dataclass(frozen=True)
class Scope:
    """For what: every one of these purposes on every one of these channels."""

    channels: Collection[MessageChannel] = tuple(MessageChannel)
    purposes: Collection[MessagePurpose] = ASKED_FOR


EVERYTHING = Scope()


@dataclass(frozen=True)
class Act:
    """By what act, and under which words where they are known."""

    how: ConsentHow
    wording: ConsentWording | None = None


@transaction.atomic
def give_consent(
    customer: Customer,
    scope: Scope,
    act: Act,
    *,
    at: datetime | None = None,
    source: str,
    source_key: str,
    by: UUID | None,
) -> list[Consent]:
    """Note that a customer agreed to be written to."""
    told = telling(at, source=source, source_key=source_key, by=by)
    return _note(customer, scope, act, told, is_given=True)


@transaction.atomic
def withdraw_consent(
    customer: Customer,
    scope: Scope,
    act: Act,
    *,
    at: datetime | None = None,
    source: str,
    source_key: str,
    by: UUID | None,
) -> list[Consent]:
    """Note that a customer wants no more of it; `EVERYTHING` closes every channel.

    Each pair of the scope is noted, given before or not, so that a consent that is older and is
    told later does not open it again.
    """
    told = telling(at, source=source, source_key=source_key, by=by)
    return _note(customer, scope, act, told, is_given=False)


@transaction.atomic
def add_wording(
    *, code: str, version: int, language: str, text: str, by: UUID | None
) -> ConsentWording:
    """Keep the words that people will be asked to agree to; the same words again change nothing."""
    wording, is_new = ConsentWording.objects.get_or_create(
        code=code, version=version, language=language, defaults={"text": text}
    )
    if wording.text != text:
        raise WordingStands(code, version)
    if is_new:
        audit.record(
            "consent_wording.added", by=by, subject_id=wording.pk, code=code, version=version
        )
    return wording


def _note(
    customer: Customer, scope: Scope, act: Act, told: Telling, *, is_given: bool
) -> list[Consent]:
    if not scope.channels or not scope.purposes or MessagePurpose.SERVICE in scope.purposes:
        raise NothingToConsentTo
    kind = "consent.given" if is_given else "consent.withdrawn"
    customer = hold(customer)
    if (again := told.before(kind)) is not None:
        return list(Consent.objects.filter(act_id=again).order_by("channel", "purpose"))
    act_id = new_id()
    made = Consent.objects.bulk_create(
        Consent(
            customer=customer,
            act_id=act_id,
            channel=channel,
            purpose=purpose,
            is_given=is_given,
            how=act.how,
            wording=act.wording,
            occurred_at=told.at,
        )
        for channel in sorted(set(scope.channels))
        for purpose in sorted(set(scope.purposes))
    )
    told.write(
        kind,
        customer,
        subject="consent",
        subject_id=act_id,
        codes={
            "channels": sorted(set(scope.channels)),
            "purposes": sorted(set(scope.purposes)),
            "how": act.how,
        },
    )
    return made
