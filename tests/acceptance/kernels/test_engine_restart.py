"""The container engine ends and comes back under a running server: everybody knows where they stand, nothing loops."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect

from tests.plugins.engines import PrivateEngine
from tests.plugins.kernel_talk import TIMEOUT_S, KernelTalk, headers_of
from tests.plugins.server import LiveServer, StartServer, config_dir

pytestmark = [pytest.mark.docker, pytest.mark.slow]


@pytest.fixture(scope="module")
def server(
    start_server: StartServer, python_engine: PrivateEngine, tmp_path_factory: pytest.TempPathFactory
) -> LiveServer:
    settings = {"SandboxSettings": {"engine_url": python_engine.url, "pool_sizes": {"nexus-data": 0}}}
    path = config_dir(tmp_path_factory.mktemp("config"), settings)
    return start_server(JUPYTER_CONFIG_DIR=path, NEXUS_POOL_SIZE="1")


@pytest.fixture
def ada(server: LiveServer) -> Iterator[httpx.Client]:
    with ExitStack() as stack:
        learner = stack.enter_context(closing(server.learner("ada")))
        yield stack.enter_context(httpx.Client(base_url=server.url, headers=headers_of(learner), timeout=TIMEOUT_S))


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 2 * TIMEOUT_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)  # nothing to await: another process changes it


def container_of(server: LiveServer, kernel_id: str) -> str:
    record = server.data_dir / "run" / kernel_id.replace("-", "") / "kernel.json"
    return str(json.loads(record.read_text())["sandbox_id"])


def health(server: LiveServer) -> tuple[str, str]:
    found = httpx.get(f"{server.url}/nexus/api/v1/health/ready", timeout=TIMEOUT_S).json()
    return found["status"], found["dependencies"]["engine"]


def labels(python_engine: PrivateEngine, *options: str) -> list[str]:
    """Whose the containers are; a warm kernel's label begins with `pool-`, and so does that of one that was warm."""
    return python_engine.docker("ps", *options, "--format", '{{.Label "nexus.kernel"}}').split()


def has_warm_kernels(python_engine: PrivateEngine) -> bool:
    return any(label.startswith("pool-") for label in labels(python_engine))


def test_kernels_end_with_their_engine_and_new_ones_start_when_it_is_back(
    server: LiveServer, python_engine: PrivateEngine, ada: httpx.Client
) -> None:
    kernel_id = ada.post("/api/kernels").json()["id"]
    until(lambda: has_warm_kernels(python_engine))
    events = f"{server.url.replace('http', 'ws', 1)}/nexus/api/v1/events"
    with (
        KernelTalk(server.url, kernel_id, headers_of(ada)) as talk,
        connect(events, additional_headers=headers_of(ada), open_timeout=TIMEOUT_S, proxy=None) as socket,
    ):
        assert talk.text_of("x = 42; x") == "42"
        python_engine.kill()
        until(lambda: health(server) == ("degraded", "unavailable"))
        refused = ada.post("/api/kernels")
        assert refused.status_code == 503
        assert int(refused.headers["Retry-After"]) >= 1
        assert "engine" in refused.json()["message"]
        assert talk.text_of("x") == "42", "the kernel itself has not noticed yet"

        python_engine.start()  # without live-restore it ends what ran before
        until(lambda: health(server) == ("ok", "ok"))
        while (message := talk.receive())["content"].get("execution_state") != "dead":
            pass
        assert message["content"]["reason"] == "engine_gone"
        while (event := json.loads(socket.recv(timeout=TIMEOUT_S)))["type"] != "kernel.died":
            pass
        assert (event["kernel_id"], event["reason"]) == (kernel_id, "engine_gone")
    until(lambda: has_warm_kernels(python_engine))
    model = ada.get(f"/api/kernels/{kernel_id}").json()
    assert (model["execution_state"], model["reason"]) == ("dead", event["message"])
    assert kernel_id not in labels(python_engine), "nobody restarted it"
    second = ada.post("/api/kernels").json()["id"]
    assert ada.post(f"/api/kernels/{kernel_id}/restart").status_code == 200
    for each in (kernel_id, second):
        with KernelTalk(server.url, each, headers_of(ada)) as talk:
            assert talk.text_of("40 + 2") == "42"
        assert ada.delete(f"/api/kernels/{each}").status_code == 204


