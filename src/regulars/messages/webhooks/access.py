"""The way in for programs: endpoints and how each try went, for a key that may."""

from uuid import UUID

from django.conf import settings

from regulars.book.queries.key_access import Door
from regulars.company.models import ApiKey
from regulars.company.queries.keys import refuse_without
from regulars.company.scopes import Scope
from regulars.company.services import audit
from regulars.kit.errors import Refusal
from regulars.kit.texts import N_
from regulars.messages.models.endpoint import DeliveryAttempt, Endpoint
from regulars.messages.webhooks.delivering import ping
from regulars.messages.webhooks.health import open_at


class NoSuchWebhook(Refusal):
    """No endpoint has this id."""

    def __init__(self) -> None:
        super().__init__(
            "no_such_webhook",
            N_("There is no such webhook."),
            N_("List the webhooks; the id stands in the answer of each."),
        )


ENDPOINT = Door(Endpoint, Scope.READ_CONFIG, NoSuchWebhook(), Endpoint.objects.all(), None)
ATTEMPT = Door(
    DeliveryAttempt, Scope.READ_CONFIG, NoSuchWebhook(), DeliveryAttempt.objects.all(), None
)


def refuse_unless_may_tell(key: ApiKey) -> None:
    """Whoever says where events go has to be allowed to read them."""
    refuse_without(key, Scope.WRITE_CONFIG)
    refuse_without(key, Scope.READ_EVENTS)


def endpoint_to_change(key: ApiKey, endpoint_id: UUID) -> Endpoint:
    """An endpoint, held, for a key that may change where events go."""
    refuse_unless_may_tell(key)
    found = Endpoint.objects.select_for_update().filter(pk=endpoint_id).first()
    if found is None:
        raise NoSuchWebhook
    return found


def ping_by_key(key: ApiKey, endpoint_id: UUID) -> DeliveryAttempt:
    """Send a test to an endpoint, for a key that may change it; gives how it went."""
    refuse_unless_may_tell(key)
    found = Endpoint.objects.filter(pk=endpoint_id).first()
    if found is None:
        raise NoSuchWebhook
    audit.record_by(key, "webhook.pinged", subject_id=found.pk)
    return ping(found, settings.WEBHOOK_REACH)


def n_waiting(endpoint_id: UUID) -> int:
    """How many messages still have to go to an endpoint."""
    return open_at(endpoint_id).count()
