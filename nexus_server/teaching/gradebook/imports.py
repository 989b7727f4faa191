"""Scores that come in by CSV: first seen, then written."""

from uuid import UUID

from pydantic import BaseModel

from nexus_server.csv_table import TableProblem, fields_of, read_table, seen_digest
from nexus_server.learner import Learner
from nexus_server.store.database import Database
from nexus_server.teaching.gradebook.book import Gradebook
from nexus_server.teaching.gradebook.csv_file import CellChange, GradeFile, compare
from nexus_server.teaching.gradebook.errors import BadGradeFileError, GradebookChangedError
from nexus_server.teaching.gradebook.step_marks import NewMark, StepMarks


class GradeChange(BaseModel):
    """A score that would become another, shares 0 to 1. `after` is null where the earned score would count again."""

    line: int
    user_id: UUID
    display_name: str
    email: str
    node_id: UUID
    step: str
    before: float | None
    after: float | None


class GradeImport(BaseModel):
    """What a file would change, or did."""

    encoding: str
    items: list[GradeChange]
    problems: list[TableProblem]
    #: cells that say what the gradebook says
    unchanged: int
    #: columns that are not read
    ignored: list[str]
    #: of the changes: who writes them says with it what they have seen
    seen: str


class GradeImports:
    """Shows what a file would change, and changes it."""

    def __init__(self, database: Database, book: Gradebook, marks: StepMarks) -> None:
        """`book` says what is there, `marks` takes what comes."""
        self._database = database
        self._book = book
        self._marks = marks

    async def preview(self, instructor: Learner, slug: str, cohort_id: UUID | None, data: bytes) -> GradeImport:
        """Return what a file would change. Nothing is written.

        Raises:
            ForbiddenError: students may not.
            RoadmapNotFoundError, UnknownCohortError
            UnreadableTableError: it is no gradebook; the message says why.
        """
        book = await self._book.read(instructor, slug, cohort_id)
        table = read_table(data)
        return _view(table.encoding, compare(table, book))

    async def write(
        self, instructor: Learner, slug: str, cohort_id: UUID | None, data: bytes, seen: str
    ) -> GradeImport:
        """Give the marks that a preview showed. All or none are written.

        Raises:
            ForbiddenError: students may not.
            RoadmapNotFoundError, UnknownCohortError
            UnreadableTableError: it is no gradebook; the message says why.
            BadGradeFileError: some of its cells cannot be taken over.
            GradebookChangedError: this is not what the preview showed.
        """
        found = await self.preview(instructor, slug, cohort_id, data)
        if found.problems:
            raise BadGradeFileError(fields=fields_of(found.problems))
        if found.seen != seen:
            raise GradebookChangedError
        marks = [NewMark(change.user_id, change.node_id, change.after) for change in found.items]
        async with self._database.transaction() as session:
            await self._marks.write(session, instructor, marks, "csv")
        return found


def _view(encoding: str, file: GradeFile) -> GradeImport:
    changes = [_change(each) for each in file.changes]
    said = [(str(each.user_id), str(each.node_id), each.before, each.after) for each in changes]
    return GradeImport(
        encoding=encoding,
        items=changes,
        problems=file.problems,
        unchanged=file.unchanged,
        ignored=file.ignored,
        seen=seen_digest(said),
    )


def _change(change: CellChange) -> GradeChange:
    return GradeChange(
        line=change.line,
        user_id=change.row.user_id,
        display_name=change.row.display_name,
        email=change.row.email,
        node_id=change.node.id,
        step=change.node.title,
        before=change.before,
        after=change.after,
    )
