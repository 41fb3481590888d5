"""Addresses of the board."""

from django.urls import path

from regulars.board.views import (
    audit,
    company,
    customer,
    customers,
    home,
    joining,
    keys,
    look,
    more,
    people,
    places,
    readings,
    signing,
    slipping,
)

app_name = "board"
urlpatterns = [
    path("", home.home, name="home"),
    path("health", home.health, name="health"),
    path("report", readings.report, name="report"),
    path("readings/<str:reading_id>", readings.reading, name="reading"),
    path("customers", customers.customers, name="customers"),
    path("customers/<str:customer_id>", customer.customer, name="customer"),
    path("slipping", slipping.slipping, name="slipping"),
    path("find", customers.find, name="find"),
    path("more", more.more, name="more"),
    path("sign-out", signing.SignOut.as_view(), name="sign_out"),
    path("welcome/<str:token>", joining.welcome, name="welcome"),
    path("settings", company.company, name="settings"),
    path("settings/keys", keys.keys, name="keys"),
    path("settings/keys/<uuid:key_id>/revoke", keys.revoke, name="revoke_key"),
    path("settings/people", people.people, name="people"),
    path("settings/people/<uuid:person_id>", people.person, name="person"),
    path("settings/people/<uuid:person_id>/leave", people.leave, name="leave"),
    path("settings/people/<uuid:person_id>/come-back", people.come_back, name="come_back"),
    path("settings/<slug:kind>", places.places, name="places"),
    path("settings/<slug:kind>/<slug:code>", places.place, name="place"),
    path("settings/<slug:kind>/<slug:code>/close", places.close, name="close_place"),
    path("settings/<slug:kind>/<slug:code>/reopen", places.reopen, name="reopen_place"),
    path("audit", audit.audit, name="audit"),
    path("favicon.ico", look.tab_icon),
    path("look/icon.svg", look.tab_icon, name="icon"),
    path("look/<str:mark>.css", look.look, name="look"),
]
