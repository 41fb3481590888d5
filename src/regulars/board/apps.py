"""The app."""

from django.apps import AppConfig


class BoardConfig(AppConfig):
    """Pages for the company."""

    name = "regulars.board"
    label = "board"
