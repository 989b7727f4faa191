from pathlib import Path

import pytest

from nexus_server.roadmaps.checks.checks import check_content
from nexus_server.roadmaps.files.scaffold import BadSlugError, RoadmapExistsError, scaffold


def test_a_new_roadmap_passes_every_static_check(tmp_path: Path) -> None:
    scaffold(tmp_path, "graph-theory", 'Graphs: "paths" & more')
    sources, problems = check_content(tmp_path)
    assert problems == []
    assert sources[0].file is not None
    assert sources[0].file.title == 'Graphs: "paths" & more'


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    scaffold(tmp_path, "a", "A")
    with pytest.raises(RoadmapExistsError):
        scaffold(tmp_path, "a", "A")


@pytest.mark.parametrize("slug", ["../x", "A", "a_b", "", "a--b"])
def test_a_slug_is_a_folder_name(tmp_path: Path, slug: str) -> None:
    with pytest.raises(BadSlugError):
        scaffold(tmp_path, slug, "T")
