"""The API as Django sees it."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Holds the answers given to keys, so that none is given twice otherwise."""

    name = "regulars.api"
    label = "api"
