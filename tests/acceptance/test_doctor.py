"""`nexus doctor` on a good installation and on broken ones: it names what is wrong, and says what to do."""

import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from nexus_server.cli import app
from nexus_server.health.checks import look_at_machine
from nexus_server.kernels.helper import separation
from nexus_server.settings import NexusSettings
from tests.plugins.processes import free_port
from tests.plugins.server import ROOT, LiveServer

pytestmark = [pytest.mark.docker]

SECRET = "a-secret-77-password"


@dataclass
class Report:
    """What the doctor said."""

    exit_code: int
    text: str

    def __post_init__(self) -> None:
        self.findings: dict[str, dict[str, Any]] = {
            finding["name"]: finding for finding in json.loads(self.text)["findings"]
        }

    def assert_advised(self, name: str, status: str, *words: str) -> None:
        """One thing is not well: it is said what, and what to do; and nothing secret is shown."""
        found = self.findings[name]
        assert found["status"] == status, found
        for word in words:
            assert word in f"{found['message']} {found['advice']}"
        assert found["advice"]
        assert SECRET not in self.text
        assert self.exit_code == (1 if status == "failure" else self.exit_code)


Examine = Callable[..., Report]


@pytest.fixture
def examine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Examine:
    """Runs the doctor on a new data directory, in an environment with something changed."""

    def run(**environment: str) -> Report:
        monkeypatch.setenv("NEXUS_DATA_DIR", str(tmp_path / "data"))
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        result = CliRunner().invoke(app, ["doctor", "--json"])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return Report(result.exit_code, result.stdout)

    return run


