"""Where webhooks may go, from the environment."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network

from regulars.kit import env

type Network = IPv4Network | IPv6Network
NETWORKS = "REGULARS_WEBHOOK_NETWORKS"
_WANTED = "networks such as 10.20.0.0/16, with spaces between them"


@dataclass(frozen=True)
class WebhookReach:
    """What webhooks may reach beside public addresses, and whether without encryption too."""

    networks: Sequence[Network] = ()
    is_https_only: bool = True


def webhook_reach(*, is_production: bool) -> WebhookReach:
    """What `REGULARS_WEBHOOK_NETWORKS` allows; none of our own networks unless it says so."""
    told = env.text(NETWORKS, wanted=_WANTED, default="")
    try:
        networks = tuple(ip_network(each) for each in told.split())
    except ValueError:
        raise env.BadSetting(NETWORKS, _WANTED, told) from None
    return WebhookReach(networks, is_https_only=is_production)
