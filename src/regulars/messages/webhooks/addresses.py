"""Which addresses a webhook may go to: none inside, whatever name leads there.

A name is looked up once, every address it has is checked, and the connection goes to one of those
that were checked: a second look-up could give another answer.
"""

import re
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from regulars.kit.errors import Refusal
from regulars.kit.texts import N_
from regulars.messages.webhooks.reach import NETWORKS, WebhookReach

type Address = IPv4Address | IPv6Address
LONGEST_URL = 500
_PORTS = {"https": 443, "http": 80}
_LOWEST_OTHER_PORT = 1025
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?")
_GLOBAL_UNICAST = ip_network("2000::/3")
# IPv6 addresses that carry one of IPv4 in their last bits: a gateway brings what is sent there.
_TRANSLATED = (ip_network("::/96"), ip_network("64:ff9b::/96"))
# Public by their number, and yet a service of the machine's own cloud.
_INSIDE = frozenset({IPv4Address("168.63.129.16")})


class UrlRefused(Refusal):
    """No webhook can go to such an address."""

    def __init__(self, message: str, mend: str, **facts: object) -> None:
        super().__init__("webhook_url_refused", message, mend, **facts)


class AddressForbidden(Exception):
    """A name leads to an address inside, where no webhook may go."""


@dataclass(frozen=True)
class Target:
    """Where a webhook goes."""

    scheme: str
    host: str  # in small letters, a foreign name in its ASCII form
    port: int
    path: str  # with its query

    @property
    def authority(self) -> str:
        """The host as its header has it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def target_of(url: str, reach: WebhookReach) -> Target:
    """The parts of a URL; refused where no webhook may go to such a one."""
    if len(url) > LONGEST_URL or not re.fullmatch(r"[!-~\u00a1-\uffff]+", url):
        raise _not_a_url()
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _not_a_url() from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise _not_a_url()
    if parts.scheme == "http" and reach.is_https_only:
        raise UrlRefused(
            N_("Webhooks go out encrypted, and this address begins with http://."),
            N_("Give one that begins with https://."),
        )
    if parts.username is not None or parts.password is not None or "#" in url:
        raise UrlRefused(
            N_("The address of a webhook holds no name, password or #."),
            N_("Leave them out: the signature says who sends it."),
        )
    target = Target(
        parts.scheme,
        _host_of(parts),
        _PORTS[parts.scheme] if port is None else port,
        _path_of(parts),
    )
    _refuse_port(target)
    _refuse_inside(target.host, reach)
    return target


def addresses_of(target: Target, reach: WebhookReach) -> Sequence[str]:
    """The addresses behind the host, all of them checked; OSError where there are none."""
    found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
    for address in addresses:
        if not is_allowed(ip_address(address), reach):
            # One is enough: a name with both kinds is there to be tried until it works.
            raise AddressForbidden(address)
    return addresses


def is_allowed(address: Address, reach: WebhookReach) -> bool:
    """Whether a webhook may go to an address: a public one, or one that a setting names."""
    meant = _meant(address)
    if any(meant in network for network in reach.networks):
        return True
    if isinstance(meant, IPv6Address) and meant not in _GLOBAL_UNICAST:
        return False
    is_public = meant.is_global and not (meant.is_multicast or meant.is_reserved)
    return is_public and meant not in _INSIDE


def _meant(address: Address) -> Address:
    """The address of IPv4 that one of IPv6 stands for, if it does."""
    if isinstance(address, IPv4Address):
        return address
    inner = address.ipv4_mapped or address.sixtofour
    if inner is None and any(address in network for network in _TRANSLATED):
        inner = IPv4Address(int(address) & 0xFFFFFFFF)
    return inner or address


def _host_of(parts: SplitResult) -> str:
    host = (parts.hostname or "").lower()
    if ":" in host:
        return _as_address(host) or _raise_not_a_url()
    try:
        host = host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise _not_a_url() from None
    return host if _HOST.fullmatch(host) else _raise_not_a_url()


def _as_address(host: str) -> str | None:
    try:
        return str(ip_address(host))
    except ValueError:
        return None


def _path_of(parts: SplitResult) -> str:
    path = parts.path or "/"
    whole = f"{path}?{parts.query}" if parts.query else path
    return whole if whole.isascii() else _raise_not_a_url()


def _refuse_port(target: Target) -> None:
    if target.port not in _PORTS.values() and target.port < _LOWEST_OTHER_PORT:
        raise UrlRefused(
            N_("Port {port} is not one that webhooks go to."),
            N_("Take 443, 80, or one above 1024."),
            port=target.port,
        )


def _refuse_inside(host: str, reach: WebhookReach) -> None:
    """What the address itself shows; a name is looked up when there is something to send."""
    written = _as_address(host)
    is_inside = written is not None and not is_allowed(ip_address(written), reach)
    if is_inside or (host.rstrip(".") == "localhost" and not reach.networks):
        raise UrlRefused(
            N_("{host} lies inside, and webhooks go out."),
            N_("Give a public address, or allow its network with {setting}."),
            host=host,
            setting=NETWORKS,
        )


def _not_a_url() -> UrlRefused:
    return UrlRefused(
        N_("This is not the address of a program."),
        N_("Give one such as https://shop.example/hooks."),
    )


def _raise_not_a_url() -> str:
    raise _not_a_url()
