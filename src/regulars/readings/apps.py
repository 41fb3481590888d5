"""The context of readings."""

from django.apps import AppConfig


class ReadingsConfig(AppConfig):
    """Stores what was measured and answers for it; runs nothing itself."""

    name = "regulars.readings"
    label = "readings"
