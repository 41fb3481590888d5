"""How messages leave, by the environment: what is read, and what is refused by its name."""

import pytest

from regulars.kit.env import BadSetting
from regulars.messages.reach import MAIL_PROVIDERS, SmsWay, mail_way, sms_way

FROM = {"REGULARS_MAIL_FROM": "Te & Kaffe <hello@lindqvist.example>"}
SMS = {"REGULARS_SMS_FROM": "Lindqvist", "REGULARS_SMS_KEY": "k", "REGULARS_SMS_USER": "u"}


@pytest.fixture
def told(monkeypatch):
    def tell(**environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)

    return tell


def test_where_nothing_is_told_there_is_no_way(told):
    assert (mail_way(), sms_way()) == (None, None)


@pytest.mark.parametrize(
    ("address", "options"),
    [
        (
            "smtp://re%40gulars:se%3Acret@mail.example:2525",
            {"host": "mail.example", "port": 2525, "use_tls": True}
            | {"username": "re@gulars", "password": "se:cret"},
        ),
        ("smtps://mail.example", {"host": "mail.example", "use_ssl": True}),
        ("smtp+plain://[::1]:25", {"host": "::1", "port": 25}),
    ],
)
def test_a_server_is_an_address_and_encryption_is_the_rule(told, address, options):
    told(REGULARS_MAIL=address, **FROM)
    way = mail_way()
    assert way.provider == "smtp"
    assert way.mailer["OPTIONS"] == options | {"timeout": 20}
    assert (way.sender, way.reply_to) == (FROM["REGULARS_MAIL_FROM"], "")


@pytest.mark.parametrize("provider", sorted(MAIL_PROVIDERS))
def test_every_provider_can_be_made_from_its_name_and_key(told, provider, settings):
    from django.core.mail import mailers

    told(REGULARS_MAIL=provider, REGULARS_MAIL_KEY="secret", **FROM)
    way = mail_way()
    settings.MAILERS = {"default": way.mailer}
    backend = mailers.default
    assert backend.esp_name.lower() == provider
    assert backend.timeout == 20
    assert "secret" in vars(backend).values()


def test_secrets_may_lie_in_files(told, tmp_path):
    (tmp_path / "mail").write_text("smtp://u:p@mail.example\n")
    told(REGULARS_MAIL_FILE=str(tmp_path / "mail"), **FROM)
    assert mail_way().mailer["OPTIONS"]["password"] == "p"


@pytest.mark.parametrize(
    ("environment", "name"),
    [
        ({"REGULARS_MAIL": "smtp://mail.example"}, "REGULARS_MAIL_FROM"),
        ({"REGULARS_MAIL": "pigeon", **FROM}, "REGULARS_MAIL"),
        ({"REGULARS_MAIL": "http://mail.example", **FROM}, "REGULARS_MAIL"),
        ({"REGULARS_MAIL": "smtp://u:hidden@mail.example:x", **FROM}, "REGULARS_MAIL"),
        ({"REGULARS_MAIL": "smtp://u:hidden@", **FROM}, "REGULARS_MAIL"),
        ({"REGULARS_MAIL": "resend", **FROM}, "REGULARS_MAIL_KEY"),
        ({"REGULARS_MAIL": "smtp://m.example", "REGULARS_MAIL_FROM": "x"}, "REGULARS_MAIL_FROM"),
        (
            {"REGULARS_MAIL": "smtp://m.example", "REGULARS_MAIL_FROM": "a@b.example\nBcc: c@d.e"},
            "REGULARS_MAIL_FROM",
        ),
        (
            {"REGULARS_MAIL": "smtp://m.example", "REGULARS_MAIL_REPLY_TO": "a@else.example"}
            | FROM,
            "REGULARS_MAIL_REPLY_TO",
        ),
    ],
)
def test_a_bad_mail_setting_is_refused_by_its_name_and_shows_no_password(told, environment, name):
    told(**environment)
    with pytest.raises(BadSetting) as refused:
        mail_way()
    assert refused.value.facts["name"] == name
    assert "hidden" not in str(refused.value)


def test_answers_may_go_below_the_sender_s_domain(told):
    told(REGULARS_MAIL="smtp://m.example", REGULARS_MAIL_REPLY_TO="a@in.lindqvist.example", **FROM)
    assert mail_way().reply_to == "a@in.lindqvist.example"


def test_an_sms_provider_is_named_with_its_account(told):
    told(REGULARS_SMS="46elks", **SMS)
    assert sms_way() == SmsWay("46elks", "Lindqvist", "u", "k", "")


@pytest.mark.parametrize(
    ("environment", "name"),
    [
        ({"REGULARS_SMS": "pigeon"}, "REGULARS_SMS"),
        ({"REGULARS_SMS": "twilio"}, "REGULARS_SMS_FROM"),
        ({"REGULARS_SMS": "twilio"} | SMS | {"REGULARS_SMS_FROM": "070-123"}, "REGULARS_SMS_FROM"),
        ({"REGULARS_SMS": "twilio"} | SMS | {"REGULARS_SMS_KEY": ""}, "REGULARS_SMS_KEY"),
        ({"REGULARS_SMS": "twilio"} | SMS | {"REGULARS_SMS_USER": ""}, "REGULARS_SMS_USER"),
        ({"REGULARS_SMS": "json"} | SMS, "REGULARS_SMS_URL"),
    ],
)
def test_a_bad_sms_setting_is_refused_by_its_name(told, environment, name):
    told(**environment)
    with pytest.raises(BadSetting) as refused:
        sms_way()
    assert refused.value.facts["name"] == name
