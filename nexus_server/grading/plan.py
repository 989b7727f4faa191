"""Where each test cell of a source runs."""

from collections.abc import Mapping
from dataclasses import dataclass

from nbformat import NotebookNode

from nexus_server.grading.analysis import Analysis
from nexus_server.grading.languages.language import Language


@dataclass(frozen=True, slots=True)
class Plan:
    """How every submission to one source is graded."""

    analysis: Analysis
    #: positions of the test cells that run sealed
    sealed: frozenset[int]
    #: None where nobody knows how to check the kernel's own checks
    language: Language | None
    #: names that the instructor's notebook defines, the reference solution included
    defined: frozenset[str]
    #: the instructor's choice cells by grade id, with the right choices
    choices: Mapping[str, NotebookNode]
