"""What a program's key may do: the role of an integrator, cut to measure."""

from enum import StrEnum


class Scope(StrEnum):
    """One right of a key. Writing does not include reading."""

    READ_CUSTOMERS = "customers:read"
    WRITE_CUSTOMERS = "customers:write"
    READ_ORDERS = "orders:read"
    WRITE_ORDERS = "orders:write"
    READ_CONTACTS = "contacts:read"
    WRITE_CONTACTS = "contacts:write"
    READ_EVENTS = "events:read"
    WRITE_EVENTS = "events:write"
    READ_PROMISES = "promises:read"
    WRITE_PROMISES = "promises:write"
    READ_CONSENTS = "consents:read"
    WRITE_CONSENTS = "consents:write"
    READ_IMPORTS = "imports:read"
    WRITE_IMPORTS = "imports:write"
    READ_CONFIG = "config:read"
    WRITE_CONFIG = "config:write"
