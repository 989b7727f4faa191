"""`nexus grade` as a program would use it."""

import csv
import json
import os
import subprocess
from contextlib import chdir
from io import StringIO
from pathlib import Path
from typing import Any

import jupytext
import nbformat
import pytest

from nexus_server.notebook_format.release import release
from tests.plugins import lab_notebooks as lab
from tests.plugins.command_line import Outcome, nexus
from tests.plugins.nexus_processes import run_nexus

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


def _nexus(course: Path, *args: str) -> subprocess.CompletedProcess[str]:
    return run_nexus("grade", *args, cwd=course, environment={"NEXUS_DATA_DIR": str(course / "var")})


def _here(course: Path, *args: str, stdin: str = "") -> Outcome:
    """Run what grades nothing in this process: a new one has to import everything first."""
    with chdir(course):
        return nexus(["grade", *args], stdin=stdin.encode(), environment={"NEXUS_DATA_DIR": str(course / "var")})


def _json(done: subprocess.CompletedProcess[str] | Outcome) -> dict[str, Any]:
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
    assert _here(course, "verify", "-", stdin=done.stdout).code == 0
    forged = json.dumps({**content, "score": 3})
    assert _here(course, "verify", "-", stdin=forged).code == 1


def test_a_directory_makes_a_table(course: Path) -> None:
    (course / "submissions" / "eve.ipynb").write_text("not a notebook")
    done = _nexus(course, "submissions", "--source", "source.ipynb", "--csv", "out.csv", "--kernel", "python3")
    assert done.returncode == 1, done.stderr
    rows = list(csv.DictReader((course / "out.csv").read_text().splitlines()))
    assert [(Path(row["submission"]).stem, row["status"], row["score"]) for row in rows] == [
        ("ada", "graded", "2.0"),
        ("bob", "graded", "0.0"),
        ("eve", "failed", "0.0"),
    ]


def test_a_module_that_the_kernel_has_not_is_named(course: Path) -> None:
    source = lab.notebook(lab.locked("setup", "from nosuchmodule.tools import check"), *lab.square_lab().cells)
    nbformat.write(source, course / "source.ipynb")
    done = _nexus(course, "submissions/ada.ipynb", "--source", "source.ipynb", "--json", "--kernel", "python3")
    assert "source.ipynb: the kernel has no module nosuchmodule" in done.stderr


def test_a_script_is_graded_against_itself(course: Path) -> None:
    (course / "source.py").write_text(jupytext.writes(lab.square_lab(), fmt="py:percent"))
    done = _nexus(course, "source.py", "--source", "source.py", "--json", "--kernel", "python3")
    assert done.returncode == 0, done.stderr
    assert (_json(done)["score"], _json(done)["max_score"]) == (2, 2)


