"""Addresses of the board."""

from django.urls import path

from regulars.board.views import home, joining, look, signing

app_name = "board"
urlpatterns = [
    path("", home.home, name="home"),
    path("health", home.health, name="health"),
    path("sign-in", signing.SignIn.as_view(), name="sign_in"),
    path("sign-out", signing.SignOut.as_view(), name="sign_out"),
    path("welcome/<str:token>", joining.welcome, name="welcome"),
    path("look/icon.svg", look.tab_icon, name="icon"),
    path("look/<str:mark>.css", look.look, name="look"),
]
