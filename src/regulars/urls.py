"""All addresses: each door brings its own."""

from django.urls import include, path

urlpatterns = [path("", include("regulars.board.urls"))]