def test_one_odd_file_or_name_costs_nobody_else_a_grade(course: Path) -> None:
    right = (course / "submissions/ada.ipynb").read_text()
    notebook = json.loads(right)
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    sheet = {"cells": [{"cell_type": "heading", "source": ["One\n"]}]}
    sheet["cells"] += [{"cell_type": "code", "input": cell["source"], "metadata": cell["metadata"]} for cell in code]
    odd = {
        b"caf\xe9/lab.ipynb": right,
        b"=1+1/two\nlines.ipynb": right,
        b"old/lab.ipynb": json.dumps({"nbformat": 3, "worksheets": [sheet]}),
        b"long/lab.ipynb": json.dumps({**notebook, "cells": [{**code[0], "outputs": ["x" * 60_000_000]}, *code[1:]]}),
        b"mac/._lab.ipynb": "\0\5",
        b"__MACOSX/mac/lab.ipynb": "\0\5",
    }
    for name, text in odd.items():
        path = course / "submissions" / os.fsdecode(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    done = _nexus(course, "submissions", "--source", "source.ipynb", "--csv", "out.csv", "--kernel", "python3")
    assert done.returncode == 0, done.stderr
    text = (course / "out.csv").read_text(errors="surrogateescape")
    rows = list(csv.DictReader(StringIO(text, newline="")))
    points = {os.fsencode(row["submission"]).removeprefix(b"submissions/"): row["score"] for row in rows}
    assert points == {b"ada.ipynb": "2.0", b"bob.ipynb": "0.0"} | dict.fromkeys([*odd][:4], "2.0")


@pytest.mark.docker
def test_an_nbgrader_course_is_graded_as_it_lies(course: Path) -> None:
    """In the sandbox, with the kernel that the imports ask for, data and modules from the folders, two assignments."""
    reading = "import numpy as np\nfrom helpers import path\nrows = np.loadtxt(path)"
    for assignment, value in (("ps1", 3), ("ps2", 7)):
        source = lab.notebook(
            lab.locked("read", reading),
            lab.solution("total", "total = rows.sum()"),
            lab.checks("check", f"assert total == rows.sum() == {value}", 1),
        )
        place = course / "source" / assignment
        place.mkdir(parents=True)
        nbformat.write(source, place / "lab.ipynb")
        (place / "helpers.py").write_text("path = 'numbers.txt'")
        (place / "numbers.txt").write_text(f"1\n{value - 1}\n")
        for who, answer in (("ada", "from mine import add\ntotal = add(rows)"), ("bob", "total = 3.0")):
            own = course / "submitted" / who / assignment
            own.mkdir(parents=True)
            nbformat.write(lab.answer(release(source), {"total": answer}), own / "lab.ipynb")
            (own / "mine.py").write_text("def add(xs):\n    return sum(xs)")
            (own / "numbers.txt").write_text("3\n0\n")
    done = _nexus(course, "submitted", "--source", "source", "--json")
    assert done.returncode == 0, done.stderr
    found = {row["submission"].removesuffix("/lab.ipynb"): row["score"] for row in _json(done)["submissions"]}
    assert found == {"submitted/ada/ps1": 1, "submitted/ada/ps2": 1, "submitted/bob/ps1": 1, "submitted/bob/ps2": 0}


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
    done = _here(course, *args, "--json")
    assert done.code == 2
    content = _json(done)
    assert content["status"] == "failed"
    assert content["reason"]


def test_a_missing_kernel_exits_1(course: Path) -> None:
    done = _here(course, "source.ipynb", "--source", "source.ipynb", "--json", "--kernel", "nosuch")
    assert done.code == 1
    assert "nosuch" in _json(done)["reason"]


def test_the_results_of_a_directory_are_each_signed_and_stdout_is_json_alone(course: Path) -> None:
    (course / "notes.txt").write_text("for my eyes")
    done = _nexus(
        course, "submissions", "--source", "source.ipynb", "--json", "--kernel", "python3", "--csv", "out.csv"
    )
    assert done.returncode == 0, done.stderr
    content = _json(done)
    assert [row["score"] for row in content["submissions"]] == [2, 0]
    assert "left out" in done.stderr
    assert "notes.txt" in done.stderr
    assert "Grading" in done.stderr
    assert _here(course, "verify", "-", stdin=done.stdout).code == 0
    content["submissions"][1]["submission"] = "submissions/ada.ipynb"
    assert _here(course, "verify", "-", stdin=json.dumps(content)).code == 1
    assert len((course / "out.csv").read_text().splitlines()) == 3


def test_a_person_reads_a_table_and_the_score(course: Path) -> None:
    done = _nexus(
        course, "submissions/bob.ipynb", "--source", "source.ipynb", "--kernel", "python3", "--csv", "out.csv"
    )
    assert done.returncode == 0, done.stderr
    assert "Score: 0 of 2" in done.stdout
    assert "test_square" in done.stdout
    assert len((course / "out.csv").read_text().splitlines()) == 2


def test_a_table_that_cannot_be_written_is_refused_before_anything_is_graded(course: Path) -> None:
    done = _here(course, "submissions", "--source", "source.ipynb", "--csv", "no/such/folder.csv", "--kernel", "nosuch")
    assert done.code == 2
    assert "no/such/folder.csv: the table cannot be written here" in done.stderr


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("missing.ipynb", "--source", "source.ipynb"), "missing.ipynb: No such file"),
        (("broken.ipynb", "--source", "source.ipynb"), "broken.ipynb: Not a notebook: the JSON is broken at line 1"),
        (("source.ipynb", "--source", "ungraded.ipynb"), "ungraded.ipynb cannot be graded: No cell"),
        (("empty", "--source", "source.ipynb"), "empty: there is no notebook here"),
        (("source.ipynb", "--source", "empty"), "there is no notebook here that empty could grade"),
        (("verify", "missing.json"), "missing.json: No such file"),
        (("verify", "broken.ipynb"), "broken.ipynb: this is not a result"),
    ],
)
def test_a_person_is_told_which_file_is_wrong_and_why(course: Path, args: tuple[str, ...], said: str) -> None:
    (course / "broken.ipynb").write_text("{")
    (course / "empty").mkdir()
    nbformat.write(lab.notebook(lab.plain("1")), course / "ungraded.ipynb")
    done = _here(course, *args)
    assert (done.code, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_mode_names_the_right_ones(course: Path) -> None:
    done = _here(course, "source.ipynb", "--source", "source.ipynb", "--mode", "fast")
    assert done.code == 2
    assert all(mode in done.stderr for mode in ("auto", "sealed", "in-kernel"))


def test_wrong_usage_exits_2(course: Path) -> None:
    assert _nexus(course).returncode == 2
    assert _here(course, "x.ipynb").code == 2
    assert _here(course, "verify", "missing.json").code == 2


def test_what_was_not_graded_is_in_the_object_that_programs_read(course: Path) -> None:
    source = (course / "source.ipynb").read_text()
    for place in ("sources/ps1/source.ipynb", "sources/ps2/source.ipynb", "sources/ps1/other.ipynb"):
        (course / place).parent.mkdir(parents=True, exist_ok=True)
        (course / place).write_text(source)
    (course / "sources/ps1/notes.bin").write_text("nothing names it")
    right = (course / "submissions/ada.ipynb").read_text()
    for name in ("source.ipynb", "other.ipynb", "nobody.ipynb"):
        (course / "handed" / name).parent.mkdir(exist_ok=True)
        (course / "handed" / name).write_text(right)
    done = _nexus(course, "handed", "--source", "sources", "--json", "--kernel", "python3")
    assert done.returncode == 0, done.stderr
    told = _json(done)
    assert [row["submission"] for row in told["submissions"]] == ["handed/other.ipynb"]
    reasons = {row["submission"]: row["reason"] for row in told["skipped"]}
    assert reasons["handed/nobody.ipynb"] == "no source has this name."
    assert reasons["handed/source.ipynb"].startswith("it is ambiguous which source grades it: sources/ps1/source.ipynb")
    assert [text for text in told["warnings"] if "notes.bin" in text]
    one = _json(_nexus(course, "submissions/ada.ipynb", "--source", "source.ipynb", "--json", "--kernel", "python3"))
    assert (one["score"], one["warnings"]) == (2, [])
