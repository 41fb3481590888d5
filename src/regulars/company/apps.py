"""The app."""

from django.apps import AppConfig


class CompanyConfig(AppConfig):
    """Staff, rights, audit."""

    name = "regulars.company"
    label = "company"
