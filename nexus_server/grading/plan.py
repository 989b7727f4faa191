"""Where each test cell of a source runs."""

from dataclasses import dataclass

from nexus_server.grading.analysis import Analysis


@dataclass(frozen=True, slots=True)
class Plan:
    """How every submission to one source is graded."""

    analysis: Analysis
    #: positions of the test cells that run sealed
    sealed: frozenset[int]
    language: str
    #: names that the instructor's notebook defines, the reference solution included
    defined: frozenset[str]
