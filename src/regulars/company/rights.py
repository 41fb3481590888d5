"""What each role may do: the one table, read by every access function."""

from enum import StrEnum

from regulars.kit.texts import N_


class Role(StrEnum):
    """What somebody is in this company."""

    OWNER = "owner"
    MANAGER = "manager"
    AGENT = "agent"
    HANDLER = "handler"
    MARKETER = "marketer"
    AUDITOR = "auditor"
    ANALYST = "analyst"


ROLE_WORDS = {
    Role.OWNER: N_("Owner"),
    Role.MANAGER: N_("Manager"),
    Role.AGENT: N_("Agent"),
    Role.HANDLER: N_("Handler"),
    Role.MARKETER: N_("Marketer"),
    Role.AUDITOR: N_("Auditor"),
    Role.ANALYST: N_("Analyst"),
}


class Action(StrEnum):
    """What can be done; an access function asks for one of these."""

    SEE_HOUSE = "see_house"  # that it is up: everybody who works here
    SEE_FIGURES = "see_figures"  # without names
    SEE_CUSTOMERS = "see_customers"
    CHANGE_CUSTOMERS = "change_customers"
    IMPORT = "import"
    HANDLE_CASES = "handle_cases"
    RUN_PLAYS = "run_plays"
    READ_LEDGER = "read_ledger"
    READ_AUDIT = "read_audit"
    ERASE_CUSTOMERS = "erase_customers"
    MANAGE_STAFF = "manage_staff"
    MANAGE_SETTINGS = "manage_settings"
    MAKE_PROMISES = "make_promises"
    RECORD_CONSENTS = "record_consents"
    CHANGE_ORDERS = "change_orders"
    MANAGE_PRODUCTS = "manage_products"
    SEE_INVOICES = "see_invoices"
    DISPUTE_INVOICES = "dispute_invoices"
    CHANGE_INVOICES = "change_invoices"
    ANSWER_RIGHTS = "answer_rights"  # give people what is held of them, keep it from use
    EXPORT_TABLES = "export_tables"  # with pseudonyms, for analysts


_A = Action
RIGHTS: dict[Role, frozenset[Action]] = {
    Role.OWNER: frozenset(Action),
    Role.MANAGER: frozenset(Action) - {_A.MANAGE_STAFF, _A.MANAGE_SETTINGS, _A.ERASE_CUSTOMERS},
    Role.AGENT: frozenset(
        {
            _A.SEE_HOUSE,
            _A.SEE_FIGURES,
            _A.SEE_CUSTOMERS,
            _A.CHANGE_CUSTOMERS,
            _A.HANDLE_CASES,
            _A.MAKE_PROMISES,
            _A.RECORD_CONSENTS,
            _A.CHANGE_ORDERS,
            _A.SEE_INVOICES,
            _A.DISPUTE_INVOICES,
        }
    ),
    Role.HANDLER: frozenset({_A.SEE_HOUSE, _A.HANDLE_CASES}),
    Role.MARKETER: frozenset(
        {_A.SEE_HOUSE, _A.SEE_FIGURES, _A.SEE_CUSTOMERS, _A.RUN_PLAYS, _A.MANAGE_PRODUCTS}
    ),
    Role.AUDITOR: frozenset(
        {_A.SEE_HOUSE, _A.SEE_FIGURES, _A.READ_LEDGER, _A.READ_AUDIT, _A.SEE_INVOICES}
    ),
    Role.ANALYST: frozenset({_A.SEE_HOUSE, _A.SEE_FIGURES, _A.EXPORT_TABLES}),
}


def may(role: str, action: Action) -> bool:
    """Whether a role has a right; an unknown role has none."""
    return role in RIGHTS and action in RIGHTS[Role(role)]
