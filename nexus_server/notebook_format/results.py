"""What grading says: one result per graded cell, and their sum, as in the contract."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from nexus_server.decimals import decimal_sum


class CellStatus(StrEnum):
    """How a graded cell came out."""

    PASSED = "passed"
    PARTIAL = "partial"
    FAILED = "failed"
    ERROR = "error"
    TIMEOUT = "timeout"
    MANUAL = "manual"
    KERNEL_DIED = "kernel_died"


class Trust(StrEnum):
    """Where the verdict was made: outside the learner's process, or inside it behind canaries."""

    SEALED = "sealed"
    IN_KERNEL = "in_kernel"


@dataclass(frozen=True, slots=True)
class CellResult:
    """One graded cell's outcome. `points` is never above `max_points`."""

    grade_id: str
    points: float
    max_points: float
    status: CellStatus
    trust: Trust
    #: for the learner; never quotes a hidden test
    message: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the contract's object."""
        return {
            "grade_id": self.grade_id,
            "points": self.points,
            "max_points": self.max_points,
            "status": self.status.value,
            "trust": self.trust.value,
            "message": self.message,
        }


@dataclass(frozen=True, slots=True)
class AnswerError:
    """A learner's cell that did not run through, for the feedback. `cell` counts from 0 in the graded notebook."""

    cell: int
    message: str


@dataclass(frozen=True, slots=True)
class GradeResult:
    """One submission's grade."""

    cells: tuple[CellResult, ...]
    max_score: float
    #: {"image", "content_hash", "test_hash", ..., "hmac"}
    provenance: Mapping[str, Any] = field(default_factory=dict)
    answer_errors: tuple[AnswerError, ...] = ()

    @property
    def score(self) -> float:
        """Points earned."""
        return round(decimal_sum(cell.points for cell in self.cells), 6)

    @property
    def needs_manual(self) -> bool:
        """Whether a person has to mark something still."""
        return any(cell.status is CellStatus.MANUAL for cell in self.cells)

    def to_json(self) -> dict[str, Any]:
        """Return the contract's object."""
        return {
            "score": self.score,
            "max_score": self.max_score,
            "needs_manual": self.needs_manual,
            "status": "graded",
            "reason": None,
            "cells": [cell.to_json() for cell in self.cells],
            "provenance": dict(self.provenance),
        }


@dataclass(frozen=True, slots=True)
class NotGraded:
    """Why a submission has no grade, for a person."""

    reason: str
    #: whether trying again could help
    is_retryable: bool = False
    #: whether the container engine is away: tried again until it is back, however often that takes
    is_outage: bool = False
    #: what the lab is worth, where that is known
    max_score: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Return the contract's object: a grade's, with nothing in it."""
        empty = GradeResult((), self.max_score).to_json()
        return {**empty, "status": "failed", "reason": self.reason}
