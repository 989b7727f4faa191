"""`nexus content ...` as an author runs it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

NEXUS = str(Path(sys.executable).parent / "nexus")


def nexus(*arguments: str, data: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "NEXUS_DATA_DIR": str(data)}
    return subprocess.run(
        [NEXUS, "content", *arguments], capture_output=True, text=True, env=environment, check=False, timeout=170
    )


def test_check_names_file_and_line_and_exits_1(content_dir: Path, tmp_path: Path) -> None:
    good = nexus("check", str(content_dir), "--static", data=tmp_path)
    assert (good.returncode, good.stdout) == (0, "1 roadmaps, 4 nodes, 0 problems\n")
    (content_dir / "tiny/notes/hello.md").write_text("text\n\n[gone](gone.md)\n")
    bad = nexus("check", str(content_dir), "--static", data=tmp_path)
    assert bad.returncode == 1
    assert bad.stdout.startswith("tiny/notes/hello.md:3: error: 'gone.md' leads nowhere\n")
    report = nexus("check", str(content_dir), "--static", "--json", data=tmp_path)
    assert json.loads(report.stdout)["problems"][0]["line"] == 3


@pytest.mark.docker
def test_check_runs_the_labs(content_dir: Path, tmp_path: Path) -> None:
    path = content_dir / "tiny/labs/lab.ipynb"
    path.write_text(path.read_text().replace("return 2 * x", "return 3 * x"))
    bad = nexus("check", str(content_dir), "--json", data=tmp_path)
    assert bad.returncode == 1
    messages = [problem["message"] for problem in json.loads(bad.stdout)["problems"]]
    assert any("the reference solution earns 0 of 1 points in test-visible" in message for message in messages)


def test_new_release_and_sync(tmp_path: Path) -> None:
    content = tmp_path / "content"
    content.mkdir()
    made = nexus("new", "graphs", "--title", "Graphs", "--content-dir", str(content), data=tmp_path)
    assert (made.returncode, len(made.stdout.splitlines())) == (0, 4)
    again = nexus("new", "graphs", "--content-dir", str(content), data=tmp_path)
    assert (again.returncode, again.stderr) == (1, "There is a roadmap of this name already.\n")
    released = nexus("release", str(content), "--output", str(tmp_path / "out"), data=tmp_path)
    assert released.returncode == 0
    text = (tmp_path / "out/graphs/first-lab/first-lab.ipynb").read_text()
    assert "return x * x" not in text
    assert "square(-2)" not in text
    os.environ["NEXUS_CONTENT_DIR"] = str(content)
    try:
        synced = nexus("sync", "--json", data=tmp_path / "data")
    finally:
        del os.environ["NEXUS_CONTENT_DIR"]
    assert json.loads(synced.stdout)["created"] == ["graphs/introduction", "graphs/first-lab"]
