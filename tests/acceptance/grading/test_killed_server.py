"""The server that grades by itself (SQLite) is killed at each stage: nothing is lost, nothing is paid twice."""

from contextlib import closing
from pathlib import Path

import httpx
import pytest

from tests.plugins.grading_site import Watch, containers_of, lab_of, submit, until, write_site_content
from tests.plugins.server import LiveServer, StartServer

pytestmark = [pytest.mark.long, pytest.mark.docker, pytest.mark.timeout(600)]


def killed(server: LiveServer) -> None:
    server.process.kill()
    server.process.wait(30)


def finished(server: LiveServer, submission_id: str) -> bool:
    """Whether the engine has graded it, as the log says before anything is written."""
    lines = server.log.read_text().splitlines()
    return any("submission_graded" in line and submission_id in line for line in lines)


def test_killed_while_queued_while_grading_and_just_before_the_award(start_server: StartServer, tmp_path: Path) -> None:
    site = {"NEXUS_CONTENT_DIR": str(write_site_content(tmp_path / "content"))}
    first = start_server(NEXUS_GRADE_IN_PROCESS="0", **site)
    watch = Watch(f"sqlite:///{first.data_dir / 'nexus.db'}")
    with closing(first.learner("ada")) as ada:
        token = ada.headers["Authorization"]
        lab = lab_of(ada)
        submission = submit(ada, lab, "kept")
        assert ada.get(f"/submissions/{submission}").json()["queue_position"] == 1
    killed(first)  # while queued

    second = start_server(first.data_dir, **site)
    second_claim = until(watch.holder, "the second server grades")
    killed(second)  # while grading

    third = start_server(first.data_dir, **site)
    until(lambda: watch.holder() not in ("", second_claim), "the third server grades")
    with watch.no_grade_can_be_written():
        until(lambda: finished(third, submission), "the engine is done")
        killed(third)  # just before the grade and its award are written
    assert watch.scalar("SELECT count(*) FROM grades") == 0

    fourth = start_server(first.data_dir, **site)
    until(lambda: watch.scalar("SELECT status FROM submissions") == "graded", "the fourth server grades")
    with httpx.Client(base_url=f"{fourth.url}/nexus/api/v1", headers={"Authorization": token}, timeout=60) as ada:
        graded = ada.get(f"/submissions/{submission}").json()
        nodes = {node["slug"]: node["status"] for node in ada.get("/roadmaps/tiny").json()["nodes"]}
    assert (graded["status"], graded["score"], graded["attempt"]) == ("graded", 2.0, 1)
    assert (nodes["lab"], nodes["after"]) == ("completed", "available")
    assert watch.scalar("SELECT count(*) FROM submissions") == 1
    assert watch.scalar("SELECT count(*) FROM grades") == 1
    assert watch.scalar("SELECT count(*) FROM xp_ledger WHERE award_key LIKE 'node%completed'") == 2
    assert watch.scalar("SELECT failures FROM submissions") == 2
    until(lambda: watch.scalar("SELECT untold_since FROM submissions") is None, "everybody was told")
    assert (
        watch.scalar("SELECT count(*) FROM user_badges JOIN badges b ON b.id = badge_id WHERE slug = 'first-lab'") == 1
    )
    fourth.process.terminate()
    fourth.process.wait(60)
    lock = str(first.data_dir / "run" / "server.lock")
    assert containers_of(lock) == []
    watch.close()
