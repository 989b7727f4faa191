"""A `nexus worker` on PostgreSQL is killed at each stage of a grading: nothing is lost, doubled or counted twice."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass

import httpx
import pytest

from tests.plugins.grading_site import (
    LiveWorker,
    StartWorker,
    Watch,
    containers_of,
    is_at_work,
    lab_of,
    lock_of,
    submit,
    until,
    wait_until_graded,
    write_site_content,
)
from tests.plugins.sampling import sampled
from tests.plugins.server import LiveServer, StartServer, config_dir

pytestmark = [pytest.mark.docker, pytest.mark.postgres, pytest.mark.slow, pytest.mark.timeout(900)]


#: dead workers are looked for often, and no container is started for a submission that never comes
SETTINGS: dict[str, dict[str, object]] = {
    "GradingQueueSettings": {"sweep_s": 0.5},
    "GradingSettings": {"start_ahead": 0},
}


@dataclass
class Site:
    """A server that grades nothing by itself, on PostgreSQL."""

    server: LiveServer
    watch: Watch
    #: starts a worker
    start: Callable[[], LiveWorker]


@pytest.fixture(scope="module")
def environment(fresh_postgres: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of the server and of its workers."""
    directory = tmp_path_factory.mktemp("site")
    return {
        "NEXUS_DATABASE_URL": fresh_postgres(),
        "NEXUS_REDIS_URL": "",
        "NEXUS_CONTENT_DIR": str(write_site_content(directory / "content")),
        "JUPYTER_CONFIG_DIR": config_dir(directory, SETTINGS),
    }


@pytest.fixture(scope="module")
def server(start_server: StartServer, environment: dict[str, str]) -> LiveServer:
    """Each test has a learner of its own."""
    return start_server(NEXUS_GRADE_IN_PROCESS="0", **environment)


@pytest.fixture
def site(server: LiveServer, start_worker: StartWorker, environment: dict[str, str]) -> Iterator[Site]:
    watch = Watch(environment["NEXUS_DATABASE_URL"])
    yield Site(server, watch, lambda: start_worker(server.data_dir, **environment))
    watch.remove_everybody()
    watch.close()


def claimed(site: Site, worker: LiveWorker, _held: ExitStack) -> None:
    """The worker has claimed the submission and prepares to grade it."""
    until(lambda: worker.holds(site.watch.holder()), "it is claimed")


def kernels_started(site: Site, worker: LiveWorker, _held: ExitStack) -> None:
    """Containers were started for it."""
    until(lambda: containers_of(lock_of(worker, site.server.data_dir)), "a container starts")


def learners_code_runs(site: Site, worker: LiveWorker, _held: ExitStack) -> None:
    """The learner's code runs."""
    lock = lock_of(worker, site.server.data_dir)
    until(lambda: any(is_at_work(container) for container in containers_of(lock)), "the answer runs")


def verdict_is_known(site: Site, worker: LiveWorker, held: ExitStack) -> None:
    """The engine is done, and nothing of it is stored."""
    until(site.watch.holder, "it is claimed")
    held.enter_context(site.watch.no_grade_can_be_written())
    until(worker.graded, "the engine is done")
    assert site.watch.scalar("SELECT count(*) FROM grades") == 0


def grade_is_written_without_award(site: Site, worker: LiveWorker, held: ExitStack) -> None:
    """The grade's rows are written but not committed: the award comes in the same transaction."""
    held.enter_context(site.watch.table_held("xp_ledger"))
    until(lambda: worker.graded() and site.watch.somebody_waits_for("xp_ledger"), "the award is to be written")


def award_is_written_and_nobody_told(site: Site, worker: LiveWorker, held: ExitStack) -> None:
    """Grade and award are committed; badges, news and the end of the queue's job are missing."""
    held.enter_context(site.watch.table_held("user_badges"))
    until(lambda: worker.graded() and site.watch.somebody_waits_for("user_badges"), "the badge is to be written")
    assert site.watch.scalar("SELECT status FROM submissions") == "graded"


Stage = Callable[[Site, LiveWorker, ExitStack], None]
#: each with the failures that are counted; `make test` has the one in the middle of the transaction
STAGES: list[tuple[Stage, int]] = [
    (claimed, 1),
    (kernels_started, 1),
    (learners_code_runs, 1),
    (verdict_is_known, 1),
    (grade_is_written_without_award, 1),
    (award_is_written_and_nobody_told, 0),
]


@pytest.mark.parametrize(
    ("stage", "failures"),
    sampled(
        STAGES,
        ["grade_is_written_without_award"],
        ids=[stage.__name__ for stage, _ in STAGES],
    ),
)
def test_killed_worker(site: Site, stage: Stage, failures: int) -> None:
    with closing(site.server.learner("ada")) as ada:
        submission = submit(ada, lab_of(ada), "once")
        worker = site.start()
        with ExitStack() as held:
            stage(site, worker, held)
            worker.kill()
        site.watch.let_an_hour_pass()
        site.start()
        graded = wait_until_graded(ada, f"/submissions/{submission}")
        is_as_if_nothing_had_happened(site.watch, ada)
    assert (graded["status"], graded["score"], graded["attempt"]) == ("graded", 2.0, 1)
    assert site.watch.scalar("SELECT failures FROM submissions") == failures


def is_as_if_nothing_had_happened(watch: Watch, ada: httpx.Client) -> None:
    """One grade, one award, one badge, everybody told, no job left."""
    until(lambda: watch.scalar("SELECT untold_since FROM submissions") is None, "everybody was told")
    until(lambda: watch.scalar("SELECT count(*) FROM procrastinate_jobs") == 0, "no job is left")
    nodes = {node["slug"]: node["status"] for node in ada.get("/roadmaps/tiny").json()["nodes"]}
    assert (nodes["lab"], nodes["after"]) == ("completed", "available")
    assert watch.scalar("SELECT count(*) FROM submissions") == 1
    assert watch.scalar("SELECT count(*) FROM grades") == 1
    # the note before the lab, and the lab
    assert watch.scalar("SELECT count(*) FROM xp_ledger WHERE award_key LIKE 'node%completed'") == 2
    badges = "SELECT count(*) FROM user_badges JOIN badges b ON b.id = badge_id WHERE slug = 'first-lab'"
    assert watch.scalar(badges) == 1
