"""From a stored submission to a grade: the worker's view of the grading engine."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from nexus_server.languages import UserLanguage
from nexus_server.notebook_format.results import NotGraded


@dataclass(frozen=True, slots=True)
class GradingJob:
    """Everything that grading a submission takes; nothing is read from the database meanwhile."""

    notebook: bytes
    sha256: str
    #: the instructor's notebook, nbformat JSON
    source: str
    title: str
    #: the lab's kernel and limits, as in roadmap.yaml
    lab: Mapping[str, Any]
    #: files that the notebook reads, by path relative to it
    data: Mapping[str, bytes] = field(default_factory=dict)
    #: in which the learner reads the feedback page
    language: UserLanguage = UserLanguage.ENGLISH


@dataclass(frozen=True, slots=True)
class GradedJob:
    """A grade as it is stored: the engine's result, signed, with the page for the learner."""

    score: float
    max_score: float
    needs_manual: bool
    cells: list[dict[str, Any]]
    provenance: dict[str, Any]
    feedback: str


class JobGrader(Protocol):
    """Whatever grades submissions."""

    async def grade(self, job: GradingJob) -> GradedJob | NotGraded:
        """Grade one submission in a sandbox of its own."""
        ...

    async def close(self) -> None:
        """Let go of everything that is kept between gradings."""
        ...
