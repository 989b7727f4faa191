"""How one submission is to be graded."""

import os
from dataclasses import dataclass
from enum import StrEnum

from nexus_server.grading.settings import GradingSettings


class Mode(StrEnum):
    """Where test cells run."""

    #: sealed where that works, else in the kernel
    AUTO = "auto"
    #: always outside the learner's process
    SEALED = "sealed"
    #: always inside the learner's process
    IN_KERNEL = "in-kernel"


def templates_for(parallel: int) -> int:
    """Return how many templates serve so many gradings side by side: one more is emptied for the next kernel."""
    return parallel + 1


@dataclass(frozen=True, slots=True)
class GradeOptions:
    """Limits and mode of one grading."""

    kernel_name: str = "nexus-python"
    mode: Mode = Mode.AUTO
    cell_timeout_s: float = 30.0
    notebook_timeout_s: float = 300.0
    startup_timeout_s: float = 60.0
    max_output_bytes: int = 1024 * 1024
    calibrate: bool = True
    #: whether the source's own solution is what is judged; otherwise a source whose solution fails judges nobody
    judges_reference: bool = False
    #: limits of each kernel's container; None is the site's default
    memory_mb: int | None = None
    cpu_share: float | None = 1.0
    #: in a rush, learners' kernels are forked from so many templates at most, in each one after the other
    templates: int = 0
    #: learners' kernels that are started before they are needed, each to be used once
    start_ahead: int = 0

    @classmethod
    def from_settings(cls, settings: GradingSettings) -> "GradeOptions":
        """Take the site's settings."""
        return cls(
            kernel_name=settings.kernel_name,
            mode=Mode(settings.mode),
            cell_timeout_s=settings.cell_timeout_s,
            notebook_timeout_s=settings.notebook_timeout_s,
            startup_timeout_s=settings.startup_timeout_s,
            max_output_bytes=settings.max_output_kb * 1024,
            calibrate=settings.calibrate,
            cpu_share=settings.cpu_share,
            templates=templates_for(os.cpu_count() or 1) if settings.reuse_containers else 0,
            start_ahead=settings.start_ahead,
        )
