"""Where a webhook may go: outside alone, whatever its address looks like and wherever it leads."""

import socket
from ipaddress import ip_address, ip_network

import pytest

from regulars.kit.env import BadSetting
from regulars.messages.webhooks.addresses import (
    AddressForbidden,
    UrlRefused,
    addresses_of,
    is_allowed,
    target_of,
)
from regulars.messages.webhooks.posting import NotAnswered, Poster
from regulars.messages.webhooks.reach import WebhookReach, webhook_reach
from tests.support.web_server import web_server

STRICT = WebhookReach()
OPEN = WebhookReach(is_https_only=False)

INSIDE = {
    "this machine": ["127.0.0.1", "127.8.9.10", "::1", "0.0.0.0", "::"],
    "private": ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"],
    "link-local, and the metadata of clouds": [
        "169.254.169.254",
        "fe80::1",
        "fd00:ec2::254",
        "168.63.129.16",
        "100.100.100.200",
        "192.0.0.192",
    ],
    "of a carrier": ["100.64.0.1", "100.127.255.255"],
    "unique local and site-local": ["fc00::1", "fdff::1", "fec0::1"],
    "IPv4 within IPv6": [
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::127.0.0.1",
        "64:ff9b::10.0.0.1",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::1",
        "2001:0:4136:e378:8000:63bf:80ff:fffe",
    ],
    "many, or none": ["224.0.0.1", "239.1.1.1", "ff02::1", "255.255.255.255", "240.0.0.1"],
    "for examples and tests": ["192.0.2.1", "198.18.0.1", "203.0.113.9", "2001:db8::1", "100::1"],
}
OUTSIDE = ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", [each for group in INSIDE.values() for each in group])
def test_no_webhook_goes_inside(address):
    assert not is_allowed(ip_address(address), STRICT)


@pytest.mark.parametrize("address", OUTSIDE)
def test_webhooks_go_outside(address):
    assert is_allowed(ip_address(address), STRICT)


def test_a_setting_allows_a_network_of_ones_own_and_no_other():
    reach = WebhookReach((ip_network("10.20.0.0/16"),))
    allowed = ["10.20.3.4", "::ffff:10.20.3.4", "10.21.0.1", "127.0.0.1"]
    assert [is_allowed(ip_address(each), reach) for each in allowed] == [True, True, False, False]


def resolving(monkeypatch, *answers):
    """Any name leads to these addresses, the next time to the next; gives the names asked for."""
    asked = []

    def answer(host, port, **_more):
        asked.append(host)
        told = answers[len(asked) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in told]

    monkeypatch.setattr("socket.getaddrinfo", answer)
    return asked


@pytest.mark.parametrize(
    "addresses",
    [("127.0.0.1",), ("10.0.0.5",), ("169.254.169.254",), ("8.8.8.8", "10.0.0.5"), ("fe80::1%1",)],
)
def test_a_name_that_leads_inside_is_refused_though_another_address_of_it_is_public(
    monkeypatch, addresses
):
    resolving(monkeypatch, addresses, addresses)
    target = target_of("https://hooks.example/in", STRICT)
    with pytest.raises(AddressForbidden):
        addresses_of(target, STRICT)
    with pytest.raises(NotAnswered, match="address_forbidden"):
        Poster(STRICT).post(target, b"{}", {})


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "localhost"])
def test_other_ways_to_write_this_machine_lead_to_it_and_are_refused(host):
    with pytest.raises((AddressForbidden, UrlRefused)):
        addresses_of(target_of(f"http://{host}/", OPEN), OPEN)


def test_the_connection_goes_to_the_address_that_was_checked_and_no_second_answer_counts(
    monkeypatch,
):
    """The name is public when it is checked and leads inside afterwards: nobody asks again."""
    asked = resolving(monkeypatch, ["8.8.8.8"], ["127.0.0.1"])
    reached = []

    def connect(place, **_more):
        reached.append(place)
        raise ConnectionRefusedError

    monkeypatch.setattr("socket.create_connection", connect)
    with pytest.raises(NotAnswered, match="unreachable"):
        Poster(STRICT).post(target_of("https://hooks.example/", STRICT), b"{}", {})
    assert (asked, reached) == (["hooks.example"], [("8.8.8.8", 443)])


def test_a_redirection_is_an_answer_and_is_not_followed():
    reach = WebhookReach((ip_network("127.0.0.1/32"),), is_https_only=False)
    with web_server((200, {})) as inside:
        away = (307, {}, {"Location": f"{inside.url}/secret"})
        with web_server(away) as outside:
            poster = Poster(reach)
            answered = poster.post(target_of(outside.url, reach), b"{}", {})
            poster.close()
    assert (answered.status, len(outside.asked), inside.asked) == (307, 1, [])


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks",
        "ftp://shop.example/",
        "file:///etc/passwd",
        "https://",
        "https:///path",
        "http://shop.example/",
        "https://user@shop.example/",
        "https://user:word@shop.example/",
        "https://shop.example/#part",
        "https://shop.example:22/",
        "https://shop.example:0/",
        "https://shop.example:1024/",
        "https://shop.example:99999/",
        "https://shop.example:x/",
        "https://shop example/",
        "https://shop.example/a b",
        "https://shop.example/\r\nX: 1",
        "https://shop.example/é",
        "https://shop.example\\@inside/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[fe80::1%25eth0]/",
        "https://[nothing]/",
        "https://169.254.169.254/latest",
        "https://localhost/",
        "https://LOCALHOST./",
        "https://" + "a" * 64 + ".example/",
        "https://shop.example/" + "a" * 500,
    ],
)
def test_an_address_no_webhook_can_go_to_is_refused_at_once(url):
    with pytest.raises(UrlRefused) as refused:
        target_of(url, STRICT)
    assert refused.value.code == "webhook_url_refused"


@pytest.mark.parametrize(
    ("url", "authority", "path"),
    [
        ("https://Shop.Example", "shop.example", "/"),
        ("https://shop.example:443/in?a=b", "shop.example", "/in?a=b"),
        ("https://shop.example:8443/in", "shop.example:8443", "/in"),
        ("https://shop.example:80/", "shop.example:80", "/"),
        ("https://8.8.8.8/", "8.8.8.8", "/"),
        ("https://[2606:4700::1111]:8443/", "[2606:4700::1111]:8443", "/"),
        ("https://bücher.example/", "xn--bcher-kva.example", "/"),
    ],
)
def test_the_parts_of_an_address(url, authority, path):
    target = target_of(url, STRICT)
    assert (target.authority, target.path) == (authority, path)


def test_without_encryption_only_outside_production():
    assert target_of("http://shop.example/", OPEN).port == 80
    assert webhook_reach(is_production=True) == STRICT
    assert webhook_reach(is_production=False) == OPEN


def test_the_setting_names_networks_and_says_so(monkeypatch):
    monkeypatch.setenv("REGULARS_WEBHOOK_NETWORKS", "10.20.0.0/16  fd12::/32")
    told = webhook_reach(is_production=True).networks
    assert told == (ip_network("10.20.0.0/16"), ip_network("fd12::/32"))
    monkeypatch.setenv("REGULARS_WEBHOOK_NETWORKS", "10.20.0.1/16")
    with pytest.raises(BadSetting, match=r"REGULARS_WEBHOOK_NETWORKS.*10\.20\.0\.0/16"):
        webhook_reach(is_production=True)
