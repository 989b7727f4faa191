"""Make a small data directory with an earlier commit's code, for the test that today's code opens and upgrades it.

usage: data_fixture.py COMMIT

The commit is built by `make bench-before` (build/before-COMMIT). Its server runs without quotas and without a kernel: a
student reads, answers a quiz, saves and hands in a lab, asks in the forum and asks for a hint. What the server leaves
behind becomes tests/fixtures/data-COMMIT.tar.xz, and tests/fixtures/data-COMMIT.json says what must be found in it.
"""

import argparse
import json
import os
import subprocess
import tarfile
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from before import tree_of
from system import ROOT, SetupError, say, stop_with

FIXTURES = ROOT / "tests" / "fixtures"
PORT = 18883
PASSWORD = "correct-horse-42-battery"  # noqa: S105  of an account that exists in the fixture only
EMAIL = "ada@example.org"
API = f"http://127.0.0.1:{PORT}/nexus/api/v1"
SITE = "c = get_config()\nc.SandboxSettings.workspace_quota = False\nc.SandboxSettings.pool_size = 0\n"
#: what belongs to a data directory; logs and sockets do not
KEPT = ("nexus.db", "keys", "learners", "workspaces", "backups")
START_S = 120


class Student:
    """A client of the server."""

    def __init__(self) -> None:
        """Log in as nobody yet."""
        self._token = ""

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """Return the JSON of a reply.

        Raises:
            SetupError: the server refused.
        """
        url = path if path.startswith("http") else API + path
        request = urllib.request.Request(url, method=method, data=json.dumps(body).encode() if body else None)
        request.add_header("Content-Type", "application/json")
        if self._token:
            request.add_header("Authorization", f"Bearer {self._token}")
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:
                return json.loads(reply.read() or b"null")
        except urllib.error.HTTPError as error:
            raise SetupError(f"{method} {path}: {error.code} {error.read()[:300]!r}") from None

    def log_in(self) -> None:
        """Register and log in."""
        who = {"email": EMAIL, "password": PASSWORD}
        self.ask("POST", "/auth/register", {**who, "display_name": "Ada"})
        self._token = self.ask("POST", "/auth/login", who)["access_token"]


def live(student: Student) -> dict[str, Any]:
    """Do what a student does, and return what must be found again."""
    student.log_in()
    roadmap = student.ask("GET", "/roadmaps")["items"][0]["slug"]
    nodes = student.ask("GET", f"/roadmaps/{roadmap}")["nodes"]
    first = next(node for node in nodes if node["type"] == "note")
    student.ask("POST", f"/nodes/{first['id']}/complete")
    saved = {"cells": [], "metadata": {"mine": True}, "nbformat": 4, "nbformat_minor": 5}
    url = f"http://127.0.0.1:{PORT}/api/contents/mine.ipynb"
    student.ask("PUT", url, {"type": "notebook", "format": "json", "content": saved})
    thread = student.ask("POST", "/forum/threads", {"title": "Why?", "body_md": "**Because**"})
    error = {"ename": "NameError", "evalue": "name 'x' is not defined", "traceback": "Cell In[1], line 1"}
    student.ask("POST", "/hints", {"cell_source": "x", "error": error})
    me = student.ask("GET", "/me")
    found = {"email": EMAIL, "password": PASSWORD, "xp": me["xp"], "roadmap": roadmap, "completed": first["slug"]}
    return {**found, "thread": thread["id"], "notebook": "mine.ipynb"}


def record(tree: Path, data: Path) -> dict[str, Any]:
    """Run an earlier server on a fresh data directory, and return what must be found in it."""
    config = data.parent / "config"
    config.mkdir()
    (config / "jupyter_config.py").write_text(SITE)
    command = [str(tree / ".venv" / "bin" / "python"), "-m", "nexus_server.cli", "serve", "--port", str(PORT)]
    environment = {**os.environ, "JUPYTER_CONFIG_DIR": str(config), "NEXUS_POOL_SIZE": "0"}
    with subprocess.Popen([*command, "--data", str(data)], cwd=tree, env=environment) as server:
        try:
            wait(server)
            return live(Student())
        finally:
            server.terminate()


def wait(server: "subprocess.Popen[bytes]") -> None:
    """Return when the server answers.

    Raises:
        SetupError: it ended, or does not answer.
    """
    end = time.monotonic() + START_S
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{API}/health/ready", timeout=5):
                return
        except OSError:
            time.sleep(0.5)
    raise SetupError("The server did not start.")


def main() -> None:
    """Make the fixture."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("commit")
    parser.add_argument("--tree", type=Path, help="where the commit is built (default: build/before-COMMIT)")
    arguments = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory() as place:
            data = Path(place, "data")
            found = record(arguments.tree or tree_of(arguments.commit), data)
            FIXTURES.mkdir(exist_ok=True)
            with tarfile.open(FIXTURES / f"data-{arguments.commit}.tar.xz", "w:xz") as archive:
                for name in KEPT:
                    if (data / name).exists():
                        archive.add(data / name, name)
        (FIXTURES / f"data-{arguments.commit}.json").write_text(json.dumps(found, indent=1) + "\n")
        say(f"wrote tests/fixtures/data-{arguments.commit}.tar.xz")
    except SetupError as error:
        stop_with(error)


if __name__ == "__main__":
    main()
