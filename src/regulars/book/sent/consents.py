"""Consents that programs send: given or withdrawn, each act with its proof."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from regulars.book.importing.batches import Way
from regulars.book.kept import Outcome
from regulars.book.models import Consent, Customer, Event
from regulars.book.models.consent import ConsentHow, MessageChannel, MessagePurpose
from regulars.book.sent.people import Who
from regulars.book.sent.results import Result, keep_each
from regulars.book.sent.ways import ids_by_event, kept_by_way
from regulars.book.services.consents import Act, Scope, give_consent, withdraw_consent
from regulars.kit.ids import new_id


@dataclass(frozen=True, kw_only=True)
class ConsentSent:
    """One act: what a customer agreed to, or took back."""

    source: str
    external_id: str
    customer: Who | None
    is_given: bool
    channels: Collection[MessageChannel]
    purposes: Collection[MessagePurpose]
    how: ConsentHow
    occurred_at: datetime


@dataclass(frozen=True, kw_only=True)
class _Told:
    customer: Customer
    act: ConsentSent

    @property
    def kind(self) -> str:
        return "consent.given" if self.act.is_given else "consent.withdrawn"

    @property
    def event_key(self) -> str:
        return f"consent:{self.act.external_id}"

    @property
    def codes(self) -> dict[str, object]:
        return {
            "channels": sorted(set(self.act.channels)),
            "purposes": sorted(set(self.act.purposes)),
            "how": self.act.how,
        }


def keep_consents(sent: Sequence[ConsentSent]) -> list[Result]:
    """Note acts of consent."""
    return keep_each(sent, _keep)


def _keep(source: str, sent: Sequence[tuple[ConsentSent, UUID | None]]) -> list[Result]:
    return kept_by_way(
        [_Told(customer=Customer(pk=customer), act=act) for act, customer in sent],
        WAY,
        lambda kept: ids_by_event(source, "consent", [each.act.external_id for each in kept]),
    )


def _known(told: Sequence[_Told]) -> Mapping[str, bool]:
    wanted = {each.event_key: each for each in told}
    held = Event.objects.filter(source=told[0].act.source, source_key__in=wanted)
    return {
        wanted[event.source_key].act.external_id: (event.kind, event.codes)
        == (wanted[event.source_key].kind, wanted[event.source_key].codes)
        for event in held
    }


def _add(told: Sequence[_Told]) -> None:
    """Two statements, whatever the number of acts."""
    acts = [(new_id(), each) for each in told]
    Consent.objects.bulk_create(
        Consent(
            customer=each.customer,
            act_id=act_id,
            channel=channel,
            purpose=purpose,
            is_given=each.act.is_given,
            how=each.act.how,
            occurred_at=each.act.occurred_at,
        )
        for act_id, each in acts
        for channel in sorted(set(each.act.channels))
        for purpose in sorted(set(each.act.purposes))
    )
    Event.objects.bulk_create(
        Event(
            kind=each.kind,
            customer=each.customer,
            occurred_at=each.act.occurred_at,
            source=each.act.source,
            source_key=each.event_key,
            subject="consent",
            subject_id=act_id,
            codes=each.codes,
        )
        for act_id, each in acts
    )


def _one(told: _Told) -> Outcome:
    """Another act under the same key is refused: what somebody agreed to does not change."""
    act = told.act
    note = give_consent if act.is_given else withdraw_consent
    note(
        told.customer,
        Scope(act.channels, act.purposes),
        Act(act.how),
        at=act.occurred_at,
        source=act.source,
        source_key=told.event_key,
        by=None,
    )
    return Outcome.NEW


def _is_plain(told: _Told) -> bool:
    return told.act.occurred_at <= timezone.now()


WAY: Way[_Told] = Way(lambda told: told.act.external_id, _known, _add, _one, _is_plain)
