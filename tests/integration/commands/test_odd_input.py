"""Whatever a command is given, it ends with an exit code and a sentence, never with a traceback."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.plugins.command_line import Command, arguments_of, commands, nexus
from tests.plugins.odd_site import OddSite, make_odd_site, values_for

#: few here, many in `tests/long`
FEW = settings(
    max_examples=5,
    deadline=None,
    database=None,
    derandomize=True,
    # a smaller example would say little more, and each run takes its time
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> OddSite:
    return make_odd_site(tmp_path_factory.mktemp("odd"), sqlite_template)


@pytest.mark.parametrize("command", commands(), ids=lambda command: command.name)
def test_odd_arguments_end_in_a_sentence(command: Command, site: OddSite) -> None:
    @FEW
    @given(arguments=arguments_of(command, values_for(command, site)), stdin=st.binary(max_size=40))
    def try_one(arguments: list[str], stdin: bytes) -> None:
        site.check(command, arguments, stdin)

    try_one()


@pytest.mark.parametrize(
    "words",
    [
        ("grade", "verify"),
        ("grade", "--source", "x.ipynb"),
        pytest.param(("grade", "x.ipynb", "--source"), marks=pytest.mark.long),
        ("restore", "--data", "fresh"),
        ("content", "check", "--static"),
        ("content", "import-nbgrader", "--slug", "x", "--content-dir", "out"),
    ],
    ids=" ".join,
)
def test_every_odd_file_ends_in_a_sentence(words: tuple[str, ...], site: OddSite) -> None:
    command = next(one for one in commands() if one.name in (" ".join(words[:2]), words[0], f"{words[0]} run"))
    for path in site.files:
        site.check(command, [*words, path])


@pytest.mark.parametrize(
    "words",
    [("content", "check", "--static"), pytest.param(("content", "release", "--output", "out"), marks=pytest.mark.long)],
    ids=" ".join,
)
def test_every_odd_roadmap_ends_in_a_sentence(words: tuple[str, ...], site: OddSite) -> None:
    command = next(one for one in commands() if one.name == " ".join(words[:2]))
    for path in site.content:
        site.check(command, [*words, path])


@pytest.mark.parametrize("words", [("projections", "verify"), ("user", "disable", "a@example.org"), ("backup", "o.gz")])
def test_every_odd_database_ends_in_a_sentence(words: tuple[str, ...], site: OddSite) -> None:
    command = next(one for one in commands() if one.name in (words[0], " ".join(words[:2])))
    for path in site.databases:
        site.check(command, [*words, "--data", path])


def test_a_wrong_setting_is_one_sentence(site: OddSite) -> None:
    outcome = nexus(["projections", "verify"], environment={"NEXUS_TRUSTED_PROXIES": "x", "NEXUS_PUBLIC_URL": "?"})
    assert (outcome.code, len(outcome.stderr.splitlines())) == (1, 1)


def test_names_that_are_no_text_are_shown(site: OddSite) -> None:
    outcome = site.run(["content", "schemas", "--output", "\udcff"])
    assert outcome.code == 0
    assert "\\udcff" in outcome.stdout