def run_doctor(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    nexus = Path(sys.executable).parent / "nexus"
    env = {**os.environ, **environment}
    return subprocess.run([nexus, "doctor", *arguments], capture_output=True, text=True, cwd=ROOT, env=env, check=False)


def test_a_running_site_is_well(live_server: LiveServer) -> None:
    done = run_doctor(NEXUS_DATA_DIR=str(live_server.data_dir))
    assert done.returncode == 0, done.stdout + done.stderr
    for name in ("database", "administrator", "signing keys", "Docker engine", "kernel images", "content", "Redis"):
        assert f"ok       {name}: " in done.stdout
    # on a site of one machine the only advice is about mail
    assert done.stdout.count("warning") == done.stdout.count("           ") >= 1
    assert "c.MailSettings.smtp_host" in done.stdout


def test_a_newcomer_is_told_to_start_the_server(examine: Examine) -> None:
    report = examine()
    report.assert_advised("database", "failure", "nothing has run here yet", "nexus serve")
    report.assert_advised("data directory", "warning", "nexus serve")


def test_without_an_engine_one_learns_how_to_get_it(tmp_path: Path) -> None:
    """In a process of its own: Docker's SDK leaves a socket open where it finds nobody."""
    done = run_doctor("--json", NEXUS_DATA_DIR=str(tmp_path / "data"), DOCKER_HOST="unix:///nonexistent/docker.sock")
    report = Report(done.returncode, done.stdout)
    report.assert_advised("Docker engine", "failure", "make run", "engine_url")
    assert "kernel images" not in report.findings


def test_images_that_are_missing_are_named(examine: Examine, tmp_path: Path) -> None:
    spec = {
        "argv": ["python"],
        "display_name": "Nowhere",
        "language": "python",
        "metadata": {"kernel_provisioner": {"provisioner_name": "nexus-sandbox", "config": {"image": "nowhere:1"}}},
    }
    place = tmp_path / "jupyter" / "kernels" / "nowhere" / "kernel.json"
    place.parent.mkdir(parents=True)
    place.write_text(json.dumps(spec))
    report = examine(JUPYTER_PATH=str(tmp_path / "jupyter"))
    report.assert_advised("kernel images", "failure", "nowhere:1", "nexus images")
    assert "nexus-python" not in report.findings["kernel images"]["message"]


@pytest.mark.parametrize(
    "url", ["not a url", f"mysql://nexus:{SECRET}@db/nexus", f"postgresql://nexus:{SECRET}@db:port/nexus"]
)
def test_an_address_that_is_no_database_is_explained(examine: Examine, url: str) -> None:
    report = examine(NEXUS_DATABASE_URL=url)
    report.assert_advised("configuration", "failure", "NEXUS_DATABASE_URL must be", "postgresql://")
    assert report.findings["disk"]["status"] == "ok"


def test_a_database_and_a_redis_that_are_away_are_both_told(examine: Examine) -> None:
    port = free_port()
    report = examine(
        NEXUS_DATABASE_URL=f"postgresql://nexus:{SECRET}@127.0.0.1:{port}/nexus",
        NEXUS_REDIS_URL=f"redis://:{SECRET}@127.0.0.1:{port}/0",
    )
    report.assert_advised("database", "failure", "does not answer", "NEXUS_DATABASE_URL")
    report.assert_advised("Redis", "warning", "does not answer", "NEXUS_REDIS_URL")


def test_an_address_that_is_no_redis_is_explained(examine: Examine) -> None:
    report = examine(NEXUS_REDIS_URL=f"user:{SECRET}@localhost:6379")
    report.assert_advised("configuration", "failure", "NEXUS_REDIS_URL must be redis://")


def test_a_missing_secret_is_named(examine: Examine) -> None:
    provider = {"name": "campus", "label": "Campus", "client_id": "nexus", "issuer": "https://campus.example"}
    report = examine(NEXUS_OIDC_PROVIDERS=json.dumps([provider]))
    report.assert_advised("configuration", "failure", "NEXUS_OIDC_CAMPUS_SECRET is missing")


def test_signing_keys_that_cannot_be_read_are_told(examine: Examine) -> None:
    examine(NEXUS_JWT_KEYS=SECRET).assert_advised("configuration", "failure", "signing keys", "JWK set")


def test_signing_keys_that_are_damaged_or_open_to_others_are_told(examine: Examine, tmp_path: Path) -> None:
    keys = tmp_path / "data" / "keys" / "jwt.json"
    keys.parent.mkdir(parents=True)
    keys.write_text("{")
    keys.chmod(0o644)
    report = examine()
    report.assert_advised("configuration", "failure", "signing keys")
    report.assert_advised("signing keys", "failure", f"chmod 600 {keys}")


def test_a_site_without_content_is_told_where_to_begin(examine: Examine, tmp_path: Path) -> None:
    report = examine(NEXUS_CONTENT_DIR=str(tmp_path))
    report.assert_advised("content", "warning", str(tmp_path), "nexus content new")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to give up")
def test_a_server_that_would_stay_root_is_told(tmp_path: Path) -> None:
    found = {
        finding.name: finding for finding in look_at_machine(NexusSettings(data_dir=str(tmp_path), server_user=""))
    }
    assert (found["rights"].status, "NEXUS_SERVER_USER=nexus" in found["rights"].advice) == ("warning", True)
    settings = NexusSettings(data_dir=str(tmp_path), server_user="nexus")
    found = {finding.name: finding for finding in look_at_machine(settings)}
    assert (found["rights"].status, "user nexus" in found["rights"].message) == ("ok", True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to give up")
def test_what_keeps_a_server_root_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(separation, "LINUX_WANTED", (99, 0))
    settings = NexusSettings(data_dir=str(tmp_path), server_user="nexus")
    found = {finding.name: finding for finding in look_at_machine(settings)}["rights"]
    assert (found.status, os.strerror(errno.ENOSYS) in found.message) == ("warning", True)


def test_a_data_directory_for_everybody_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    found = {finding.name: finding for finding in look_at_machine(NexusSettings(data_dir=str(tmp_path)))}
    assert (found["data directory"].status, found["data directory"].advice) == ("warning", f"Run: chmod 700 {tmp_path}")
