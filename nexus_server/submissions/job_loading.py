"""From the database to what a grading takes: the notebook, its lab's source of today and the lab's files."""

import asyncio
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import undefer

from nexus_server.grading.hashes import tests_hash
from nexus_server.notebook_format.notebooks import parse_notebook
from nexus_server.notebook_format.results import NotGraded
from nexus_server.roadmaps.files.lab_data import read_data
from nexus_server.roadmaps.files.layers import ContentLayers
from nexus_server.roadmaps.learning.variants import source_of_learner
from nexus_server.store.database import Database
from nexus_server.store.models.grading import Submission
from nexus_server.store.models.roadmaps import Node, Roadmap
from nexus_server.submissions.hand_marks import language_of
from nexus_server.submissions.job import GradingJob


async def load_job(database: Database, content: ContentLayers, submission_id: UUID) -> GradingJob:
    """Return what grading a submission takes.

    Raises:
        NoResultFound: there is no such submission any more.
        OSError: a file of the lab is missing.
    """
    async with database.reading() as session:
        query = select(Submission).where(Submission.id == submission_id).options(undefer(Submission.notebook))
        row = (await session.scalars(query)).one()
        node = await session.get_one(Node, row.node_id)
        roadmap = await session.get_one(Roadmap, node.roadmap_id)
        language = await language_of(session, row.user_id)
    lab = node.spec["lab"]
    return GradingJob(
        notebook=row.notebook,
        sha256=row.sha256,
        source=await asyncio.to_thread(source_of_learner, node, row.user_id),
        title=node.title,
        lab=lab,
        data=await asyncio.to_thread(read_data, content.folder(roadmap.slug), lab),
        language=language,
    )


def unreadable(error: OSError) -> NotGraded:
    """Return what is said where a lab's file cannot be read; it may be there again later."""
    return NotGraded(f"A file of the lab cannot be read: {error.strerror}", is_retryable=True)


async def tests_of_today(node: Node, folder: Path) -> str | None:
    """Return the hash of a lab's tests that a grading of today would write; None when a file of the lab is missing.

    `folder` is the roadmap's.
    """
    source, lab = node.source_notebook or "", node.spec["lab"]
    try:
        return await asyncio.to_thread(lambda: tests_hash(parse_notebook(source), read_data(folder, lab)))
    except OSError:
        return None


def was_graded_by(row: Submission, tests: str | None) -> bool:
    """Whether a submission's grade came from these tests."""
    return (row.provenance or {}).get("test_hash") == tests
