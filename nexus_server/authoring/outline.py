"""What `roadmap.yaml` of a draft says, also while it is not yet in order. Pure."""

from typing import Any

from pydantic import ValidationError

from nexus_server.authoring.trees import Tree
from nexus_server.authoring.views import DraftVideoView, StepView
from nexus_server.roadmaps.files.loader import ROADMAP_FILE
from nexus_server.roadmaps.files.problem import ContentError
from nexus_server.roadmaps.files.scaffold import quoted
from nexus_server.roadmaps.files.yaml_lines import read_yaml

_EMPTY = """\
slug: {slug}
title: {title}
description: ""
difficulty: beginner
nodes: []
"""


def empty_roadmap(slug: str, title: str) -> Tree:
    """Return the files of a roadmap without steps."""
    return {ROADMAP_FILE: _EMPTY.format(slug=slug, title=quoted(title)).encode()}


def read_outline(tree: Tree) -> dict[str, Any]:
    """Return what a draft's `roadmap.yaml` holds; nothing where it cannot be read."""
    try:
        data = read_yaml(tree.get(ROADMAP_FILE, b"").decode("utf-8-sig"), ROADMAP_FILE).data
    except (ContentError, UnicodeDecodeError):
        return {}
    return data if isinstance(data, dict) else {}


def title_of(tree: Tree) -> str:
    """Return the roadmap's title; empty where there is none."""
    title = read_outline(tree).get("title")
    return title if isinstance(title, str) else ""


def find_steps(tree: Tree, folder: str) -> list[StepView]:
    """Return the steps in their order, those that can be read; `folder` is the draft's in the workspace."""
    nodes = read_outline(tree).get("nodes")
    return [_step(node, folder) for node in nodes if _is_step(node)] if isinstance(nodes, list) else []


def _is_step(node: Any) -> bool:
    return isinstance(node, dict) and all(isinstance(node.get(key), str) for key in ("slug", "type", "title"))


def _step(node: dict[str, Any], folder: str) -> StepView:
    file, quiz = (f"{folder}/{node[key]}" if isinstance(node.get(key), str) else None for key in ("file", "quiz"))
    return StepView(
        slug=node["slug"],
        type=node["type"],
        title=node["title"],
        path=file,
        quiz_path=quiz,
        points=points if isinstance(points := node.get("points", 10), int) else 0,
        requires=_required(node.get("requires")),
        data=_data(node.get("lab")),
        video=_video(node.get("video")) if node["type"] == "video" else None,
    )


def _required(requires: Any) -> list[str] | None:
    if not isinstance(requires, dict) or "any" in requires:
        return None
    return [each for each in requires.get("all") or [] if isinstance(each, str)]


def _video(video: Any) -> DraftVideoView:
    """Return what can be read of a video: a draft may say half of it, or something else."""
    try:
        return DraftVideoView.model_validate(video if isinstance(video, dict) else {})
    except ValidationError:
        return DraftVideoView()


def _data(lab: Any) -> list[str]:
    data = lab.get("data") if isinstance(lab, dict) else None
    return [str(each) for each in data] if isinstance(data, list) else []
