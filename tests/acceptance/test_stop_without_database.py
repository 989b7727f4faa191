"""A server that is told to stop while its database is away stops all the same, and leaves no container behind."""

import signal
from contextlib import closing

import pytest

from tests.plugins.clusters import running_postgres
from tests.plugins.grading_site import containers_of, until
from tests.plugins.kernel_talk import KernelTalk, headers_of
from tests.plugins.server import StartServer

pytestmark = [pytest.mark.docker, pytest.mark.postgres, pytest.mark.slow, pytest.mark.timeout(400)]

PATIENCE_S = 120.0


def test_a_server_with_kernels_stops_without_its_database(start_server: StartServer) -> None:
    with running_postgres() as cluster:
        server = start_server(NEXUS_DATABASE_URL=cluster.url)
        with closing(server.learner("ada")) as ada:
            kernels = [ada.post(f"{server.url}/api/kernels").raise_for_status().json()["id"] for _ in range(2)]
            with KernelTalk(server.url, kernels[0], headers_of(ada)) as talk:
                assert talk.text_of("1 + 1") == "2"
                cluster.stop()
                server.process.send_signal(signal.SIGTERM)
                assert server.process.wait(PATIENCE_S) == 0
        assert "kernel_end_not_recorded" in server.log.read_text()
        lock = str(server.data_dir / "run" / "server.lock")
        until(lambda: not containers_of(lock), "its containers are gone")
        cluster.start()
        # the next one finds out what became of the kernels
        again = start_server(server.data_dir, NEXUS_DATABASE_URL=cluster.url)
        assert again.process.poll() is None
        again.process.terminate()
        assert again.process.wait(PATIENCE_S) == 0
