"""A site's own roadmaps, in its data directory, beside and over those that come with the product; live."""

import shutil
from pathlib import Path

import httpx
import pytest

from nexus_server.installation import CONTENT
from tests.plugins.content import write_content
from tests.plugins.grading_site import EventTalk
from tests.plugins.server import LiveServer, StartServer

#: a roadmap that comes with the product, which the site replaces
SHIPPED = "python-foundations"
NOTE = "---\ntitle: Ours\n---\n\n# Ours\n\nWritten by the site.\n"


def write_own(folder: Path, slug: str, title: str) -> None:
    roadmap = f"slug: {slug}\ntitle: {title}\ndescription: d\ndifficulty: beginner\nnodes:\n"
    roadmap += "  - {slug: ours, type: note, title: Ours, points: 10, file: notes/ours.md}\n"
    (folder / slug / "notes").mkdir(parents=True)
    (folder / slug / "roadmap.yaml").write_text(roadmap)
    (folder / slug / "notes/ours.md").write_text(NOTE)


@pytest.fixture(scope="module")
def server(start_server: StartServer, tmp_path_factory: pytest.TempPathFactory) -> LiveServer:
    data = tmp_path_factory.mktemp("site")
    write_own(data / "content", SHIPPED, "Python, our way")
    write_content(data / "content")
    return start_server(data)


@pytest.fixture(scope="module")
def ada(server: LiveServer) -> httpx.Client:
    return server.learner("ada")


def titles(client: httpx.Client) -> dict[str, str]:
    return {each["slug"]: each["title"] for each in client.get("/roadmaps").json()["items"]}


def test_own_roadmaps_stand_beside_and_over_those_of_the_product(ada: httpx.Client) -> None:
    found = titles(ada)
    assert set(found) == {"tiny", *(path.parent.name for path in CONTENT.glob("*/roadmap.yaml"))}
    assert found[SHIPPED] == "Python, our way"
    assert [node["title"] for node in ada.get(f"/roadmaps/{SHIPPED}").json()["nodes"]] == ["Ours"]


def test_files_come_from_the_roadmap_that_is_meant(ada: httpx.Client) -> None:
    assert ada.get("/content-files/tiny/images/dot.svg").status_code == 200
    hidden = next(path for path in (CONTENT / SHIPPED / "images").iterdir())
    assert ada.get(f"/content-files/{SHIPPED}/images/{hidden.name}").status_code == 404


def test_a_change_and_the_end_of_an_own_roadmap_are_seen_without_a_restart(
    server: LiveServer, ada: httpx.Client
) -> None:
    own = server.data_dir / "content" / SHIPPED
    node = ada.get(f"/roadmaps/{SHIPPED}").json()["nodes"][0]["id"]
    with EventTalk(server, ada) as tab:
        (own / "notes/ours.md").write_text(NOTE.replace("Written", "Changed"))
        tab.hear_until(lambda event: event["type"] == "content.changed" and f"{SHIPPED}/ours" in event["nodes"])
        assert "Changed by the site" in ada.get(f"/nodes/{node}").json()["content_html"]
        shutil.rmtree(own)
        tab.hear_until(lambda event: event["type"] == "content.changed")
    assert titles(ada)[SHIPPED] != "Python, our way"
    assert len(ada.get(f"/roadmaps/{SHIPPED}").json()["nodes"]) > 1
