"""The app."""

from django.apps import AppConfig


class BookConfig(AppConfig):
    """Customers and their timeline."""

    name = "regulars.book"
    label = "book"
