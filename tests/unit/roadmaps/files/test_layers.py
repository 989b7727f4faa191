"""The site's own roadmaps lie over those that come with the product, each as a whole."""

from pathlib import Path

import pytest

from nexus_server.installation import CONTENT
from nexus_server.roadmaps.files.layers import ContentLayers
from nexus_server.settings import NexusSettings


def make(directory: Path, slug: str, title: str) -> Path:
    (directory / slug).mkdir(parents=True)
    text = f"slug: {slug}\ntitle: {title}\ndescription: d\ndifficulty: beginner\norder: 1\nnodes: []\n"
    (directory / slug / "roadmap.yaml").write_text(text)
    return directory / slug


@pytest.fixture
def layers(tmp_path: Path) -> ContentLayers:
    shipped, own = tmp_path / "shipped", tmp_path / "own"
    make(shipped, "basics", "Shipped")
    make(shipped, "data", "Shipped")
    make(own, "basics", "Own")
    make(own, "zoo", "Own")
    return ContentLayers((shipped, own))


def test_a_roadmap_of_the_site_takes_the_place_of_the_shipped_one(layers: ContentLayers) -> None:
    shipped, own = layers.directories
    assert layers.folders() == [own / "basics", shipped / "data", own / "zoo"]
    assert layers.folder("basics") == own / "basics"
    assert layers.folder("data") == shipped / "data"


def test_each_is_read_from_where_it_is_meant(layers: ContentLayers) -> None:
    assert [source.folder for source in layers.load()] == layers.folders()


def test_a_folder_without_a_roadmap_hides_nothing(layers: ContentLayers) -> None:
    shipped, own = layers.directories
    (own / "data").mkdir()
    assert layers.folder("data") == shipped / "data"


def test_the_shipped_ones_are_found_without_any_of_the_site(tmp_path: Path) -> None:
    layers = ContentLayers((CONTENT, tmp_path / "content"))
    assert layers.exists
    assert len(layers.folders()) >= 4


def test_new_roadmaps_are_written_to_the_data_directory_unless_the_site_names_another(tmp_path: Path) -> None:
    own = NexusSettings(data_dir=str(tmp_path))
    own.content_dir = str(CONTENT)
    assert own.own_content_path == tmp_path / "content"
    elsewhere = NexusSettings(data_dir=str(tmp_path), content_dir=str(tmp_path / "mine"))
    assert elsewhere.own_content_path == tmp_path / "mine"
