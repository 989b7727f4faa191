"""`nexus content ...` as an author runs it."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.plugins.command_line import Outcome
from tests.plugins.command_line import nexus as nexus_here
from tests.plugins.nexus_processes import run_nexus
from tests.unit.courses.imports.otter_notebooks import homework

BAD_SLUG = "A slug has lower-case letters, digits and single hyphens only, 120 signs at most."


def nexus(*arguments: str, data: Path) -> Outcome:
    """Run a command in this process: a new one has to import everything first."""
    return nexus_here(["content", *arguments], environment={"NEXUS_DATA_DIR": str(data)})


def nexus_alone(*arguments: str, data: Path) -> subprocess.CompletedProcess[str]:
    """Run a command as a shell does."""
    return run_nexus("content", *arguments, environment={"NEXUS_DATA_DIR": str(data)})


def test_check_names_file_and_line_and_exits_1(content_dir: Path, tmp_path: Path) -> None:
    good = nexus("check", str(content_dir), "--static", data=tmp_path)
    assert (good.code, good.stdout) == (0, "1 roadmaps, 4 nodes, 0 problems\n")
    (content_dir / "tiny/notes/hello.md").write_text("text\n\n[gone](gone.md)\n")
    bad = nexus("check", str(content_dir), "--static", data=tmp_path)
    assert bad.code == 1
    assert bad.stdout.startswith("tiny/notes/hello.md:3: error: 'gone.md' leads nowhere\n")
    report = nexus("check", str(content_dir), "--static", "--json", data=tmp_path)
    assert json.loads(report.stdout)["problems"][0]["line"] == 3


@pytest.mark.docker
def test_check_runs_the_labs(content_dir: Path, tmp_path: Path) -> None:
    path = content_dir / "tiny/labs/lab.ipynb"
    path.write_text(path.read_text().replace("return 2 * x", "return 3 * x"))
    bad = nexus_alone("check", str(content_dir), "--json", data=tmp_path)
    assert bad.returncode == 1
    messages = [problem["message"] for problem in json.loads(bad.stdout)["problems"]]
    assert any("the reference solution earns 0 of 1 points in test-visible" in message for message in messages)


def test_check_takes_one_roadmaps_folder_too(content_dir: Path, tmp_path: Path) -> None:
    done = nexus("check", str(content_dir / "tiny"), "--static", data=tmp_path)
    assert (done.code, done.stdout) == (0, "1 roadmaps, 4 nodes, 0 problems\n")


def test_limits_over_the_sites_are_found_without_running_anything(content_dir: Path, tmp_path: Path) -> None:
    path = content_dir / "tiny/roadmap.yaml"
    path.write_text(path.read_text().replace("pass_score: 0.5", "limits: {cpu_share: 16}"))
    done = nexus("check", str(content_dir), "--static", data=tmp_path)
    assert (done.code, done.stdout.splitlines()[0]) == (
        1,
        "tiny/roadmap.yaml:19: error: cpu_share: 16 is over the site's limit of 1",
    )


@pytest.mark.docker
def test_check_shows_how_far_it_is_and_remembers(content_dir: Path, tmp_path: Path) -> None:
    first = nexus_alone("check", str(content_dir), "--jobs", "1", data=tmp_path)
    assert first.returncode == 0, first.stdout
    assert "1/1" in first.stderr
    assert "tiny/labs/lab.ipynb" in first.stderr
    cache = tmp_path / "content-check.json"
    kept = '[{"file": "f", "line": 1, "message": "kept", "severity": "error"}]'
    cache.write_text(cache.read_text().replace("[]", kept))
    again = nexus_alone("check", str(content_dir), data=tmp_path)
    assert "f:1: error: kept" in again.stdout
    anew = nexus_alone("check", str(content_dir), "--no-cache", data=tmp_path)
    assert anew.returncode == 0, anew.stdout


def test_a_course_goes_to_nbgrader_and_comes_back(content_dir: Path, tmp_path: Path) -> None:
    course, back = tmp_path / "course", tmp_path / "back"
    exported = nexus("export-nbgrader", str(content_dir / "tiny"), str(course), data=tmp_path)
    assert exported.code == 0, exported.stderr
    assert exported.stdout.splitlines() == [
        str(course / "source/lab/lab.ipynb"),
        str(course / "source/lab/data/numbers.csv"),
    ]
    imported = nexus("import-nbgrader", str(course), "--slug", "back", "--content-dir", str(back), data=tmp_path)
    assert imported.code == 0, imported.stderr
    notebook = (back / "back/labs/lab-lab.ipynb").read_bytes()
    assert notebook == (content_dir / "tiny/labs/lab.ipynb").read_bytes()
    assert (back / "back/data/lab/data/numbers.csv").read_text() == "n\n1\n2\n"
    checked = nexus("check", str(back), "--static", data=tmp_path)
    assert (checked.code, checked.stdout) == (0, "1 roadmaps, 1 nodes, 0 problems\n")


def test_an_import_says_what_it_left_out(content_dir: Path, tmp_path: Path) -> None:
    place = tmp_path / "course/source/ps1"
    place.mkdir(parents=True)
    (place / "lab.ipynb").write_bytes((content_dir / "tiny/labs/lab.ipynb").read_bytes())
    (place / "broken.ipynb").write_text("{")
    arguments = ("import-nbgrader", str(tmp_path / "course"), "--slug", "x", "--content-dir", str(tmp_path / "new"))
    done = nexus(*arguments, data=tmp_path)
    assert done.code == 0
    assert done.stderr.startswith(f"left out: {place / 'broken.ipynb'}: ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("export-nbgrader", "{tmp}/gone", "{tmp}/out"), "{tmp}/gone: there is no roadmap.yaml with a lab here."),
        (("export-nbgrader", "{content}", "{tmp}/out"), "{content}: there is no roadmap.yaml with a lab here."),
        (("export-nbgrader", "{content}/tiny", "{tmp}/full"), "{tmp}/full/source/lab exists already."),
        (("export-nbgrader", "{content}/tiny", "{tmp}/file"), "{tmp}/file/source/lab: Not a directory."),
        (("import-nbgrader", "{tmp}", "--slug", "x"), "{tmp}: there is no graded notebook below {tmp}/source."),
        (("import-nbgrader", "{tmp}/gone", "--slug", "../x"), BAD_SLUG),
        (("release", "{tmp}/full", "--output", "{tmp}/out"), "{tmp}/full: there is no roadmap here."),
        (("release", "{content}", "--output", "{tmp}/file"), "{tmp}/file/tiny/lab: Not a directory."),
        (
            ("release", "{content}", "--output", "{content}"),
            "{content} lies in {content}: a released lab could replace its own source.",
        ),
        (("new", "Bad Slug"), BAD_SLUG),
        (("new", "good", "--content-dir", "{tmp}/file"), "{tmp}/file/good: Not a directory."),
        (("schemas", "--output", "{tmp}/file"), "{tmp}/file: File exists."),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    content_dir: Path, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    (tmp_path / "full/source/lab").mkdir(parents=True)
    (tmp_path / "file").write_text("")
    names = {"tmp": tmp_path, "content": content_dir}
    words = [argument.format(**names) for argument in arguments]
    done = nexus_here(["content", *words], environment={"NEXUS_DATA_DIR": str(tmp_path / "data")})
    assert (done.code, done.stdout, done.stderr) == (1, "", message.format(**names) + "\n")


@pytest.mark.parametrize(
    "command", ["check", "sync", "new", "release", "import-nbgrader", "export-nbgrader", "schemas"]
)
def test_every_command_explains_itself(command: str, tmp_path: Path) -> None:
    help_text = nexus_alone(command, "--help", data=tmp_path)
    assert help_text.returncode == 0
    assert f"Usage: nexus content {command}" in help_text.stdout
    wrong = nexus_here(["content", command, "--no-such-option"])
    assert (wrong.code, "No such option" in wrong.stderr) == (2, True)


def test_new_release_and_sync(tmp_path: Path) -> None:
    content = tmp_path / "content"
    content.mkdir()
    made = nexus_alone("new", "graphs", "--title", "Graphs", "--content-dir", str(content), data=tmp_path)
    assert (made.returncode, len(made.stdout.splitlines())) == (0, 4)
    again = nexus_alone("new", "graphs", "--content-dir", str(content), data=tmp_path)
    assert (again.returncode, again.stderr) == (1, "There is a roadmap of this name already.\n")
    released = nexus_alone("release", str(content), "--output", str(tmp_path / "out"), data=tmp_path)
    assert released.returncode == 0
    text = (tmp_path / "out/graphs/first-lab/first-lab.ipynb").read_text()
    assert "return x * x" not in text
    assert "square(-2)" not in text
    os.environ["NEXUS_CONTENT_DIR"] = str(content)
    try:
        synced = nexus_alone("sync", "--json", data=tmp_path / "data")
    finally:
        del os.environ["NEXUS_CONTENT_DIR"]
    assert json.loads(synced.stdout)["created"] == ["graphs/introduction", "graphs/first-lab"]


def test_a_homework_of_otter_becomes_a_roadmap_that_says_what_became_of_it(tmp_path: Path) -> None:
    (tmp_path / "hw01").mkdir()
    (tmp_path / "hw01/hw01.ipynb").write_bytes(homework())
    where = ["--slug", "trees", "--content-dir", str(tmp_path / "content")]
    done = nexus("import", str(tmp_path / "hw01"), *where, "--json", data=tmp_path)
    assert done.code == 0, done.stderr
    [step] = json.loads(done.stdout)["steps"]
    assert (step["slug"], step["parts"][0]["place"]) == ("hw01", "cell 1")
    checked = nexus("check", str(tmp_path / "content/trees"), "--static", data=tmp_path)
    assert (checked.code, checked.stdout) == (0, "1 roadmaps, 1 nodes, 0 problems\n")
    again = nexus("import", str(tmp_path / "hw01"), *where, data=tmp_path)
    assert (again.code, again.stderr) == (1, "There is a roadmap of this name already.\n")
    missing = nexus("import", str(tmp_path / "none"), "--slug", "none", data=tmp_path)
    assert (missing.code, missing.stderr) == (1, f"{tmp_path / 'none'}: there is no such file or folder.\n")
