"""The app."""

from django.apps import AppConfig


class MessagesConfig(AppConfig):
    """What leaves the house."""

    name = "regulars.messages"
    label = "message"  # "messages" is the label of Django's own app for notices on pages

    def ready(self) -> None:
        """Declare what messages hold on people."""
        from regulars.book.held import declare
        from regulars.messages.held import TABLES

        declare(TABLES)
