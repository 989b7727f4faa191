"""Thousands of requests made of the OpenAPI document, as each role and on both databases: none breaks the server."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.plugins.server import LiveServer, StartServer
from tests.security.fuzzing import ENDINGS, UNHURRIED, Campaign, fuzz, token_of, values_of
from tests.security.people import Cast, gather

pytestmark = [pytest.mark.long, pytest.mark.docker, pytest.mark.postgres, pytest.mark.timeout(0)]

#: requests to each operation
EXAMPLES = int(os.environ.get("NEXUS_LONG_EXAMPLES", "100"))
#: what starts the random choices: another number is another campaign
SEED = int(os.environ.get("NEXUS_LONG_SEED", "1"))


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def site(
    request: pytest.FixtureRequest, start_server: StartServer, fresh_postgres: Callable[[], str]
) -> Iterator[tuple[LiveServer, Cast]]:
    url = fresh_postgres() if request.param == "postgres" else ""
    server = start_server(**UNHURRIED, **({"NEXUS_DATABASE_URL": url} if url else {}))
    cast = gather(server, url)
    yield server, cast
    cast.close()


# An administrator may lock the others out, so comes last.
@pytest.mark.parametrize("person", ["owner", "cohort_instructor", "admin"])
def test_no_request_of_many_breaks_the_server(site: tuple[LiveServer, Cast], person: str, tmp_path: Path) -> None:
    server, cast = site
    campaign = Campaign(token_of(cast, person), values_of(cast), EXAMPLES, seed=SEED, exclude=ENDINGS)
    assert fuzz(server, campaign, tmp_path) == ""
    assert server.process.poll() is None
