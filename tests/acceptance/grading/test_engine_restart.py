"""The container engine is restarted in the middle of many gradings: each is graded right, no attempt is lost."""

from contextlib import closing
from functools import partial
from pathlib import Path

import httpx
import pytest

from tests.plugins.engines import PrivateEngine
from tests.plugins.grading_site import Watch, lab_of, right_answer, until, write_site_content
from tests.plugins.server import LiveServer, StartServer, config_dir

pytestmark = [pytest.mark.long, pytest.mark.docker, pytest.mark.timeout(1200)]

#: enough for one learner to hand everything in
LIMITS = '{"submissions": "1000 per minute"}'
#: graded before the restart, so that it falls among the rest
BEFORE = 4


@pytest.fixture
def server(start_server: StartServer, python_engine: PrivateEngine, tmp_path: Path) -> LiveServer:
    settings: dict[str, dict[str, object]] = {
        "SandboxSettings": {"engine_url": python_engine.url},
        "GradingQueueSettings": {"concurrency": 4, "retry_s": 0.5},
    }
    content = str(write_site_content(tmp_path / "content"))
    return start_server(
        JUPYTER_CONFIG_DIR=config_dir(tmp_path, settings), NEXUS_CONTENT_DIR=content, NEXUS_RATE_LIMITS=LIMITS
    )


def submit_many(learner: httpx.Client, gradings: int) -> None:
    lab = lab_of(learner)
    for number in range(gradings):
        body = {"notebook": right_answer(f"answer {number}")}
        learner.post(f"/nodes/{lab}/submissions", json=body).raise_for_status()


@pytest.mark.parametrize("gradings", [50, 200])
def test_an_engine_that_is_restarted_costs_nobody_points_or_attempts(
    server: LiveServer, python_engine: PrivateEngine, gradings: int
) -> None:
    watch = Watch(f"sqlite:///{server.data_dir / 'nexus.db'}")

    def graded() -> int:
        return int(watch.scalar("SELECT count(*) FROM submissions WHERE status = 'graded'"))

    with closing(server.learner("ada")) as ada:
        submit_many(ada, gradings)
    until(lambda: graded() >= BEFORE, "some are graded")
    until(watch.is_anything_running, "others are being graded")
    python_engine.kill()
    python_engine.start()  # it ends the containers that ran before
    assert graded() < gradings
    for count in range(BEFORE, gradings):
        until(partial(lambda least: graded() > least, count), "the next is graded")
    wrong = "SELECT count(*) FROM submissions WHERE score <> 2.0 OR max_score <> 2.0 OR reason IS NOT NULL"
    assert watch.scalar(wrong) == 0
    assert watch.scalar("SELECT max(attempt) FROM submissions") == gradings
    assert watch.scalar("SELECT count(*) FROM grades") == gradings
    watch.close()
