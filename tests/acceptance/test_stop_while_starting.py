"""A server that is told to stop while it still starts ends all the same, and what it had begun with it."""

import pytest

from tests.plugins.clusters import running_postgres
from tests.plugins.grading_site import containers_of
from tests.plugins.server import StartServer

pytestmark = [pytest.mark.docker, pytest.mark.postgres, pytest.mark.slow, pytest.mark.timeout(400)]

PATIENCE_S = 60.0


#: the signal comes at a slightly different moment each time
@pytest.mark.parametrize("times", [2, pytest.param(20, marks=pytest.mark.long)])
def test_a_server_that_is_stopped_while_it_starts_ends(start_server: StartServer, times: int) -> None:
    with running_postgres() as cluster:
        data_dir = None
        for _ in range(times):
            # returns when the port is open, before the services are
            server = start_server(data_dir, is_forked=False, NEXUS_DATABASE_URL=cluster.url, NEXUS_POOL_SIZE="1")
            data_dir = server.data_dir
            server.process.terminate()
            assert server.process.wait(PATIENCE_S) == 0
            assert "did_not_stop_in_order" not in server.log.read_text()
        assert not containers_of(str(server.data_dir / "run" / "server.lock"))
