"""`nexus grade` by root: notebooks are parsed by a process without rights, and root's closed places are no obstacle."""

import os
import select
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.plugins.nexus_processes import run_nexus
from tests.plugins.server import ROOT

pytestmark = [
    pytest.mark.docker,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to give up"),
]
#: milliseconds
PATIENCE_MS = 60_000
LAB = ROOT / "content/python-foundations/labs/02-first-steps.ipynb"


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    """A course in a directory that only root may enter."""
    tmp_path.chmod(0o700)
    for name in ("source", "submissions", "tables"):
        (tmp_path / name).mkdir(mode=0o700)
    for name in ("source", "submissions"):
        shutil.copy(LAB, tmp_path / name / "lab.ipynb")
        (tmp_path / name / "lab.ipynb").chmod(0o600)
    return tmp_path


def grade(closed: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"NEXUS_DATA_DIR": str(closed / "data"), "NEXUS_SERVER_USER": "nexus"}
    return run_nexus("grade", *arguments, cwd=closed, environment=environment)


def wait_until_unmounted(directory: Path) -> None:
    """Wait for the helper, which ends a moment after the command that it helped."""
    with Path("/proc/self/mountinfo").open() as table:
        changes = select.poll()
        changes.register(table, select.POLLPRI)
        while str(directory) in table.read():
            assert changes.poll(PATIENCE_MS), "a mount is left"
            table.seek(0)


def test_a_closed_course_is_graded_and_its_table_is_roots(closed: Path) -> None:
    done = grade(closed, "submissions", "--source", "source/lab.ipynb", "--csv", "tables/points.csv")
    assert done.returncode == 0, done.stderr
    table = closed / "tables/points.csv"
    assert ",graded,8.0,8.0," in table.read_text()
    assert table.stat().st_uid == 0


def test_nothing_of_roots_and_no_mount_is_left_in_the_data_directory(closed: Path) -> None:
    done = grade(closed, "submissions/lab.ipynb", "--source", "source/lab.ipynb", "--json")
    assert done.returncode == 0, done.stderr
    data = closed / "data"
    assert {path.name for path in data.rglob("*") if path.lstat().st_uid == 0} == {"workspaces"}
    wait_until_unmounted(data)
