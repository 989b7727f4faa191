"""Grading by `nexus worker` processes on PostgreSQL: shared, told to the tabs, and safe from `kill -9`."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.plugins.grading_site import (
    EventTalk,
    LiveWorker,
    StartWorker,
    Watch,
    containers_of,
    lab_of,
    lock_of,
    submit,
    until,
    write_site_content,
)
from tests.plugins.server import PASSWORD, StartServer, config_dir

pytestmark = [
    pytest.mark.long,
    pytest.mark.docker,
    pytest.mark.postgres,
    pytest.mark.timeout(600),
]

TOLD = {"grading.progress", "xp.awarded", "badge.earned", "node.unlocked"}


def test_two_workers_share_the_work_and_one_is_killed(
    start_server: StartServer, start_worker: StartWorker, postgres_url: str, tmp_path: Path
) -> None:
    content = str(write_site_content(tmp_path / "content"))
    site = {"NEXUS_DATABASE_URL": postgres_url, "NEXUS_REDIS_URL": "", "NEXUS_CONTENT_DIR": content}
    site["JUPYTER_CONFIG_DIR"] = config_dir(tmp_path, {"GradingQueueSettings": {"sweep_s": 0.5}})
    server = start_server(NEXUS_GRADE_IN_PROCESS="0", **site)
    watch = Watch(postgres_url)
    workers = [start_worker(server.data_dir, **site) for _ in range(2)]
    with closing(server.learner("ada")) as ada, closing(server.learner("bob")) as bob:
        lab, _ = lab_of(ada), lab_of(bob)
        with EventTalk(server, ada) as ada_tab, EventTalk(server, bob) as bob_tab:
            share(workers, lab, (ada, ada_tab), (bob, bob_tab))
            killed_one = submit(ada, lab, "killed")
            victim = kill_the_holder(workers, watch, killed_one)
            lock = lock_of(victim, server.data_dir)
            watch.let_an_hour_pass()
            ada_tab.hear_until(lambda event: is_graded(event) and event["submission_id"] == killed_one)
        graded = ada.get(f"/submissions/{killed_one}").json()
    assert (graded["status"], graded["score"], graded["attempt"]) == ("graded", 2.0, 4)
    assert watch.scalar("SELECT count(*) FROM grades WHERE submission_id = :id", id=killed_one) == 1
    assert watch.scalar("SELECT count(*) FROM xp_ledger WHERE award_key LIKE 'node%completed'") == 4
    assert watch.scalar("SELECT failures FROM submissions WHERE id = :id", id=killed_one) == 1
    todo = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'"
    until(lambda: watch.scalar(todo) == 0, "no job is left")
    watch.close()

    replacement = start_worker(server.data_dir, **site)
    until(lambda: not containers_of(lock), "the containers of the dead are removed")
    survivor = next(worker for worker in workers if worker is not victim)
    assert [survivor.stop(), replacement.stop()] == [0, 0]


def share(workers: Sequence[LiveWorker], lab: str, *people: tuple[httpx.Client, EventTalk]) -> None:
    """Let two learners hand in three answers each, and both workers grade them."""
    for worker in workers:
        worker.pause()
    handed_in = [
        [submit(learner, lab, f"{place} {number}") for number in range(3)] for place, (learner, _) in enumerate(people)
    ]
    # everybody's first comes before anybody's second
    for (learner, _), found, places in zip(people, handed_in, ([1, 3, 5], [2, 4, 6]), strict=True):
        assert [learner.get(f"/submissions/{each}").json()["queue_position"] for each in found] == places

    # each takes as many as it has cores, and an answer takes seconds: neither can take everything
    for worker in workers:
        worker.go_on()
    for (_, tab), found in zip(people, handed_in, strict=True):
        until_graded = set(found)
        while until_graded:
            until_graded.discard(tab.hear_until(is_graded)["submission_id"])
        tab.hear_all(TOLD)
    counts = [worker.graded() for worker in workers]
    assert sum(counts) == 6
    assert min(counts) > 0


def kill_the_holder(workers: Sequence[LiveWorker], watch: Watch, submission_id: str) -> LiveWorker:
    """Kill the worker that grades a submission between the engine's verdict and the grade's row."""
    holder = until(watch.holder, "somebody grades")
    (victim,) = [worker for worker in workers if worker.holds(holder)]
    with watch.no_grade_can_be_written():
        until(lambda: submission_id in graded_by(victim), "the engine is done, the grade is not written")
        victim.kill()
    return victim


def is_graded(event: Mapping[str, Any]) -> bool:
    """Whether an event says that a submission was graded."""
    return event.get("status") == "graded"


def graded_by(worker: LiveWorker) -> str:
    """What a worker says of what it graded."""
    return "\n".join(line for line in worker.log.read_text().splitlines() if "submission_graded" in line)


@pytest.mark.redis
def test_two_servers_and_a_worker_on_one_database(
    start_server: StartServer, start_worker: StartWorker, postgres_url: str, redis_url: str, tmp_path: Path
) -> None:
    content = str(write_site_content(tmp_path / "content"))
    site = {"NEXUS_DATABASE_URL": postgres_url, "NEXUS_REDIS_URL": redis_url, "NEXUS_CONTENT_DIR": content}
    here = start_server(NEXUS_GRADE_IN_PROCESS="0", **site)
    there = start_server(NEXUS_GRADE_IN_PROCESS="0", **site)
    start_worker(here.data_dir, **site)
    with closing(here.learner("ada")) as ada, closing(there.client()) as same_ada:
        lab = lab_of(ada)
        login = {"email": ada.get("/me").json()["email"], "password": PASSWORD}
        token = same_ada.post("/auth/login", json=login).raise_for_status().json()["access_token"]
        same_ada.cookies.clear()
        same_ada.headers["Authorization"] = f"Bearer {token}"
        with EventTalk(here, ada) as tab_here, EventTalk(there, same_ada) as tab_there:
            submission = submit(ada, lab, "once")
            for tab in (tab_here, tab_there):
                tab.hear_all(TOLD)
                assert any(event.get("submission_id") == submission for event in tab.heard)
            # what one server does itself, the other one's tabs hear too
            roadmap = same_ada.get("/roadmaps/tiny").json()["nodes"]
            after = next(node["id"] for node in roadmap if node["slug"] == "after")
            same_ada.post(f"/nodes/{after}/complete").raise_for_status()
            for tab in (tab_here, tab_there):
                tab.hear_until(lambda event: event["type"] == "xp.awarded" and event.get("amount") == 2)
