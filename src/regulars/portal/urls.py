"""Addresses of the portal."""

from django.urls import path

from regulars.messages.unsubscribing import PATH as UNSUBSCRIBE
from regulars.portal.views import look, unsubscribe

app_name = "portal"
urlpatterns = [
    path(f"{UNSUBSCRIBE}/<str:token>", unsubscribe.unsubscribe, name="unsubscribe"),
    path("portal/look/<str:mark>.css", look.look, name="look"),
]
