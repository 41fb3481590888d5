"""What programs send in the tests: Ana buys two bags of sencha."""


def order(key="1042", **more):
    return {
        "source": "webshop",
        "external_id": key,
        "placed_at": "2026-03-02T11:30:00+01:00",
        "currency": "SEK",
        "customer": {"email": "Ana@example.org", "name": "Ana"},
        "lines": [
            {
                "gross_minor": 9000,
                "quantity": 2,
                "unit_price_minor": 4500,
                "product_code": "sencha",
            }
        ],
    } | more


def back(key="r1", order="1042", quantity=1, refund=4500, **more):
    return {
        "source": "webshop",
        "external_id": key,
        "returned_at": "2026-03-09T16:00:00Z",
        "currency": "SEK",
        "order_external_id": order,
        "lines": [{"position": 1, "quantity": quantity, "refund_minor": refund}],
    } | more


def promise(key="p1", **more):
    return {
        "source": "webshop",
        "external_id": key,
        "customer": {"email": "ana@example.org"},
        "kind": "delivery",
        "made_at": "2026-03-02T11:30:00+01:00",
        "due_at": "2026-03-05T18:00:00+01:00",
    } | more


def contact(key="c1", **more):
    return {
        "source": "phones",
        "external_id": key,
        "customer": {"phone": "+46701234567"},
        "kind": "call",
        "started_at": "2026-03-03T09:00:00+01:00",
    } | more


def consent(key="a1", **more):
    return {
        "source": "webshop",
        "external_id": key,
        "customer": {"email": "ana@example.org"},
        "is_given": True,
        "channels": ["email", "sms"],
        "purposes": ["offers"],
        "how": "form",
        "occurred_at": "2026-03-02T11:30:00+01:00",
    } | more
