"""All addresses: each door brings its own."""

from django.contrib import admin
from django.urls import include, path

handler400 = "regulars.board.views.errors.bad_request"
handler404 = "regulars.board.views.errors.no_such_page"
handler500 = "regulars.board.views.errors.our_fault"

urlpatterns = [
    path("", include("regulars.board.urls")),
    path("", include("regulars.board.sign_in_urls")),
    path("", include("regulars.api.urls")),
    path("", include("regulars.portal.urls")),
    path("rare/", admin.site.urls),
]
