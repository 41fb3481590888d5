"""The apps."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class BoardConfig(AppConfig):
    """Pages for the company."""

    name = "regulars.board"
    label = "board"


class RareTablesConfig(AdminConfig):
    """Django's admin, for tables that are looked into so rarely that they have no page."""

    default_site = "regulars.board.rare.RareTables"
