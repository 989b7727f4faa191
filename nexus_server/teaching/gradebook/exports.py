"""Grades that somebody takes out, and what changed since."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import UUID, uuid4

from pydantic import BaseModel
from sqlalchemy import ColumnElement, delete, insert, select

from nexus_server.clock import Clock
from nexus_server.learner import Learner
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User
from nexus_server.store.models.gradebook import ExportedGrades, GradebookExport
from nexus_server.teaching.gradebook.book import Gradebook, GradebookRow, GradebookView
from nexus_server.teaching.gradebook.columns import get_roadmap_id
from nexus_server.teaching.gradebook.csv_file import column_of, share_text
from nexus_server.teaching.gradebook.errors import NothingExportedError

#: the column of the final grade
FINAL = "final"


class ExportedChange(BaseModel):
    """A grade that is another than when it was exported, both as the file has them; empty for none."""

    user_id: UUID
    display_name: str
    column: str
    before: str
    after: str


class ExportedChanges(BaseModel):
    """What changed since my last export."""

    exported_at: datetime
    items: list[ExportedChange]
    next: None = None
    #: names of those who came after it, and of those who have left
    joined: list[str]
    left: list[str]


class GradebookExports:
    """Remembers the last export of each person, roadmap and class."""

    def __init__(self, database: Database, book: Gradebook, clock: Clock) -> None:
        """`book` says what is there."""
        self._database = database
        self._book = book
        self._clock = clock

    async def export(self, instructor: Learner, slug: str, cohort_id: UUID | None) -> GradebookView:
        """Return the gradebook, and remember it as this person's last export.

        Raises:
            ForbiddenError: students may not.
            RoadmapNotFoundError, UnknownCohortError
        """
        book = await self._book.read(instructor, slug, cohort_id)
        export_id = uuid4()
        grades = [
            {"export_id": export_id, "user_id": row.user_id, "grades": dict(_texts(book, row))} for row in book.items
        ]
        async with self._database.transaction() as session:
            roadmap_id = await get_roadmap_id(session, slug)
            await session.execute(delete(GradebookExport).where(*_is_of(instructor, roadmap_id, cohort_id)))
            session.add(
                GradebookExport(
                    id=export_id,
                    exported_by=instructor.id,
                    roadmap_id=roadmap_id,
                    cohort_id=cohort_id,
                    exported_at=self._clock.now(),
                )
            )
            await session.flush()
            if grades:
                await session.execute(insert(ExportedGrades), grades)
        return book

    async def changes(self, instructor: Learner, slug: str, cohort_id: UUID | None) -> ExportedChanges:
        """Return what is other than in this person's last export.

        Raises:
            ForbiddenError: students may not.
            RoadmapNotFoundError, UnknownCohortError
            NothingExportedError
        """
        book = await self._book.read(instructor, slug, cohort_id)
        async with self._database.reading() as session:
            roadmap_id = await get_roadmap_id(session, slug)
            query = select(GradebookExport).where(*_is_of(instructor, roadmap_id, cohort_id))
            export = await session.scalar(query.order_by(GradebookExport.exported_at.desc()))
            if export is None:
                raise NothingExportedError
            rows = await session.execute(
                select(ExportedGrades.user_id, ExportedGrades.grades, User.display_name)
                .join(User, User.id == ExportedGrades.user_id)
                .where(ExportedGrades.export_id == export.id)
            )
            before = {user_id: (grades, name) for user_id, grades, name in rows}
        here = {row.user_id for row in book.items}
        return ExportedChanges(
            exported_at=export.exported_at,
            items=[
                change
                for row in book.items
                if row.user_id in before
                for change in _changes(row, before[row.user_id][0], dict(_texts(book, row)))
            ],
            joined=[row.display_name for row in book.items if row.user_id not in before],
            left=sorted(name for user_id, (_, name) in before.items() if user_id not in here),
        )


def _is_of(instructor: Learner, roadmap_id: UUID, cohort_id: UUID | None) -> tuple[ColumnElement[bool], ...]:
    return (
        GradebookExport.exported_by == instructor.id,
        GradebookExport.roadmap_id == roadmap_id,
        GradebookExport.cohort_id.is_(None) if cohort_id is None else GradebookExport.cohort_id == cohort_id,
    )


def _texts(book: GradebookView, row: GradebookRow) -> Iterator[tuple[str, str]]:
    yield FINAL, "" if row.final is None else str(row.final)
    for node, cell in zip(book.nodes, row.cells, strict=True):
        yield column_of(node), share_text(cell.score)


def _changes(row: GradebookRow, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[ExportedChange]:
    for column, text in after.items():
        if before.get(column, "") != text:
            yield ExportedChange(
                user_id=row.user_id,
                display_name=row.display_name,
                column=column,
                before=before.get(column, ""),
                after=text,
            )
