"""The server's container image, run as the operator's guide says, serves learners without any right of root's."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import cast
from uuid import uuid4

import httpx
import pytest

from nexus_server.kernels.helper.places import Places
from tests.plugins.engines import PrivateEngine
from tests.plugins.kernel_talk import KernelTalk, headers_of
from tests.plugins.processes import free_port, wait_for
from tests.plugins.server import ROOT, LiveServer

pytestmark = [pytest.mark.long, pytest.mark.docker, pytest.mark.timeout(3600)]


def show(place: Path) -> None:
    """Make a directory one whose later mounts others see, as systemd does with all of them."""
    subprocess.run(["mount", "--bind", place, place], check=True)
    subprocess.run(["mount", "--make-rshared", place], check=True)


def hide(place: Path) -> None:
    """Undo it."""
    subprocess.run(["umount", "--recursive", place], check=False, stderr=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def shared() -> Iterator[tuple[Path, Path]]:
    """Give a data directory and the helper's place for it, both on shared mounts."""
    with tempfile.TemporaryDirectory(prefix="nx-", dir="/tmp") as name:
        data = Path(name)
        place = Places.of(data, 0, 0).root
        place.mkdir(parents=True)
        show(data)
        show(place)
        yield data, place
        hide(place)
        hide(data)
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(scope="module")
def server(
    shared: tuple[Path, Path], python_engine: PrivateEngine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveServer]:
    subprocess.run([sys.executable, ROOT / "scripts" / "server_image.py"], check=True)
    (data, place), name, port = shared, f"nexus-{uuid4().hex[:8]}", free_port()
    command = ["docker", "run", "--rm", "--name", name, "--pid", "host", "--network", "host"]
    command += ["--cap-add", "SYS_ADMIN", "--security-opt", "apparmor=unconfined"]
    command += ["--device-cgroup-rule", "b 7:* rmw", "--device-cgroup-rule", "c 10:237 rmw"]
    shown = ("/dev:/dev", f"{python_engine.root}/d.sock:/var/run/docker.sock")
    for volume in (*shown, *(f"{path}:{path}:rshared" for path in (data, place))):
        command += ["-v", volume]
    command += ["-e", f"NEXUS_PUBLIC_URL=http://localhost:{port}", "-e", "NEXUS_END_KERNELS=1", "nexus-server"]
    path = tmp_path_factory.mktemp("log") / "server.log"
    with path.open("wb") as log:
        process = subprocess.Popen([*command, "serve", "--port", str(port), "--data", data], stdout=log, stderr=log)
        try:
            wait_for(port, process)
            yield LiveServer(f"http://127.0.0.1:{port}", data, path, process)
        finally:
            subprocess.run(["docker", "stop", "--time", "120", name], check=False, stdout=subprocess.DEVNULL)
            process.wait(150)


def test_a_learner_works_in_a_kernel_beside_the_servers_container(server: LiveServer) -> None:
    with closing(server.learner()) as learner:
        kernel = httpx.post(f"{server.url}/api/kernels", headers=learner.headers, timeout=120).json()["id"]
        with KernelTalk(server.url, kernel, headers_of(learner)) as tab:
            assert tab.text_of("open('mine.txt', 'w').write('kept'); 6 * 7") == "42"
        read = httpx.get(f"{server.url}/api/contents/mine.txt", headers=learner.headers).json()
        assert read["content"] == "kept"


def test_the_server_has_no_right_of_roots(server: LiveServer) -> None:
    command = cast("list[str]", server.process.args)
    asked = ["docker", "inspect", "-f", "{{.State.Pid}}", command[command.index("--name") + 1]]
    pid = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()
    status = Path("/proc", pid, "status").read_text().splitlines()
    found = dict(line.split(":\t", 1) for line in status if ":\t" in line)
    assert found["Uid"].split() == ["990"] * 4
    assert {int(found[name], 16) for name in ("CapEff", "CapPrm", "CapInh", "CapAmb")} == {0}


def test_learners_files_have_a_quota(server: LiveServer) -> None:
    with closing(server.learner()) as learner:
        limits = learner.get("/me/limits").json()["workspace_bytes"]
    assert 0 < limits["limit"] < 1024**3
    assert list((server.data_dir / "workspaces").glob("**/*.ext4"))
