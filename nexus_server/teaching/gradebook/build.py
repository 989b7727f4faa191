"""Join the parts of the gradebook."""

from dataclasses import dataclass

from nexus_server.accounts.audit import AuditLog
from nexus_server.accounts.cohorts import Cohorts
from nexus_server.clock import Clock
from nexus_server.store.database import Database
from nexus_server.teaching.gradebook.book import Gradebook
from nexus_server.teaching.gradebook.exports import GradebookExports
from nexus_server.teaching.gradebook.imports import GradeImports
from nexus_server.teaching.gradebook.notes import GradebookNotes
from nexus_server.teaching.gradebook.schemes import GradingSchemes
from nexus_server.teaching.gradebook.step_marks import StepMarks


@dataclass(frozen=True)
class Gradebooks:
    """What instructors do with their gradebooks."""

    book: Gradebook
    schemes: GradingSchemes
    notes: GradebookNotes
    marks: StepMarks
    imports: GradeImports
    exports: GradebookExports


def open_gradebooks(database: Database, cohorts: Cohorts, audit: AuditLog, clock: Clock) -> Gradebooks:
    """Build it; instructors see the students of their `cohorts`."""
    book = Gradebook(database, cohorts, clock)
    marks = StepMarks(database, cohorts, audit, clock)
    return Gradebooks(
        book,
        GradingSchemes(database, cohorts, audit, clock),
        GradebookNotes(database, cohorts, clock),
        marks,
        GradeImports(database, book, marks),
        GradebookExports(database, book, clock),
    )
