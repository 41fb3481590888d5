"""All addresses: each door brings its own."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("regulars.board.urls")),
    path("", include("regulars.board.sign_in_urls")),
    path("rare/", admin.site.urls),
]
