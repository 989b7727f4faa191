"""Each figure that operators read moves when the thing happens."""

import re
from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest

from tests.plugins.content import write_content
from tests.plugins.grading_site import lab_of, right_answer, until
from tests.plugins.server import LiveServer, StartServer
from tests.security.people import log_in_admin

pytestmark = [pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(400)]

LINE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$", re.MULTILINE)
MISTAKE = {"cell_source": "1/0", "error": {"ename": "ZeroDivisionError", "evalue": "division by zero"}}

Figures = dict[tuple[str, str], float]


@pytest.fixture(scope="module")
def server(start_server: StartServer, tmp_path_factory: pytest.TempPathFactory) -> LiveServer:
    """A server that keeps a kernel warm."""
    content = write_content(tmp_path_factory.mktemp("content"))
    return start_server(NEXUS_CONTENT_DIR=str(content), NEXUS_POOL_SIZE="1")


@pytest.fixture(scope="module")
def admin(server: LiveServer) -> Iterator[httpx.Client]:
    with closing(log_in_admin(server)) as client:
        yield client


def read(server: LiveServer, admin: httpx.Client) -> Figures:
    """Return every figure by its name and labels."""
    text = admin.get(f"{server.url}/metrics").raise_for_status().text
    return {(name, labels): float(value) for name, labels, value in LINE.findall(text)}


def test_every_figure_moves_when_the_thing_happens(server: LiveServer, admin: httpx.Client) -> None:
    before = read(server, admin)
    with closing(server.learner()) as ada:
        ada.post("/hints", json=MISTAKE).raise_for_status()
        lab = lab_of(ada)
        ada.post(f"/nodes/{lab}/submissions", json={"notebook": right_answer("metrics")}).raise_for_status()
        kept, ended = (ada.post(f"{server.url}/api/kernels").raise_for_status().json()["id"] for _ in range(2))
        admin.delete(f"/admin/kernels/{ended}").raise_for_status()
        assert ada.get("/no/such/thing").status_code == 404

        def have_grown() -> bool:
            now = read(server, admin)
            return all(now.get(figure, 0) - before.get(figure, 0) == by for figure, by in GROWN.items())

        until(have_grown, "the figures of what happened have grown")
        now = read(server, admin)
        ada.delete(f"{server.url}/api/kernels/{kept}").raise_for_status()
    # a kernel takes its place in the pool as soon as it is claimed
    until(lambda: warm(read(server, admin)) >= 1, "a kernel is warm")
    assert now["nexus_database_up", ""] == 1
    assert now["nexus_database_connections", 'state="idle"'] >= 1
    assert now["nexus_event_loop_lag_seconds_count", ""] > before["nexus_event_loop_lag_seconds_count", ""]
    assert requests(now, "hints.HintsHandler", 200) == requests(before, "hints.HintsHandler", 200) + 1
    assert requests(now, "base.UnknownRouteHandler", 404) == requests(before, "base.UnknownRouteHandler", 404) + 1


#: what one hint, one graded submission, one living and one ended kernel add
GROWN = {
    ("nexus_hints", 'source="static"'): 1,
    ("nexus_submissions", 'status="graded"'): 1,
    ("nexus_submissions", 'status="queued"'): 0,
    ("nexus_kernels", 'state="alive"'): 1,
    ("nexus_kernels", 'state="dead"'): 1,
    ("nexus_kernel_deaths", 'reason="admin"'): 1,
}


def warm(figures: Figures) -> float:
    return sum(value for (name, _), value in figures.items() if name == "nexus_warm_kernels")


def requests(figures: Figures, handler: str, status: int) -> float:
    """Return how many requests a handler answered with a status."""
    return sum(
        value
        for (name, labels), value in figures.items()
        if name == "http_request_duration_seconds_count" and handler in labels and f'status_code="{status}"' in labels
    )


def test_the_gauges_are_there_before_anything_happened(server: LiveServer, admin: httpx.Client) -> None:
    figures = read(server, admin)
    for figure in (
        ("nexus_kernel_deaths", 'reason="memory"'),
        ("nexus_kernel_deaths", 'reason="wall_clock"'),
        ("nexus_submissions", 'status="failed"'),
        ("nexus_hints", 'source="gemini"'),
    ):
        assert figures[figure] == 0
