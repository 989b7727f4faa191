"""The wheel, installed into an empty environment outside of the checkout, is the whole product."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.test_demo import assert_is_told
from tests.plugins.server import ROOT

pytestmark = [pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(900)]

Run = Callable[..., "subprocess.CompletedProcess[str]"]
LAB = "shipped/content/python-foundations/labs/*first-steps*.ipynb"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the wheel is installed, in `venv`."""
    place = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", place], cwd=ROOT, check=True)
    uv, python = Path(sys.executable).with_name("uv"), place / "venv" / "bin" / "python"
    subprocess.run([uv, "venv", "-q", "--python", sys.executable, place / "venv"], check=True)
    wheel, pinned = next(place.glob("*.whl")), ROOT / "requirements" / "run.txt"
    # What is imported is compiled then: to compile all of it takes three times as long.
    subprocess.run([uv, "pip", "install", "-q", "--python", python, "-c", pinned, wheel], check=True)
    return place


@pytest.fixture(scope="module")
def nexus(place: Path) -> Run:
    """Runs the installed command, far from the checkout and with nothing of this environment."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}

    def run(*arguments: object) -> "subprocess.CompletedProcess[str]":
        command = [str(place / "venv" / "bin" / "nexus"), *map(str, arguments)]
        return subprocess.run(command, cwd=place, env=kept, capture_output=True, text=True, check=False)

    return run


def test_the_demo_runs_and_leaves_what_was_installed_alone(place: Path, nexus: Run) -> None:
    shipped = next(place.glob("venv/lib/*/site-packages/nexus_server/shipped"))
    before = {path for path in shipped.rglob("*") if path.suffix != ".pyc"}
    done = nexus("demo")
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert_is_told(json.loads(done.stdout.splitlines()[-1]))
    assert {path for path in shipped.rglob("*") if path.suffix not in {".pyc", ""}} <= before


def test_labs_are_graded(place: Path, nexus: Run) -> None:
    source = next(place.glob(f"venv/lib/*/site-packages/nexus_server/{LAB}"))
    done = nexus("grade", source, "--source", source, "--json")
    assert done.returncode == 0, done.stderr[-2000:]
    graded = json.loads(done.stdout)
    assert graded["status"] == "graded"
    assert graded["score"] == graded["max_score"] > 0


def test_nothing_of_the_product_is_missing(place: Path, nexus: Run) -> None:
    done = nexus("doctor", "--data", place / "data", "--json")
    findings = {each["name"]: each for each in json.loads(done.stdout)["findings"]}
    for part in ("content", "Lab extension", "login pages", "kernel images"):
        assert findings[part]["status"] == "ok", findings[part]
