"""How long learners wait for the application, next to plain JupyterLab of the same environment, in the same run.

    python -m benchmarks.face             # medians of five walks, loopback and throttled
    python -m benchmarks.face --rounds 1  # a smoke run; the figures mean nothing

Both open the same notebook, and neither has a kernel for it yet: plain JupyterLab's of the walk before is ended, and
each walk of ours is a new learner's. Plain JupyterLab has no other extensions, and starts its kernels on this machine.
Ours has the warm kernels that a server has which nobody has just come to. Throttled: 10 Mbit/s, 40 ms, a processor four
times slower. Prints a table and writes benchmarks/results/face.json; exits 1 when a target is missed.
"""

import argparse
import contextlib
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from playwright.sync_api import Page, sync_playwright
from rich.console import Console
from rich.table import Table

from benchmarks._face_walk import Face, Walk, walk
from nexus_server.kernels.settings import SandboxSettings
from tests.plugins.processes import free_port, wait_for

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "face.json"
BIN = Path(sys.executable).parent
PASSWORD = "correct-horse-42-battery"
TOKEN = uuid4().hex
LAB = "first-steps.ipynb"
ADMIN = "bench-admin@example.org"
#: kernels that wait for a learner of the lab, as the server's metrics tell
WARM = re.compile(r'^nexus_warm_kernels\{image="nexus-python:[^"]*"\} (\S+)$', re.MULTILINE)
#: seconds until the server must have them
PATIENCE_S = 300

#: figure of a walk -> name of its ratio, and the targets on loopback and throttled
RATIOS = {
    "wire_bytes": ("wire_bytes_ratio", 0.15, None),
    "home_s": ("home_ratio", 0.25, 0.35),
    "first_result_s": ("first_result_ratio", 0.3, 0.5),
    "second_visit_s": ("second_visit_ratio", 0.2, None),
}


@dataclass(frozen=True)
class PlainLab(Face):
    """JupyterLab as it comes."""

    url: str

    def arrive(self, page: Page) -> None:
        with httpx.Client(base_url=self.url, headers={"Authorization": f"token {TOKEN}"}, timeout=60) as client:
            for session in client.get("/api/sessions").raise_for_status().json():
                client.delete(f"/api/sessions/{session['id']}").raise_for_status()
        page.goto("about:blank")

    def enter(self, page: Page) -> None:
        page.goto(f"{self.url}/lab?token={TOKEN}&reset", wait_until="commit")

    def visit(self, page: Page) -> None:
        page.goto(f"{self.url}/lab?reset", wait_until="commit")

    def see_home(self, page: Page) -> None:
        page.locator(".jp-LauncherCard").first.wait_for()

    def open_lab(self, page: Page) -> None:
        page.locator(".jp-DirListing-item", has_text=LAB).dblclick()
        page.locator(".jp-CodeCell").first.wait_for()
        page.get_by_role("button", name="Idle").wait_for()


@dataclass(frozen=True)
class LearnApp(Face):
    """The learner's application, for a learner who has read the first note."""

    url: str
    email: str

    def arrive(self, page: Page) -> None:
        page.goto(f"{self.url}/nexus/login?next=%2Fnexus%2Flearn")
        page.get_by_label("E-mail").fill(self.email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)

    def enter(self, page: Page) -> None:
        page.get_by_role("button", name="Log in").click()

    def visit(self, page: Page) -> None:
        page.goto(f"{self.url}/nexus/learn", wait_until="commit")

    def see_home(self, page: Page) -> None:
        page.locator(".nx-hero-button").wait_for()

    def open_lab(self, page: Page) -> None:
        page.locator(".nx-hero-button").click()
        page.locator(".jp-CodeCell").first.wait_for()
        page.locator(".nx-lab-status[data-kernel='ready']").wait_for()


