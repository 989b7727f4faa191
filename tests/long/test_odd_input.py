"""Thousands of odd arguments for every command: each ends with an exit code and a sentence."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.plugins.command_line import Command, arguments_of, commands
from tests.plugins.odd_site import OddSite, make_odd_site, values_for

pytestmark = [pytest.mark.long, pytest.mark.timeout(0)]

#: runs of each command
EXAMPLES = int(os.environ.get("NEXUS_LONG_EXAMPLES", "1000"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> OddSite:
    return make_odd_site(tmp_path_factory.mktemp("odd"), sqlite_template)


@pytest.mark.parametrize("command", commands(), ids=lambda command: command.name)
def test_many_odd_arguments_end_in_a_sentence(command: Command, site: OddSite) -> None:
    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(arguments=arguments_of(command, values_for(command, site)), stdin=st.binary(max_size=40))
    def try_one(arguments: list[str], stdin: bytes) -> None:
        site.check(command, arguments, stdin)

    try_one()
