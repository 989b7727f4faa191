"""Jupyter Server's own tests, from its source distribution, against a running server as one of its learners.

`jupyter_suite/left_out.yaml` names those that differ on purpose, with the reason. They run, too: one that passes is to
be taken off the list.
"""

import json
import os
import subprocess
import sys
import tarfile
from fnmatch import fnmatchcase
from importlib.metadata import version
from pathlib import Path

import httpx
import pytest
import yaml

from tests.plugins.server import LiveServer, StartServer, config_dir

pytestmark = [pytest.mark.long, pytest.mark.docker, pytest.mark.timeout(0)]

HERE = Path(__file__).parent / "jupyter_suite"
#: of the source distribution whose tests are run
SHA256 = {"2.21.1": "a8960aa29263f6041283e97d4756b099fb49b767baab6371891ecb1bd40a63df"}
MODULES = [
    "tests/services/contents/test_api.py",
    "tests/services/kernels/test_api.py",
    "tests/services/kernelspecs/test_api.py",
    "tests/services/sessions/test_api.py",
    "tests/test_files.py",
]
UNHURRIED = {
    "TenancySettings": {"kernel_starts_burst": 10_000, "kernel_start_pace_s": 0.001, "kernels_per_learner": 20}
}


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked source distribution of the Jupyter Server that is installed."""
    place, wanted = tmp_path_factory.mktemp("suite"), version("jupyter_server")
    pinned = place / "requirements.txt"
    pinned.write_text(f"jupyter_server=={wanted} --hash=sha256:{SHA256[wanted]}\n")
    options = ["--quiet", "--no-deps", "--no-binary=jupyter_server", "--require-hashes", f"--dest={place}"]
    subprocess.run([sys.executable, "-m", "pip", "download", *options, "-r", str(pinned)], check=True)
    with tarfile.open(next(place.glob("*.tar.gz"))) as archive:
        archive.extractall(place, filter="data")
    return next(place.glob("jupyter_server-*/"))


@pytest.fixture(scope="module")
def server(start_server: StartServer, tmp_path_factory: pytest.TempPathFactory) -> LiveServer:
    settings = config_dir(tmp_path_factory.mktemp("settings"), UNHURRIED)
    return start_server(JUPYTER_CONFIG_DIR=settings, NEXUS_SERVER_USER="")


@pytest.fixture(scope="module")
def endings(suite: Path, server: LiveServer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """How each test ended, by its name below `tests/`."""
    learner = server.learner("ada")
    httpx.get(f"{server.url}/api/contents", headers=learner.headers, timeout=60).raise_for_status()
    found = tmp_path_factory.mktemp("endings") / "endings.json"
    site = {
        "url": server.url,
        "token": learner.headers["Authorization"].removeprefix("Bearer "),
        "files": str(server.data_dir / "workspaces" / learner.get("/me").json()["id"]),
        "endings": str(found),
    }
    settings = suite / "outside.ini"
    settings.write_text("[pytest]\nasyncio_mode = auto\n")
    command = [sys.executable, "-m", "pytest", "-q", "-c", str(settings), f"--rootdir={suite}", "-p", "outside"]
    environment = {**os.environ, "NEXUS_SUITE": json.dumps(site), "PYTHONPATH": f"{HERE}{os.pathsep}{suite}"}
    done = subprocess.run([*command, *MODULES], cwd=suite, env=environment, capture_output=True, text=True, check=False)
    assert found.exists(), done.stdout[-4000:] + done.stderr[-4000:]
    (found.parent / "output.txt").write_text(done.stdout)
    return {name.removeprefix("tests/"): ending for name, ending in json.loads(found.read_text()).items()}


def left_out() -> list[str]:
    differences = yaml.safe_load((HERE / "left_out.yaml").read_text(encoding="utf-8"))
    return [pattern for difference in differences for pattern in difference["tests"]]


def is_left_out(name: str) -> bool:
    return any(fnmatchcase(name, pattern.replace("[", "[[]")) for pattern in left_out())


def test_every_test_passes_but_for_those_that_differ_on_purpose(endings: dict[str, str]) -> None:
    assert len(endings) > 150
    assert sorted(name for name, ending in endings.items() if ending == "failed" and not is_left_out(name)) == []


def test_those_that_are_left_out_fail(endings: dict[str, str]) -> None:
    passed = {name for name, ending in endings.items() if ending == "passed"}
    assert sorted(name for name in passed if is_left_out(name)) == []
    named = [
        pattern for pattern in left_out() if not any(fnmatchcase(name, pattern.replace("[", "[[]")) for name in endings)
    ]
    assert named == [], "these name no test"
