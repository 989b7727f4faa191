"""What nbgrader itself gives: `autograde` runs it for real; `python -m tests.plugins.nbgrader_scores` records it.

Recorded, because nbgrader takes minutes for what the grader does in seconds; a record names the hash of the lab that
it belongs to, so that none can go stale.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry

from tests.plugins.agreement import FOLDER, Lab, labs

RECORD = FOLDER / "nbgrader.json"
#: automatic points by submission and cell; None where a person has to mark
Scores = dict[str, dict[str, float | None]]


def autograde(root: Path, notebook: str, lab: Lab) -> Scores:
    """Run nbgrader in an empty directory over one lab, as its users do."""
    _write(root / "source/ps1", notebook, lab.source, lab.files)
    for student, submission in lab.submissions.items():
        _write(root / f"submitted/{student}/ps1", notebook, submission, {})
    (root / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'x'\n")
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    for command in ("generate_assignment", "autograde"):
        subprocess.run(
            [sys.executable, "-m", "nbgrader", command, "ps1"],
            cwd=root,
            env=environment,
            check=True,
            capture_output=True,
        )
    return _scores(root, notebook, lab)


def _write(place: Path, notebook: str, content: NotebookNode, files: Mapping[str, str]) -> None:
    place.mkdir(parents=True)
    nbformat.write(content, place / f"{notebook}.ipynb")
    for name, text in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text, encoding="utf-8")


def _scores(root: Path, notebook: str, lab: Lab) -> Scores:
    found: Scores = {}
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        for student in lab.submissions:
            try:
                grades = gradebook.find_submission_notebook(notebook, "ps1", student).grades
            except MissingEntry:
                continue
            found[student] = {grade.name: grade.auto_score for grade in grades}
    return found


def digest(lab: Lab) -> str:
    """The hash of a lab's file."""
    return hashlib.sha256((FOLDER / f"{lab.name}.lab").read_bytes()).hexdigest()


def record() -> None:
    """Run nbgrader over the labs that changed since their record, and write the records."""
    known = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}
    found = labs()
    # Written after each lab, and what is known of the others kept: a run that is stopped loses nothing.
    made = {lab.name: known[lab.name] for lab in found if lab.name in known}
    for lab in found:
        if made.get(lab.name, {}).get("lab") != digest(lab):
            with tempfile.TemporaryDirectory() as root:
                made[lab.name] = {"lab": digest(lab), "scores": autograde(Path(root), lab.name, lab)}
        RECORD.write_text(json.dumps(made, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    record()
