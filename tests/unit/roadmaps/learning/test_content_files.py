from pathlib import Path
from uuid import UUID

import pytest

from nexus_server.roadmaps.errors import NodeNotFoundError
from nexus_server.roadmaps.files.layers import ContentLayers
from nexus_server.roadmaps.learning.content_files import find_public_file, rewriter


def test_links_lead_to_served_files() -> None:
    rewrite = rewriter("/files", "tiny/notes/hello.md")
    assert rewrite("../images/a b.png") == "/files/tiny/images/a%20b.png"
    assert rewrite("../media/v.webm#t=3") == "/files/tiny/media/v.webm"


def test_links_to_a_nodes_file_open_the_node() -> None:
    node_id = UUID(int=7)
    rewrite = rewriter("/files", "tiny/notes/hello.md", (("tiny/notes/other.md", node_id),))
    assert rewrite("other.md") == rewrite("./../notes/other.md#part") == f"#nexus-node-{node_id}"
    assert rewrite("third.md") is None


@pytest.mark.parametrize(
    "url", ["other.md", "../labs/lab.ipynb", "../../x/images/a.png", "//evil.org/a.png", "//[x", "#top", ""]
)
def test_other_links_are_dropped(url: str) -> None:
    assert rewriter("/files", "tiny/notes/hello.md")(url) is None


def test_images_and_media_are_public(content_dir: Path) -> None:
    assert find_public_file(ContentLayers((content_dir,)), "tiny", "images/dot.svg").name == "dot.svg"


@pytest.mark.parametrize(
    ("roadmap", "path"),
    [
        ("tiny", "labs/lab.ipynb"),
        ("tiny", "quizzes/quizzed.yaml"),
        ("tiny", "images/../quizzes/quizzed.yaml"),
        ("tiny", "images/gone.png"),
        ("tiny", "images"),
        ("tiny", "media/clip.md"),
        ("..", "images/dot.svg"),
        ("tiny", "images/link.svg"),
        ("tiny", ""),
        ("tiny", f"images/{'x' * 300}.svg"),
        ("tiny", f"images/{'y/' * 3000}a.svg"),
        ("x" * 300, "images/dot.svg"),
    ],
)
def test_nothing_else_is(content_dir: Path, roadmap: str, path: str) -> None:
    (content_dir / "tiny/images/link.svg").symlink_to(content_dir / "tiny/labs/lab.ipynb")
    with pytest.raises(NodeNotFoundError):
        find_public_file(ContentLayers((content_dir,)), roadmap, path)
