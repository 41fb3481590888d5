"""What was measured, and what is shown of it."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet

from regulars.readings.models import PagePart, Reading, RegularRule, Standing, Taking, TakingState


def last_taking() -> Taking | None:
    """What the pages show; None where nothing was ever measured."""
    stored = Taking.objects.filter(state=TakingState.STORED.value)
    return stored.order_by("-stored_at").first()


def last_try() -> Taking | None:
    """The round begun last, however it went."""
    return Taking.objects.order_by("-began_at", "-pk").first()


def regular_rule() -> RegularRule:
    """What a regular is from the next round on."""
    return RegularRule.objects.order_by("-pk").first() or RegularRule.at_first()


def readings_of(taking: Taking) -> dict[str, Reading]:
    """The figures of a round by their measure; one statement."""
    return {reading.measure: reading for reading in taking.readings.all()}


def page_parts(taking: Taking, lang: str, names: Sequence[str] = ()) -> dict[str, PagePart]:
    """The parts of pages in a language, in reading order; all of them, or those named."""
    found = taking.parts.filter(lang=lang).order_by("place")
    found = found.filter(name__in=names) if names else found
    return {part.name: part for part in found}


def history_of(measure: str, *, at_most: int = 60) -> Sequence[Reading]:
    """A figure as it was measured before, the newest first."""
    found = Reading.objects.filter(measure=measure, taking__state=TakingState.STORED.value)
    return list(found.select_related("taking").order_by("-last_on", "-pk")[:at_most])


def reading_called(reading_id: UUID) -> Reading | None:
    """One figure with its round."""
    return Reading.objects.select_related("taking").filter(pk=reading_id).first()


def standing_of(customer_id: UUID) -> Standing | None:
    """Where one customer stands now; None for who never bought."""
    taking = last_taking()
    if taking is None:
        return None
    return taking.standings.filter(customer=customer_id).select_related("taking").first()


def slipping(taking: Taking) -> QuerySet[Standing]:
    """Repeat buyers who are lapsing, the dearest first."""
    found = taking.standings.filter(activity="lapsing", stage="repeat")
    return found.select_related("customer").order_by("-year_net_minor", "pk")
