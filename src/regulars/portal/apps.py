"""The app."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Pages for the company's customers."""

    name = "regulars.portal"
    label = "portal"
