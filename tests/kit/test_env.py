import pytest

from regulars.kit import env
from regulars.kit.env import BadSetting


@pytest.fixture
def told(monkeypatch):
    return lambda value: monkeypatch.setenv("SETTING", value)


def refused(read):
    with pytest.raises(BadSetting) as refusal:
        read()
    return str(refusal.value)


def test_a_missing_setting_is_refused_by_name_with_what_it_wanted(monkeypatch):
    monkeypatch.delenv("SETTING", raising=False)
    said = refused(lambda: env.text("SETTING", wanted="a folder"))
    assert said == "SETTING is not set. Set SETTING to a folder."


def test_a_secret_may_lie_in_a_file(monkeypatch, tmp_path):
    (tmp_path / "key").write_text("hidden\n")
    monkeypatch.setenv("SETTING_FILE", str(tmp_path / "key"))
    assert env.secret("SETTING", wanted="a key") == "hidden"


@pytest.mark.parametrize("made", [True, False])
def test_a_secret_s_file_that_is_empty_or_missing_is_refused(monkeypatch, tmp_path, made):
    if made:
        (tmp_path / "key").write_text(" \n")
    monkeypatch.setenv("SETTING_FILE", str(tmp_path / "key"))
    assert "The setting SETTING_FILE is" in refused(lambda: env.secret("SETTING", wanted="a key"))


@pytest.mark.parametrize(("value", "meant"), [("1", True), ("0", False), ("", True)])
def test_a_flag_is_1_or_0(told, value, meant):
    told(value)
    assert env.flag("SETTING", default=True) is meant


@pytest.mark.parametrize("value", ["yes", "true", "2"])
def test_any_other_flag_is_refused(told, value):
    told(value)
    said = refused(lambda: env.flag("SETTING", default=True))
    assert said == f"The setting SETTING is {value!r}. Set SETTING to 1 or 0."


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        ("postgresql://u:p%40ss@db.example:6432/shop", ("u", "p@ss", "db.example", "6432", "shop")),
        ("postgres://u@/shop?host=/run/pg&port=5433", ("u", "", "/run/pg", "5433", "shop")),
        ("postgresql:///shop?host=/run/pg&user=u&password=p", ("u", "p", "/run/pg", "", "shop")),
        ("postgresql://u:p@[::1]/shop", ("u", "p", "::1", "", "shop")),
    ],
)
def test_the_address_of_a_database_is_taken_apart(told, address, parts):
    told(address)
    found = env.database("SETTING")
    assert tuple(found[key] for key in ("USER", "PASSWORD", "HOST", "PORT", "NAME")) == parts
    assert found["OPTIONS"] == {}


def test_other_parameters_of_the_address_are_handed_on(told):
    told("postgresql://u@h/shop?sslmode=verify-full")
    assert env.database("SETTING")["OPTIONS"] == {"sslmode": "verify-full"}


@pytest.mark.parametrize(
    "address", ["mysql://u:secret@h/shop", "postgresql://u:secret@h", "postgresql://u:secret@h:x/s"]
)
def test_a_wrong_address_is_refused_without_telling_its_password(told, address):
    told(address)
    said = refused(lambda: env.database("SETTING"))
    assert "secret" not in said
    assert "SETTING" in said


@pytest.mark.parametrize("value", ["shop.example", "ftp://shop.example", "https://shop.example/a"])
def test_an_address_people_open_is_whole_and_without_a_path(told, value):
    told(value)
    assert "https://regulars.example" in refused(lambda: env.web_address("SETTING"))


def test_an_address_people_open_gives_origin_and_host(told):
    told("https://shop.example:8443/")
    assert env.web_address("SETTING") == ("https://shop.example:8443", "shop.example")


def test_for_another_user_the_secrets_that_files_hold_stand_in_the_environment(
    monkeypatch, tmp_path
):
    kept = tmp_path / "key"
    kept.write_text("s3cret\n")
    monkeypatch.setenv("REGULARS_SECRET_KEY_FILE", str(kept))
    told = {"REGULARS_SECRET_KEY_FILE": str(kept), "SSL_CERT_FILE": "/etc/certs", "A": "b"}
    assert env.with_secrets_read(told) == {
        "REGULARS_SECRET_KEY": "s3cret",
        "SSL_CERT_FILE": "/etc/certs",
        "A": "b",
    }