@contextlib.contextmanager
def running(command: list[str], port: int, environment: dict[str, str]) -> Iterator[str]:
    """Run a server until the block ends."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=log, stderr=log)
        try:
            wait_for(port, process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(60)


@contextlib.contextmanager
def plain_lab(notebook: Path) -> Iterator[PlainLab]:
    """JupyterLab without any extension, with the notebook in its directory."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="plain-") as home:
        files = Path(home, "files")
        files.mkdir()
        document = json.loads(notebook.read_text(encoding="utf-8"))
        document["metadata"]["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        (files / LAB).write_text(json.dumps(document), encoding="utf-8")
        command = [str(BIN / "jupyter-lab"), f"--port={port}", "--no-browser", "--allow-root"]
        command += [f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={files}"]
        command += ["--ServerApp.jpserver_extensions={'nexus_server': False, 'jupyterlab': True}"]
        command += ["--LabApp.labextensions_path=[]", "--LabApp.extra_labextensions_path=[]"]
        with running(command, port, {"JUPYTER_CONFIG_DIR": home}) as url:
            yield PlainLab(url)


@contextlib.contextmanager
def our_site() -> Iterator[str]:
    """NexusAI with its own content and an administrator."""
    port = free_port()
    data = Path(tempfile.mkdtemp(prefix="face-"))
    nexus = str(BIN / "nexus")
    try:
        with running(
            [nexus, "serve", "--port", str(port), "--data", str(data)], port, {"NEXUS_END_KERNELS": "1"}
        ) as url:
            create = [nexus, "user", "create", ADMIN, "--role", "admin", "--password-stdin", "--data", str(data)]
            subprocess.run(create, input=PASSWORD, text=True, check=True, stdout=subprocess.DEVNULL)
            yield url
    finally:
        shutil.rmtree(data, ignore_errors=True)


def wait_for_warm_kernels(url: str) -> None:
    """Wait until the server has as many kernels of the lab's language ready as it keeps when nobody asks for any.

    Raises:
        RuntimeError: it does not get there.
    """
    login = {"email": ADMIN, "password": PASSWORD}
    with httpx.Client(base_url=url, timeout=60) as client:
        token = client.post("/nexus/api/v1/auth/login", json=login).raise_for_status().json()["access_token"]
        client.cookies.clear()
        for _ in range(PATIENCE_S):
            text = client.get("/metrics", headers={"Authorization": f"Bearer {token}"}).raise_for_status().text
            if any(float(number) >= SandboxSettings().pool_size for number in WARM.findall(text)):
                return
            time.sleep(1)
    raise RuntimeError("The server has no warm kernels.")


def new_learner(url: str) -> LearnApp:
    """Register somebody who has read the first note, so that the home's button leads to the lab."""
    wait_for_warm_kernels(url)
    email = f"{uuid4().hex[:12]}@example.org"
    with httpx.Client(base_url=f"{url}/nexus/api/v1", timeout=60) as client:
        body = {"email": email, "password": PASSWORD, "display_name": "Bench"}
        client.post("/auth/register", json=body).raise_for_status()
        login = client.post("/auth/login", json={"email": email, "password": PASSWORD}).raise_for_status().json()
        client.cookies.clear()
        client.headers["Authorization"] = f"Bearer {login['access_token']}"
        nodes = client.get("/roadmaps/python-foundations").raise_for_status().json()["nodes"]
        client.post(f"/nodes/{nodes[0]['id']}/complete").raise_for_status()
    return LearnApp(url, email)


def measure(rounds: int) -> dict[str, list[Walk]]:
    """Walk on both in turn."""
    walks: dict[str, list[Walk]] = {name: [] for name in ("plain", "ours", "throttled_plain", "throttled_ours")}
    notebook = ROOT / "content" / "python-foundations" / "labs" / "02-first-steps.ipynb"
    with our_site() as url, plain_lab(notebook) as plain, sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=flags)
        for _ in range(rounds):
            for prefix, throttled in (("", False), ("throttled_", True)):
                walks[f"{prefix}plain"].append(walk(browser, plain, throttled=throttled))
                walks[f"{prefix}ours"].append(walk(browser, new_learner(url), throttled=throttled))
        browser.close()
    return walks


def median(walks: list[Walk], figure: str) -> float:
    """Return the median of one figure."""
    return float(statistics.median(getattr(each, figure) for each in walks))


def ratios(walks: dict[str, list[Walk]]) -> dict[str, float]:
    """Return ours / plain's, for each figure, on loopback and throttled."""
    return {
        prefix + name: round(median(walks[f"{prefix}ours"], figure) / median(walks[f"{prefix}plain"], figure), 3)
        for prefix in ("", "throttled_")
        for figure, (name, *_) in RATIOS.items()
    }


def targets() -> dict[str, float]:
    """Return the most that each ratio may be."""
    loopback = {name: most for name, most, _ in RATIOS.values()}
    throttled = {f"throttled_{name}": most for name, _, most in RATIOS.values() if most is not None}
    return {**loopback, **throttled}


def show(walks: dict[str, list[Walk]], found: dict[str, float]) -> None:
    """Print the medians and the ratios."""
    table = Table(title="Face")
    for column in ("figure", "plain", "ours", "ratio", "target"):
        table.add_column(column)
    for prefix in ("", "throttled_"):
        for figure, (name, *_) in RATIOS.items():
            plain, ours = (median(walks[prefix + who], figure) for who in ("plain", "ours"))
            most = targets().get(prefix + name)
            table.add_row(prefix + figure, f"{plain:.2f}", f"{ours:.2f}", str(found[prefix + name]), str(most or ""))
    Console().print(table)


def main() -> int:
    """Measure, print, write; return the exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    walks = measure(parser.parse_args().rounds)
    found = ratios(walks)
    result: dict[str, Any] = {
        **found,
        "targets": targets(),
        "walks": {name: [asdict(each) for each in some] for name, some in walks.items()},
        "machine": {"cores": os.cpu_count(), "load": os.getloadavg()},
        "versions": {name: version(name) for name in ("jupyterlab", "jupyter_server", "playwright")},
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    show(walks, found)
    return 0 if all(found[name] <= most for name, most in targets().items()) else 1


if __name__ == "__main__":
    sys.exit(main())
