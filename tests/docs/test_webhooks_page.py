"""The receiver on the page of webhooks takes what we send, and nothing else."""

import re
import time
from pathlib import Path

import pytest

from regulars.messages.webhooks.endpoints import OWN_KINDS
from regulars.messages.webhooks.signing import headers_of, new_secret

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "webhooks.md").read_text(encoding="utf-8")
BODY = '{"id": "evt_7", "name": "茶"}'.encode()


@pytest.fixture
def verified():
    names = {}
    (block,) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    exec(compile(block, "docs/webhooks.md", "exec"), names)
    return names["verified"]


def test_it_takes_what_is_signed_with_its_secret_among_others(verified):
    ours, other = new_secret(), new_secret()
    headers = dict(headers_of("evt_7", int(time.time()), BODY, [other, ours]))
    assert verified(BODY, headers, ours) == {"id": "evt_7", "name": "茶"}
    assert verified(BODY, {n.title(): v for n, v in headers.items()}, other)["id"] == "evt_7"


@pytest.mark.parametrize("change", ["body", "secret", "id", "time"])
def test_it_refuses_what_is_altered_old_or_of_somebody_else(verified, change):
    secret, now = new_secret(), int(time.time())
    headers = dict(headers_of("evt_7", now - (400 if change == "time" else 0), BODY, [secret]))
    body = BODY.replace(b"7", b"8") if change == "body" else BODY
    if change == "id":
        headers["webhook-id"] = "evt_8"
    with pytest.raises(ValueError, match="not signed" if change != "time" else "too old"):
        verified(body, headers, new_secret() if change == "secret" else secret)


REASONS = (
    *("not_taken", "too_many_requests", "gone", "redirected", "no_such_host", "unreachable"),
    *("address_forbidden", "tls_failed", "cut_off", "timed_out", "bad_answer"),
    "secret_unreadable",
)


def test_every_reason_why_a_try_failed_has_its_line():
    assert [reason for reason in REASONS if f"`{reason}`" not in PAGE] == []
    told = [kind for kind in OWN_KINDS if kind.startswith("webhook.")]
    assert [kind for kind in told if f"`{kind}`" not in PAGE] == []
