"""The context of readings."""

from django.apps import AppConfig


class ReadingsConfig(AppConfig):
    """Stores what was measured and answers for it; runs nothing itself."""

    name = "regulars.readings"
    label = "readings"

    def ready(self) -> None:
        """Declare what readings hold on people."""
        from regulars.book.held import declare
        from regulars.readings.held import TABLES

        declare(TABLES)
