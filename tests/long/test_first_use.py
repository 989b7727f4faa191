"""A kernel whose image nobody has built is built by a running server when a learner first asks for it."""

import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from nexus_server.kernels.shipped_images import installed_place
from tests.plugins.server import StartServer, config_dir

pytestmark = [pytest.mark.long, pytest.mark.docker, pytest.mark.timeout(1800)]

LIMIT_S = 1500


@pytest.fixture
def without_sql(tmp_path: Path) -> Iterator[None]:
    """The kernel is not installed, whatever was before; its image may be there."""
    place, kept = installed_place("nexus-sql", Path(sys.prefix)), tmp_path / "kept"
    if place.exists():
        shutil.move(place, kept)
    yield
    shutil.rmtree(place, ignore_errors=True)
    if kept.exists():
        shutil.move(kept, place)


@pytest.mark.usefixtures("without_sql")
@pytest.mark.parametrize("user", ["", "nexus"], ids=["as whoever starts it", "with a helper"])
def test_the_first_learner_waits_and_everybody_has_it_then(
    start_server: StartServer, tmp_path: Path, user: str
) -> None:
    settings = config_dir(tmp_path, {"SandboxSettings": {"images_on_demand": ["nexus-sql"]}})
    # In the place of the tests' own settings, by which nothing is built.
    server = start_server(JUPYTER_CONFIG_PATH=settings, NEXUS_SERVER_USER=user, is_forked=False)
    ada = server.learner("ada")
    asked = {"language": "sql", "code": "SELECT 6 * 7"}
    reply = ada.post("/playground/runs", json=asked)
    assert (reply.status_code, reply.json()["error"]["code"]) == (503, "kernel_in_preparation")
    (missing,) = (x for x in ada.get("/playground/languages").json()["missing"] if x["name"] == "sql")
    assert (missing["is_preparing"], missing["minutes"]) == (True, 1)
    end = time.monotonic() + LIMIT_S
    while "sql" not in {each["name"] for each in ada.get("/playground/languages").json()["items"]}:
        assert time.monotonic() < end
        time.sleep(2)  # a build has no event that another process hears
    assert ada.post("/playground/runs", json=asked).json()["result"] == "42"
