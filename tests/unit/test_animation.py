"""The animations of the content: their captions are what their scenes say, and each says how long it lasts."""

import ast
from contextlib import suppress
from pathlib import Path

import animation
import pytest
import yaml
from animation import Scene, captions

CONTENT = Path(__file__).parents[2] / "content"
SCRIPTS = sorted(CONTENT.glob("*/media/*.py"))


def scenes_of(script: Path) -> list[Scene]:
    """Return a script's scenes, without matplotlib: its plain assignments alone are run."""
    names: dict[str, list[Scene]] = {}
    for node in ast.parse(script.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign):
            with suppress(NameError):
                exec(ast.unparse(node), vars(animation) | names, names)  # noqa: S102 - our own scripts
    return names["SCENES"]


@pytest.mark.parametrize(
    "script", [script for script in SCRIPTS if "def frames" not in script.read_text()], ids=lambda script: script.stem
)
def test_captions_are_those_of_the_scenes(script: Path) -> None:
    assert script.with_suffix(".vtt").read_text(encoding="utf-8") == captions(scenes_of(script))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_video_lasts_as_long_as_its_scenes(script: Path) -> None:
    nodes = yaml.safe_load((script.parents[1] / "roadmap.yaml").read_text(encoding="utf-8"))["nodes"]
    [video] = [node["video"] for node in nodes if node.get("video", {}).get("file") == f"media/{script.stem}.webm"]
    assert video["duration_s"] == sum(scene[0] for scene in scenes_of(script))


def test_captions_follow_each_other() -> None:
    assert captions([(6, None, "One.\nTwo."), (60, None, "Three.")]) == (
        "WEBVTT\n\n00:00.000 --> 00:06.000\nOne.\nTwo.\n\n00:06.000 --> 01:06.000\nThree.\n"
    )
