"""Nodes for one learner: reading, opening, completing, resuming."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from nexus_server.clock import Clock
from nexus_server.learner import Learner
from nexus_server.roadmaps.errors import (
    LabNotOverError,
    LabNotReleasedError,
    NotWatchedError,
    QuizRequiredError,
    WrongNodeTypeError,
)
from nexus_server.roadmaps.files.lab_data import data_paths
from nexus_server.roadmaps.files.layers import ContentLayers
from nexus_server.roadmaps.files.roadmap_file import LabSpec
from nexus_server.roadmaps.learning.completion import Completion, NodeCompleter
from nexus_server.roadmaps.learning.exam_view import ExamView
from nexus_server.roadmaps.learning.groups import OwnGroupView, read_group
from nexus_server.roadmaps.learning.lab_workspace import (
    LabHandout,
    OpenWorkspace,
    lab_files,
    lab_home,
    named,
    place,
    practice_of,
    practice_path,
    put_back,
)
from nexus_server.roadmaps.learning.node_detail import LabFacts, node_detail
from nexus_server.roadmaps.learning.own_terms import is_over, load_terms, require_opened
from nexus_server.roadmaps.learning.progress import Way, begin, load_way_of_node
from nexus_server.roadmaps.learning.sittings import find_sitting
from nexus_server.roadmaps.learning.terms import Terms
from nexus_server.roadmaps.learning.variants import release_of_learner
from nexus_server.roadmaps.learning.video import Interval, believe, merge, played_between, watched_share
from nexus_server.roadmaps.learning.views import (
    CompletedView,
    NodeDetail,
    NodeStatus,
    OpenedView,
    PositionView,
    ResetView,
)
from nexus_server.store.database import Database
from nexus_server.store.models.exams import ExamSitting
from nexus_server.store.models.roadmaps import Node, UserProgress

#: share of a video whose watching completes the node by itself, unless the author asks for another
WATCHED_SHARE = 0.9


class NodeService:
    """What a learner does with a node."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        completer: NodeCompleter,
        *,
        content: ContentLayers,
        open_workspace: OpenWorkspace,
    ) -> None:
        """Labs are put where `open_workspace` says; their data files come from `content`."""
        self._database = database
        self._clock = clock
        self._completer = completer
        self._content = content
        self._open_workspace = open_workspace

    async def get_node(self, learner: Learner, node_id: UUID, *, files_url: str) -> NodeDetail:
        """Return a node with its content; images and media lead to `files_url`.

        Raises:
            NodeNotFoundError, NodeLockedError
        """
        async with self._database.reading() as session:
            way, node = await load_way_of_node(session, node_id, learner)
            terms = await load_terms(session, learner.id, node) if node.type == "lab" else None
            sitting = await find_sitting(session, learner.id, node.id) if terms and terms.time_limit else None
            group = await read_group(session, learner.id, node.id) if terms and not terms.time_limit else None
        way.require_open(node)
        lab = None if terms is None else self._lab_facts(way, node, terms, sitting, group)
        detail = await asyncio.to_thread(node_detail, way, node, files_url, lab)
        exam = lab.exam if lab else None
        is_secret = exam is not None and exam.started_at is None and not learner.is_staff
        return detail.model_copy(update={"content_html": ""}) if is_secret else detail

    def _lab_facts(
        self, way: Way, node: Node, terms: Terms, sitting: ExamSitting | None, group: OwnGroupView | None
    ) -> LabFacts:
        spec, now = LabSpec.model_validate(node.spec["lab"]), self._clock.now()
        return LabFacts(
            spec,
            terms,
            exam=ExamView.of(spec, terms, sitting, now),
            group=group,
            practice_path=practice_path(lab_home(way.roadmap.slug, node)) if is_over(terms, now, sitting) else None,
        )

    async def open_node(self, learner: Learner, node_id: UUID) -> OpenedView:
        """Begin a node; a lab's release is put in the workspace, unless the learner's copy is there.

        Raises:
            NodeNotFoundError, NodeLockedError, LabNotReleasedError
            LabNotOpenYetError: it opens later; staff may look at it before.
            ExamNotStartedError, ExamClosedError: it is a timed exam that the learner has not started.
        """
        async with self._database.transaction() as session:
            way, node = await load_way_of_node(session, node_id, learner)
            way.require_open(node)
            await require_opened(session, learner, node, self._clock.now())
            row = await begin(session, learner.id, node.id, self._clock)
            status = NodeStatus(row.status)
        if node.type != "lab":
            return OpenedView(status=status)
        lab = await self._lab(learner, way, node)
        if await asyncio.to_thread(place, await self._open_workspace(learner), lab):
            await self._note_release(learner, node)
        return OpenedView(status=status, path=lab.path, kernel_name=node.spec["lab"]["kernel"])

    async def reset_lab(self, learner: Learner, node_id: UUID) -> ResetView:
        """Put a lab back to its newest release; the learner's notebook is kept beside it.

        Raises:
            NodeNotFoundError, NodeLockedError, WrongNodeTypeError, LabNotReleasedError
            LabNotOpenYetError, ExamNotStartedError, ExamClosedError
        """
        async with self._database.transaction() as session:
            way, node = await load_way_of_node(session, node_id, learner)
            way.require_open(node)
            _require(node, "lab")
            await require_opened(session, learner, node, self._clock.now())
            row = await begin(session, learner.id, node.id, self._clock)
            status = NodeStatus(row.status)
        lab = await self._lab(learner, way, node)
        kept = await asyncio.to_thread(put_back, await self._open_workspace(learner), lab, self._clock.now())
        await self._note_release(learner, node)
        return ResetView(status=status, path=lab.path, kernel_name=node.spec["lab"]["kernel"], kept_path=kept)

    async def practise_lab(self, learner: Learner, node_id: UUID) -> OpenedView:
        """Put a fresh copy of a lab that is over beside the learner's notebook, unless one is there already.

        It is never handed in, so nothing about it is written down.

        Raises:
            NodeNotFoundError, NodeLockedError, WrongNodeTypeError, LabNotReleasedError
            LabNotOverError: the lab goes on for the learner; staff may practise at any time.
        """
        async with self._database.reading() as session:
            way, node = await load_way_of_node(session, node_id, learner)
            way.require_open(node)
            _require(node, "lab")
            terms = await load_terms(session, learner.id, node)
            sitting = await find_sitting(session, learner.id, node.id)
        if not learner.is_staff and not is_over(terms, self._clock.now(), sitting):
            raise LabNotOverError
        lab = practice_of(await self._lab(learner, way, node))
        await asyncio.to_thread(place, await self._open_workspace(learner), lab)
        row = way.progress.get(node.id)
        status = NodeStatus(row.status) if row else NodeStatus.AVAILABLE
        return OpenedView(status=status, path=lab.path, kernel_name=node.spec["lab"]["kernel"])

    async def complete_node(self, learner: Learner, node_id: UUID) -> CompletedView:
        """Complete a note or a video because the learner says so; a video pays only when it was watched.

        Raises:
            NodeNotFoundError, NodeLockedError
            WrongNodeTypeError: a lab is completed by its grade.
            QuizRequiredError: there is a quiz to be passed.
            NotWatchedError: not enough of the video was watched.
        """
        async with self._database.transaction() as session:
            way, node = await load_way_of_node(session, node_id, learner)
            way.require_open(node)
            _require(node, "note", "video")
            if node.id in way.with_quiz:
                raise QuizRequiredError
            row = await begin(session, learner.id, node.id, self._clock)
            _require_watched(node, row)
            if node.type == "video" and not _is_watched(way, node, (row.watched or {}).get("share")):
                completion = await self._completer.complete_unwatched(session, learner, way, node)
            else:
                completion = await self._completer.complete(session, learner, way, node, score=1.0)
        await self._completer.announce(completion)
        return completion.view()

    async def set_position(
        self, learner: Learner, node_id: UUID, position: float, watched: Sequence[Interval] | None = None
    ) -> PositionView:
        """Keep where the learner is; a video that was watched far enough is completed.

        `position` is seconds into a video, or a share of a note; `watched` are the parts of the video that were played,
        which count as far as they can have been played since the last report.

        Raises:
            NodeNotFoundError, NodeLockedError
        """
        async with self._database.transaction() as session:
            way, node = await load_way_of_node(session, node_id, learner)
            way.require_open(node)
            row = await begin(session, learner.id, node.id, self._clock)
            share = self._watch(node, row, position, watched) if node.type == "video" else None
            row.last_position, row.updated_at = position, self._clock.now()
            completion = Completion(row.score)
            is_done = row.status == "completed" and bool(row.score)
            if not is_done and _is_watched(way, node, share):
                completion = await self._completer.complete_watched(session, learner, way, node)
            status = NodeStatus(row.status)
        await self._completer.announce(completion)
        return PositionView(
            position=position,
            status=status,
            watched_share=share,
            xp_awarded=completion.xp_awarded,
            unlocked=completion.unlocked,
        )

    def _watch(
        self, node: Node, row: UserProgress, position: float, watched: Sequence[Interval] | None
    ) -> float | None:
        duration_s = node.spec["video"].get("duration_s")
        elapsed_s = (self._clock.now() - row.updated_at).total_seconds()
        known: list[Interval] = [(start, end) for start, end in (row.watched or {}).get("intervals", [])]
        if watched is not None:
            known = believe(known, merge(watched, duration_s), elapsed_s)
        elif row.last_position is not None and (played := played_between(row.last_position, position, elapsed_s)):
            known.append(played)
        intervals = merge(known, duration_s)
        share = watched_share(intervals, duration_s)
        row.watched = {"intervals": [list(interval) for interval in intervals], "share": share}
        return share

    async def _lab(self, learner: Learner, way: Way, node: Node) -> LabHandout:
        if not node.release_notebook:
            raise LabNotReleasedError
        data = data_paths(node.spec["lab"])
        try:
            own = await asyncio.to_thread(release_of_learner, node, learner.id)
            release = named(own, node.id)
            folder, home = self._content.folder(way.roadmap.slug), lab_home(way.roadmap.slug, node)
            return await asyncio.to_thread(lab_files, folder, home, release, data)
        except OSError as exc:
            raise LabNotReleasedError("A data file of this lab is missing; tell your instructor.") from exc

    async def _note_release(self, learner: Learner, node: Node) -> None:
        async with self._database.transaction() as session:
            row = await begin(session, learner.id, node.id, self._clock)
            row.released_hash = node.spec.get("release_hash")


def _require(node: Node, *types: str) -> None:
    if node.type not in types:
        raise WrongNodeTypeError(f"This is a {node.type}; that works with a {' or a '.join(types)}.", type=node.type)


def _is_watched(way: Way, node: Node, share: float | None) -> bool:
    if share is None or node.id in way.with_quiz:
        return False
    return share >= _wanted_share(node, WATCHED_SHARE)


def _wanted_share(node: Node, otherwise: float) -> float:
    video: dict[str, Any] = node.spec["video"]
    return float(video.get("required_share", otherwise))


def _require_watched(node: Node, row: UserProgress) -> None:
    if node.type != "video" or "required_share" not in node.spec["video"]:
        return
    share = (row.watched or {}).get("share") or 0.0
    if share < _wanted_share(node, 0.0):
        raise NotWatchedError(watched_share=share, required_share=_wanted_share(node, 0.0))