@pytest.mark.long
def test_a_restart_that_finds_no_engine_leaves_a_dead_kernel_that_can_be_restarted_later(
    server: LiveServer, python_engine: PrivateEngine, ada: httpx.Client
) -> None:
    kernel_id = ada.post("/api/kernels").json()["id"]
    with KernelTalk(server.url, kernel_id, headers_of(ada)) as talk:
        assert talk.text_of("40 + 2") == "42"
        python_engine.kill()
        until(lambda: health(server) == ("degraded", "unavailable"))
        assert ada.post(f"/api/kernels/{kernel_id}/restart").status_code == 503
        while (message := talk.receive())["content"].get("execution_state") != "dead":
            pass
        assert message["content"]["reason"] == "restart_failed"
    model = ada.get(f"/api/kernels/{kernel_id}").json()
    assert (model["execution_state"], model["reason"]) == ("dead", message["content"]["message"])
    python_engine.start()
    until(lambda: health(server) == ("ok", "ok"))
    assert ada.post(f"/api/kernels/{kernel_id}/restart").status_code == 200
    with KernelTalk(server.url, kernel_id, headers_of(ada)) as talk:
        assert talk.text_of("40 + 2") == "42"
    assert ada.delete(f"/api/kernels/{kernel_id}").status_code == 204


def test_kernels_come_back_to_a_server_that_starts_before_its_engine(
    start_server: StartServer, python_engine: PrivateEngine, tmp_path: Path
) -> None:
    python_engine.kill()
    python_engine.start("--live-restore")
    settings = {"SandboxSettings": {"engine_url": python_engine.url}}
    options = {"JUPYTER_CONFIG_DIR": config_dir(tmp_path, settings), "NEXUS_POOL_SIZE": "0"}
    first = start_server(**options)
    with ExitStack() as stack:
        learner = stack.enter_context(closing(first.learner("ada")))
        kernel_id = learner.post(f"{first.url}/api/kernels").raise_for_status().json()["id"]
        with KernelTalk(first.url, kernel_id, headers_of(learner)) as talk:
            talk.execute("x = 42")
        python_engine.kill()
        first.process.kill()
        first.process.wait(30)
        second = start_server(first.data_dir, **options)
        until(lambda: "kernels_wait_for_engine" in second.log.read_text())
        python_engine.start("--live-restore")
        with KernelTalk(second.url, kernel_id, headers_of(learner)) as talk:
            assert talk.text_of("x") == "42"
        assert learner.delete(f"{second.url}/api/kernels/{kernel_id}").status_code == 204


def test_kernels_outlive_an_engine_that_restores_them(
    server: LiveServer, python_engine: PrivateEngine, ada: httpx.Client
) -> None:
    python_engine.kill()
    python_engine.start("--live-restore")
    until(lambda: health(server) == ("ok", "ok"))
    kernel_id = ada.post("/api/kernels").json()["id"]
    with KernelTalk(server.url, kernel_id, headers_of(ada)) as talk:
        assert talk.text_of("x = 42; x") == "42"
        python_engine.kill()
        until(lambda: health(server) == ("degraded", "unavailable"))
        python_engine.start("--live-restore")
        until(lambda: health(server) == ("ok", "ok"))
        assert talk.text_of("x") == "42"
    # and a kernel that is ended while the engine is away is gone, container and all, when it is back
    container = container_of(server, kernel_id)
    assert container in python_engine.docker("ps", "-q", "--no-trunc")
    python_engine.kill()
    until(lambda: health(server) == ("degraded", "unavailable"))
    assert ada.delete(f"/api/kernels/{kernel_id}").status_code == 204
    assert ada.get("/api/kernels").json() == []
    python_engine.start("--live-restore")
    until(lambda: container not in python_engine.docker("ps", "-aq", "--no-trunc"))
