"""Help and complaints about how the command was called, in the reader's language."""

import pytest

from tests.cli.test_report_command import ENGLISH, regulars

SWEDISH = ENGLISH | {"LC_ALL": "sv_SE.UTF-8"}
CHINESE = ENGLISH | {"LC_ALL": "zh_CN.UTF-8"}


@pytest.mark.parametrize("command", ["report", "sample"])
@pytest.mark.parametrize(("lang", "env"), [("sv", SWEDISH), ("zh-hans", CHINESE)])
def test_help_is_in_the_language_asked_for_and_else_the_terminals(tmp_path, command, lang, env):
    english = regulars(command, "--help", cwd=tmp_path)
    by_terminal = regulars(command, "--help", cwd=tmp_path, env=env)
    first = regulars(command, "--lang", lang, "--help", cwd=tmp_path)
    last = regulars(command, "--help", f"--lang={lang}", cwd=tmp_path)
    assert [ran.returncode for ran in (english, by_terminal, first, last)] == [0] * 4
    assert by_terminal.stdout == first.stdout == last.stdout != english.stdout
    words = english.stdout.split()
    for sentence in ("Usage:", "Options:", "Folder", "Show", "Default:", "Say"):
        assert sentence in words
        assert sentence not in first.stdout.split()
    options = {word for word in words if word.startswith("--")}
    assert options <= set(first.stdout.split())


@pytest.mark.parametrize(
    ("words", "english", "swedish"),
    [
        (["report", "a.csv", "--hrizon", "3"], "no option --hrizon", "inget val --hrizon"),
        (["report"], "FILE... is missing", "FILE... saknas"),
        (["reprot"], "no command reprot", "inget kommando reprot"),
        (["sample", "shop"], "but there is: shop", "men där står: shop"),
        (["sample", "--seed"], "--seed needs a value", "--seed behöver ett värde"),
        (["sample", "--plain=3"], "--plain takes no value", "--plain tar inget värde"),
        (["sample", "--seed", "x"], "whole number from 0", "heltal från 0"),
        (["sample", "--customers", "0"], "whole number from 1", "heltal från 1"),
        (["sample", "--days", "4000000"], "from 1 to 36500", "från 1 till 36500"),
    ],
)
def test_a_wrong_call_is_answered_in_the_readers_language(tmp_path, words, english, swedish):
    for env, said in ((ENGLISH, english), (SWEDISH, swedish)):
        ran = regulars(*words, cwd=tmp_path, env=env)
        assert (ran.returncode, ran.stdout) == (2, "")
        assert said in ran.stderr
    assert not list(tmp_path.iterdir())
