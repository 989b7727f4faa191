"""`nexus grade` as a program would use it."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from nexus_server.grading.release import release
from tests.plugins import lab_notebooks as lab

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    source = lab.square_lab()
    nbformat.write(source, tmp_path / "source.ipynb")
    submissions = tmp_path / "submissions"
    submissions.mkdir()
    for name, answer in {"ada": "square = lambda x: x * x", "bob": "square = abs"}.items():
        nbformat.write(lab.answer(release(source), {"square": answer}), submissions / f"{name}.ipynb")
    return tmp_path


def _nexus(course: Path, *args: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "NEXUS_DATA_DIR": str(course / "var")}
    command = [sys.executable, "-c", "from nexus_server.cli import main; main()", "grade", *args]
    return subprocess.run(
        command, capture_output=True, text=True, env=environment, cwd=course, check=False, timeout=300, input=stdin
    )


def _json(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    content = json.loads(done.stdout)
    assert isinstance(content, dict)
    return content


def test_one_submission_as_json_is_signed_and_verifies(course: Path) -> None:
    args = ("submissions/ada.ipynb", "--source", "source.ipynb", "--json", "--kernel", "python3")
    done = _nexus(course, *args)
    assert done.returncode == 0, done.stderr
    content = _json(done)
    assert (content["score"], content["max_score"], content["status"], content["reason"]) == (2, 2, "graded", None)
    assert content["cells"][0]["trust"] == "sealed"
    assert {"image", "content_hash", "test_hash", "submission_sha256", "hmac"} <= content["provenance"].keys()
    assert _nexus(course, "verify", "-", stdin=done.stdout).returncode == 0
    forged = json.dumps({**content, "score": 3})
    assert _nexus(course, "verify", "-", stdin=forged).returncode == 1


def test_a_directory_makes_a_table(course: Path) -> None:
    (course / "submissions" / "eve.ipynb").write_text("not a notebook")
    done = _nexus(course, "submissions", "--source", "source.ipynb", "--csv", "out.csv", "--kernel", "python3")
    assert done.returncode == 1, done.stderr
    rows = list(csv.DictReader((course / "out.csv").read_text().splitlines()))
    assert [(Path(row["submission"]).stem, row["status"], row["score"]) for row in rows] == [
        ("ada", "graded", "2.0"),
        ("bob", "graded", "0.0"),
        ("eve", "failed", "0"),
    ]


@pytest.mark.parametrize(
    "args",
    [
        ("missing.ipynb", "--source", "source.ipynb"),
        ("source.ipynb", "--source", "missing.ipynb"),
        ("broken.ipynb", "--source", "source.ipynb"),
        ("source.ipynb", "--source", "ungraded.ipynb"),
    ],
)
def test_unusable_input_exits_2_with_a_reason(course: Path, args: tuple[str, ...]) -> None:
    (course / "broken.ipynb").write_text("{")
    nbformat.write(lab.notebook(lab.plain("1")), course / "ungraded.ipynb")
    done = _nexus(course, *args, "--json")
    assert done.returncode == 2
    content = _json(done)
    assert content["status"] == "failed"
    assert content["reason"]


def test_a_missing_kernel_exits_1(course: Path) -> None:
    done = _nexus(course, "source.ipynb", "--source", "source.ipynb", "--json", "--kernel", "nosuch")
    assert done.returncode == 1
    assert "nosuch" in _json(done)["reason"]


def test_wrong_usage_exits_2(course: Path) -> None:
    assert _nexus(course).returncode == 2
    assert _nexus(course, "x.ipynb").returncode == 2
    assert _nexus(course, "verify", "missing.json").returncode == 2
