"""Grading one submission: run the learner's cells, run the tests where the plan says, add up the points."""

import copy
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from time import monotonic

from nbformat import NotebookNode

from nexus_server.grading import messages
from nexus_server.grading.canaries import canaries_hold, reset_shell
from nexus_server.grading.errors import SandboxUnavailableError
from nexus_server.grading.format import GRADED_ROLES, Role, max_score, upgrade
from nexus_server.grading.learner_kernel import CellRun, LearnerKernel
from nexus_server.grading.merge import MergedCell, Origin, merge
from nexus_server.grading.messages import CellError, describe_error, explain_test_failure, hidden_spans
from nexus_server.grading.names import BUILTINS, cell_names, defined_names, parse
from nexus_server.grading.options import GradeOptions
from nexus_server.grading.release import notebook_language, release
from nexus_server.grading.results import AnswerError, CellResult, GradeResult, Trust
from nexus_server.grading.sandboxes import FreshSandboxes, Sandboxes
from nexus_server.grading.scoring import Ending, TestRun, score_manual, score_tests


@dataclass(slots=True)
class _Grading:
    """One submission on its way to a grade."""

    options: GradeOptions
    learner: LearnerKernel
    released: Mapping[str, NotebookNode]
    language: str
    #: names that the instructor's notebook defines, the reference solution included
    defined: frozenset[str]
    deadline: float
    #: whether a hidden test ran already, so that the learner's process may know its values
    saw_hidden: bool = False
    results: list[CellResult] = field(default_factory=list)
    answer_errors: list[AnswerError] = field(default_factory=list)

    async def visit(self, index: int, merged: MergedCell) -> None:
        """Run a merged cell, and score it if it gives points."""
        role = merged.meta.role
        if role is Role.TESTS and merged.cell.cell_type == "code":
            self.results.append(score_tests(merged.meta, await self._test(merged)))
            return
        if merged.cell.cell_type == "code" and merged.origin is not Origin.MISSING:
            await self._answer(index, merged)
        if role in GRADED_ROLES:
            self.results.append(score_manual(merged.meta, merged.cell, self.released[merged.meta.grade_id]))

    async def _answer(self, index: int, merged: MergedCell) -> None:
        run = await self.learner.run(merged.cell, self._cell_budget_s())
        if run.ending is Ending.COMPLETED:
            return
        text = self._ending_text(run.ending) or (
            describe_error(run.error, quiet=self.saw_hidden) if run.error else "This cell did not run through."
        )
        self.answer_errors.append(AnswerError(index, text))

    async def _test(self, merged: MergedCell) -> TestRun:
        if self.learner.is_dead:
            return TestRun(Ending.KERNEL_DIED, Trust.IN_KERNEL, message=messages.KERNEL_DIED)
        if self._left_s() <= 0:
            text = messages.NOTEBOOK_TIMEOUT.format(seconds=self.options.notebook_timeout_s)
            return TestRun(Ending.TIMEOUT, Trust.IN_KERNEL, message=text)
        source = merged.cell.source
        # In this process the learner's code can read the test while it runs, hidden parts included.
        self.saw_hidden = self.saw_hidden or bool(hidden_spans(source))
        return await self._test_in_kernel(merged)

    async def _test_in_kernel(self, merged: MergedCell) -> TestRun:
        guarded = self.language == "python"
        if guarded:
            await reset_shell(self.learner, unshadow=self._shadowable(merged.cell.source))
            if not await canaries_hold(self.learner):
                return self._canary_failure()
        run = await self.learner.run(merged.cell, self._cell_budget_s())
        if run.ending is Ending.COMPLETED and guarded and not await canaries_hold(self.learner):
            return self._canary_failure()
        return self._told(merged.cell.source, run)

    def _shadowable(self, source: str) -> frozenset[str]:
        """Name the builtins that a test uses and the assignment does not define."""
        tree = parse(source)
        return (cell_names(tree).uses & BUILTINS) - self.defined if tree else frozenset()

    def _canary_failure(self) -> TestRun:
        if self.learner.is_dead:
            return TestRun(Ending.KERNEL_DIED, Trust.IN_KERNEL, message=messages.KERNEL_DIED)
        return TestRun(Ending.ERROR, Trust.IN_KERNEL, message=messages.TAMPERED)

    def _told(self, source: str, run: CellRun) -> TestRun:
        """Turn what the learner's process told about a test into a verdict with words for the learner."""
        if run.ending is Ending.COMPLETED:
            return TestRun(run.ending, Trust.IN_KERNEL, run.last_value)
        if text := self._ending_text(run.ending):
            return TestRun(run.ending, Trust.IN_KERNEL, message=text)
        error = run.error or CellError("Error")
        text = explain_test_failure(source, error, quiet=self.saw_hidden)
        ending = Ending.FAILED if error.ename in ("AssertionError", "NotImplementedError") else Ending.ERROR
        return TestRun(ending, Trust.IN_KERNEL, message=text)

    def _ending_text(self, ending: Ending) -> str:
        if ending is Ending.TIMEOUT:
            return messages.TIMEOUT.format(seconds=self.options.cell_timeout_s)
        return messages.KERNEL_DIED if ending is Ending.KERNEL_DIED else ""

    def _left_s(self) -> float:
        return self.deadline - monotonic()

    def _cell_budget_s(self) -> float:
        return min(self.options.cell_timeout_s, self._left_s())


async def grade(
    submission: NotebookNode, source: NotebookNode, options: GradeOptions, sandboxes: Sandboxes | None = None
) -> GradeResult:
    """Grade a submission against the instructor's notebook. Neither notebook is changed.

    `sandboxes` gives the kernels; by default each is started for this one submission. A learner's fault is a low score;
    only where no kernel could be started is the result one with a `reason`, to be tried again.

    Raises:
        InvalidSourceError: the instructor's notebook cannot be graded.
    """
    source = copy.deepcopy(source)
    upgrade(source)
    released = {cell.metadata.nbgrader.grade_id: cell for cell in release(source).cells if "nbgrader" in cell.metadata}
    merged = merge(submission, source)
    async with AsyncExitStack() as stack:
        try:
            kernel = await (sandboxes or FreshSandboxes(options.kernel_name, options.startup_timeout_s)).open()
        except SandboxUnavailableError as exc:
            return GradeResult((), max_score(source), reason=exc.message)
        stack.push_async_callback(kernel.close)
        grading = _Grading(
            options,
            LearnerKernel(kernel, max_output_bytes=options.max_output_bytes),
            released,
            notebook_language(source),
            defined_names(source),
            deadline=monotonic() + options.notebook_timeout_s,
        )
        for index, cell in enumerate(merged):
            await grading.visit(index, cell)
    return GradeResult(tuple(grading.results), max_score(source), answer_errors=tuple(grading.answer_errors))
