"""Grading as in a rush, for tests of what a grade says: learners' kernels are forked from templates.

A local kernel or a container for each takes several times as long.
"""

from dataclasses import replace

from nbformat import NotebookNode

from nexus_server.grading.grader import Grader
from nexus_server.grading.options import GradeOptions, templates_for
from nexus_server.notebook_format.kernel_choice import DATA_KERNEL, PYTHON_KERNEL, choose_kernel, code_of
from nexus_server.notebook_format.results import GradeResult


class RushGrader:
    """Grades each submission in the smallest of the product's kernels that has what it imports. Close it in the end."""

    def __init__(self, options: GradeOptions) -> None:
        """`options` are those of every kernel."""
        rush = replace(options, templates=templates_for(1))
        self._graders = {name: Grader(replace(rush, kernel_name=name)) for name in (PYTHON_KERNEL, DATA_KERNEL)}

    async def grade(self, submission: NotebookNode, source: NotebookNode) -> GradeResult:
        """Grade a submission."""
        kernel = choose_kernel(source, [code_of(submission), code_of(source)])
        return await self._graders[kernel].grade(submission, source)

    async def close(self) -> None:
        """End every kernel that was kept."""
        for grader in self._graders.values():
            await grader.close()
