"""A node with its content as safe HTML."""

from functools import lru_cache
from typing import Any

from nexus_server.learning import Difficulty
from nexus_server.markdown import render
from nexus_server.roadmaps.catalogue import node_view
from nexus_server.roadmaps.content_files import rewriter
from nexus_server.roadmaps.roadmap_file import LabSpec
from nexus_server.roadmaps.standings import Way
from nexus_server.roadmaps.views import LabView, NodeDetail, VideoView
from nexus_server.store.models.roadmaps import Node


def node_detail(way: Way, node: Node, files_url: str) -> NodeDetail:
    """Return a node with its content; images and media lead to `files_url`."""
    row = way.progress.get(node.id)
    watched = (row.watched or {}) if row else {}
    return NodeDetail(
        **node_view(way, node).model_dump(),
        roadmap_id=way.roadmap.id,
        roadmap_slug=way.roadmap.slug,
        roadmap_title=way.roadmap.title,
        difficulty=Difficulty(way.roadmap.difficulty),
        content_html=render_source(node.content_md, files_url, node.source_path),
        position=row.last_position if row else None,
        video=_video(node, way.roadmap.slug, files_url),
        watched=watched.get("intervals") if node.type == "video" else None,
        watched_share=watched.get("share") if node.type == "video" else None,
        lab=_lab(node, row.released_hash if row else None),
    )


@lru_cache(maxsize=500)
def render_source(text: str, files_url: str, source_path: str) -> str:
    """Render an author's Markdown; `source_path` is its file, relative to the content directory."""
    return render(text, author=True, rewrite=rewriter(files_url, source_path))


def _video(node: Node, roadmap_slug: str, files_url: str) -> VideoView | None:
    spec: dict[str, Any] | None = node.spec.get("video")
    if spec is None:
        return None
    rewrite = rewriter(files_url, f"{roadmap_slug}/roadmap.yaml")
    transcript = spec.get("transcript_md") or ""
    captions = spec.get("captions")
    return VideoView(
        url=spec.get("url") or rewrite(spec["file"]) or "",
        duration_s=spec.get("duration_s"),
        captions_url=rewrite(captions) if captions else None,
        transcript_html=render_source(transcript, files_url, node.source_path) if transcript else None,
        required_share=spec.get("required_share"),
    )


def _lab(node: Node, released_hash: str | None) -> LabView | None:
    if node.type != "lab":
        return None
    spec = LabSpec.model_validate(node.spec["lab"])
    return LabView(
        kernel_name=spec.kernel,
        pass_score=spec.pass_score,
        attempts=spec.attempts,
        attempt_policy=spec.attempt_policy,
        deadline=spec.deadline,
        late_penalty=spec.late_penalty,
        new_version=released_hash is not None and released_hash != node.spec.get("release_hash"),
    )
