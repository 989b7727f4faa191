"""A node with its content as safe HTML."""

import posixpath
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from nexus_server.learning import Difficulty
from nexus_server.markdown import render
from nexus_server.roadmaps.files.roadmap_file import LabSpec
from nexus_server.roadmaps.learning.catalogue import node_view
from nexus_server.roadmaps.learning.content_files import NodePaths, rewriter
from nexus_server.roadmaps.learning.exam_view import ExamView
from nexus_server.roadmaps.learning.groups import OwnGroupView
from nexus_server.roadmaps.learning.progress import Way
from nexus_server.roadmaps.learning.terms import Terms
from nexus_server.roadmaps.learning.views import LabView, NodeDetail, VideoView
from nexus_server.store.models.roadmaps import Node


@dataclass(frozen=True, slots=True)
class LabFacts:
    """How a lab stands for a learner."""

    spec: LabSpec
    terms: Terms
    exam: ExamView | None = None
    group: OwnGroupView | None = None
    #: None: the lab goes on
    practice_path: str | None = None


def node_detail(way: Way, node: Node, files_url: str, lab: LabFacts | None) -> NodeDetail:
    """Return a node with its content; images and media lead to `files_url`. Only a lab has `lab`."""
    row = way.progress.get(node.id)
    watched = (row.watched or {}) if row else {}
    nodes = tuple((each.source_path, each.id) for each in way.nodes)
    return NodeDetail(
        **node_view(way, node).model_dump(),
        roadmap_id=way.roadmap.id,
        roadmap_slug=way.roadmap.slug,
        roadmap_title=way.roadmap.title,
        difficulty=Difficulty(way.roadmap.difficulty),
        content_html=render_source(node.content_md, files_url, _place(node, way.roadmap.slug), nodes),
        position=row.last_position if row else None,
        video=_video(node, way.roadmap.slug, files_url),
        watched=watched.get("intervals") if node.type == "video" else None,
        watched_share=watched.get("share") if node.type == "video" else None,
        lab=None if lab is None else _lab(node, lab, row.released_hash if row else None),
    )


@lru_cache(maxsize=500)
def render_source(text: str, files_url: str, source_path: str, nodes: NodePaths = ()) -> str:
    """Render an author's Markdown; `source_path` is its file, relative to the content directory.

    Links to the files of `nodes` open those nodes.
    """
    return render(text, author=True, rewrite=rewriter(files_url, source_path, nodes))


def _place(node: Node, roadmap_slug: str) -> str:
    """Return the file from which relative links of the node's text start; a lab's start beside its data files."""
    if node.type != "lab":
        return node.source_path
    return posixpath.join(roadmap_slug, node.spec["lab"].get("data_root") or "", "lab.ipynb")


def _video(node: Node, roadmap_slug: str, files_url: str) -> VideoView | None:
    spec: dict[str, Any] | None = node.spec.get("video")
    if spec is None:
        return None
    rewrite = rewriter(files_url, f"{roadmap_slug}/roadmap.yaml")
    transcript, transcript_path = spec.get("transcript_md") or "", f"{roadmap_slug}/{spec.get('transcript')}"
    captions = spec.get("captions")
    return VideoView(
        url=spec.get("url") or rewrite(spec["file"]) or "",
        duration_s=spec.get("duration_s"),
        captions_url=rewrite(captions) if captions else None,
        transcript_html=render_source(transcript, files_url, transcript_path) if transcript else None,
        required_share=spec.get("required_share"),
    )


def _lab(node: Node, lab: LabFacts, released_hash: str | None) -> LabView:
    spec, terms = lab.spec, lab.terms
    return LabView(
        kernel_name=spec.kernel,
        pass_score=spec.pass_score,
        opens=terms.opens,
        attempts=terms.attempts,
        attempt_policy=spec.attempt_policy,
        deadline=terms.deadline,
        late_penalty=terms.late_penalty,
        extra_time=terms.extra_time,
        changed_terms=list(terms.changed),
        time_limit_minutes=terms.time_limit_minutes,
        exam=lab.exam,
        group=lab.group,
        practice_path=lab.practice_path,
        new_version=released_hash is not None and released_hash != node.spec.get("release_hash"),
    )
