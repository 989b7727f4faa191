"""Preview as student: what a node looks like to somebody who has just unlocked it."""

import asyncio
import json
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select

from nexus_server.accounts.permissions import Permission, require
from nexus_server.learner import Learner
from nexus_server.roadmaps.files.roadmap_file import LabSpec
from nexus_server.roadmaps.learning.node_detail import LabFacts, node_detail
from nexus_server.roadmaps.learning.progress import Way, load_way_of_node
from nexus_server.roadmaps.learning.quizzes import QuestionView, question_views
from nexus_server.roadmaps.learning.terms import terms_for
from nexus_server.roadmaps.learning.views import NodeDetail
from nexus_server.store.database import Database
from nexus_server.store.models.roadmaps import Quiz


class NodePreview(BaseModel):
    """A node without anybody's progress, its quiz without answers, and a lab's student version."""

    node: NodeDetail
    questions: list[QuestionView] | None
    notebook: dict[str, Any] | None


class Previews:
    """Shows instructors what students see."""

    def __init__(self, database: Database) -> None:
        """Read from `database`."""
        self._database = database

    async def preview(self, instructor: Learner, node_id: UUID, *, files_url: str) -> NodePreview:
        """Return a node as a student sees it.

        Raises:
            ForbiddenError: students may not look ahead.
            NodeNotFoundError
        """
        require(instructor, Permission.SEE_CONTENT)
        async with self._database.reading() as session:
            way, node = await load_way_of_node(session, node_id, instructor)
            quiz = await session.scalar(select(Quiz).where(Quiz.topic_id == node.id, Quiz.archived_at.is_(None)))
        spec = LabSpec.model_validate(node.spec["lab"]) if node.type == "lab" else None
        lab = None if spec is None else LabFacts(spec, terms_for(spec, []))
        fresh = Way(way.roadmap, way.nodes, {}, way.with_quiz, unlocks_all=True)
        return NodePreview(
            node=await asyncio.to_thread(node_detail, fresh, node, files_url, lab),
            questions=None
            if quiz is None
            else await asyncio.to_thread(question_views, quiz, "preview", files_url, node.source_path),
            notebook=json.loads(node.release_notebook) if node.release_notebook else None,
        )
