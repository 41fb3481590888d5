import pytest

from regulars.kit.errors import Refusal
from regulars.kit.postgres import Role, reaching
from regulars.kit.postgres.reaching import refuse_unusable


def test_a_server_that_is_new_enough_is_taken_and_an_older_one_refused(house_server, monkeypatch):
    conninfo = house_server.conninfo(Role.APP)
    refuse_unusable(conninfo)
    monkeypatch.setattr(reaching, "major_of_server", lambda _: 15)
    with pytest.raises(Refusal, match=r"PostgreSQL 15\. Regulars needs 16 or newer\."):
        refuse_unusable(conninfo)


def test_a_wrong_password_is_said_and_not_repeated(house_server):
    wrong = house_server.conninfo(Role.APP).replace("password=", "password=wrong")
    with pytest.raises(Refusal, match="password authentication failed") as refused:
        refuse_unusable(wrong)
    assert refused.value.code == "no_database"
    assert "wrong" not in str(refused.value)
