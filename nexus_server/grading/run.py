"""One submission on its way to a grade: run the learner's cells, run the tests where the plan says."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from time import monotonic

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from nexus_server.grading.analysis import import_statements
from nexus_server.grading.options import GradeOptions, Mode
from nexus_server.grading.plan import Plan
from nexus_server.grading.processes import messages
from nexus_server.grading.processes.answers import Answers
from nexus_server.grading.processes.canaries import canaries_hold, reset_shell
from nexus_server.grading.processes.learner_process import CellRun, LearnerProcess
from nexus_server.grading.processes.messages import (
    CellError,
    describe_error,
    explain_test_failure,
    hidden_spans,
    is_unanswered,
)
from nexus_server.grading.processes.scoring import (
    Ending,
    TestRun,
    number_of,
    partial_points,
    score_lost,
    score_manual,
    score_tests,
)
from nexus_server.grading.processes.tests_process import Outcome, TestsProcess, Wanted
from nexus_server.notebook_format.author_metadata import shows_messages
from nexus_server.notebook_format.choices import score_choice
from nexus_server.notebook_format.merge import MergedCell, Origin
from nexus_server.notebook_format.metadata import ANSWER_ROLES, GRADED_ROLES, CellRole
from nexus_server.notebook_format.names import BUILTINS, cell_names, parse
from nexus_server.notebook_format.results import AnswerError, CellResult, Trust

NOT_WHOLE = "not_whole"
_STOPPED = {"timeout": Ending.TIMEOUT, "died": Ending.KERNEL_DIED}


@dataclass(slots=True)
class Grading:
    """The state of grading one submission."""

    options: GradeOptions
    plan: Plan
    learner: LearnerProcess
    #: opens, or reopens after a death, the process for sealed tests
    open_tests: Callable[[], Awaitable[TestsProcess]]
    released: Mapping[str, NotebookNode]
    #: files for tests only; a test in the kernel has them there while it runs
    test_files: Mapping[str, bytes]
    deadline: float
    #: whether the learner's code can carry nothing from one call to the next; found out where it matters
    keeps_nothing: Callable[[], bool]
    results: list[CellResult] = field(default_factory=list)
    answer_errors: list[AnswerError] = field(default_factory=list)
    #: positions of sealed tests for which a value could not cross whole
    not_whole: set[int] = field(default_factory=set)
    #: whether a hidden test ran already, so that the learner's process may know its values
    _saw_hidden: bool = False
    _answers: Answers = field(default_factory=Answers)
    _tests: TestsProcess | None = None
    #: the source's cells up to here have run in the tests' process
    _trusted_to: int = 0

    async def visit(self, index: int, merged: MergedCell) -> None:
        """Run a merged cell, and score it if it gives points."""
        role = merged.meta.role
        if role is CellRole.TESTS and merged.cell.cell_type == "code":
            self.results.append(score_tests(merged.meta, await self._test(merged)))
            self._answers.close()
            return
        if merged.origin is Origin.LOST:
            self.results.append(score_lost(merged.meta))
            return
        if merged.cell.cell_type == "code" and merged.origin is not Origin.MISSING:
            await self._answer(index, merged)
        if (choice := self.plan.choices.get(merged.meta.grade_id)) is not None:
            self.results.append(score_choice(merged.meta, merged.cell, choice))
        elif role in GRADED_ROLES:
            self.results.append(score_manual(merged.meta, merged.cell, self.released[merged.meta.grade_id]))

    async def _answer(self, index: int, merged: MergedCell) -> None:
        if merged.meta.role in ANSWER_ROLES:
            self._answers.add(merged.cell.source)
        run = await self.learner.run(merged.cell, self._cell_budget_s())
        if run.ending is Ending.COMPLETED:
            return
        text = self._ending_text(run.ending) or (
            describe_error(run.error, quiet=self._is_quiet()) if run.error else messages.CELL_STOPPED
        )
        self.answer_errors.append(AnswerError(index, text))

    async def _test(self, merged: MergedCell) -> TestRun:
        position = merged.position
        trust = Trust.SEALED if position in self.plan.sealed else Trust.IN_KERNEL
        if self.learner.is_dead:
            return TestRun(Ending.KERNEL_DIED, trust, message=messages.KERNEL_DIED)
        if self.left_s() <= 0:
            text = messages.NOTEBOOK_TIMEOUT.format(seconds=self.options.notebook_timeout_s)
            return TestRun(Ending.TIMEOUT, trust, message=text)
        # A file that only tests get is hidden as well: what they ask the learner's code may come out of it.
        self._saw_hidden = self._saw_hidden or bool(self.test_files)
        has_hidden = bool(hidden_spans(merged.cell.source))
        if position is not None and trust is Trust.SEALED:
            run = await self._test_sealed(position, merged)
            self._saw_hidden = self._saw_hidden or has_hidden
            return run
        if self.options.mode is Mode.SEALED:
            return TestRun(Ending.ERROR, trust, message=messages.NOT_SEALABLE)
        # In this process the learner's code can read the test while it runs, hidden parts included.
        self._saw_hidden = self._saw_hidden or has_hidden
        return await self._test_in_kernel(merged)

    # --- sealed ---

    async def _test_sealed(self, position: int, merged: MergedCell) -> TestRun:
        if self._tests is None or self._tests.is_dead:
            self._tests = await self.open_tests()
            self._trusted_to = 0
        for earlier in range(self._trusted_to, position):
            if code := self.plan.analysis.trusted_code.get(earlier):
                outcome = await self._run_trusted(self._tests, earlier, code)
                if outcome.stopped == NOT_WHOLE and earlier not in self.plan.analysis.sealable:
                    # What this cell would have defined is missing from now on.
                    self.not_whole |= {index for index in self.plan.sealed if index > earlier}
        outcome = await self._run_trusted(self._tests, position, merged.cell.source)
        if outcome.stopped == NOT_WHOLE:
            self.not_whole.add(position)
        self._trusted_to = position + 1
        run = self._verdict(merged.cell, outcome)
        points = merged.meta.points
        if run.ending is Ending.COMPLETED and not run.message and partial_points(run.last_value, points) < points:
            self._saw_hidden = self._saw_hidden or bool(hidden_spans(merged.cell.source))
            run = replace(run, printed=await self._printed_in_the_open(self._tests, position, merged))
        await self.learner.stop_asking()
        await self._define_in_kernel(position, merged)
        return run

    async def _printed_in_the_open(self, tests: TestsProcess, position: int, merged: MergedCell) -> str:
        """Return what the visible part of a test prints: for partial credit tests print what was wrong."""
        released = self.released.get(merged.meta.grade_id)
        if released is None or self._is_quiet() or self.learner.is_dead or tests.is_dead:
            return ""
        outcome = await self._run_trusted(tests, position, released.source, is_trial=True)
        return messages.clip(outcome.printed.strip()) if outcome.ok else ""

    async def _define_in_kernel(self, position: int, merged: MergedCell) -> None:
        """Give later answers what a test above them defines; the verdict is made already, and hidden parts stay out."""
        released = self.released.get(merged.meta.grade_id)
        if released is None:
            return
        # A test may have effects: only where a later answer needs more than its imports does it run a second time.
        again = position in self.plan.analysis.also_in_kernel
        code = released.source if again else import_statements(released.source)
        if code:
            await self.learner.run(NotebookNode({**merged.cell, "source": code}), self._cell_budget_s())

    async def _run_trusted(self, tests: TestsProcess, position: int, code: str, *, is_trial: bool = False) -> Outcome:
        analysis = self.plan.analysis
        names, imports = analysis.learner_names.get(position, ()), analysis.asked_imports.get(position, ())
        wanted = Wanted(list(names), list(imports), is_trial)
        return await tests.run(code, wanted, self.learner.ask, max(self._cell_budget_s(), 0.05))

    def _verdict(self, cell: NotebookNode, outcome: Outcome) -> TestRun:
        if outcome.ok:
            is_open = number_of(outcome.value) == 0 and self._answers.is_own_unwritten
            message = messages.NO_ANSWER if is_open else ""
            return TestRun(Ending.COMPLETED, Trust.SEALED, outcome.value, message)
        if outcome.stopped:
            ending = _STOPPED.get(outcome.stopped, Ending.ERROR)
            text = self._ending_text(ending) or messages.UNUSABLE_VALUE
            return TestRun(ending, Trust.SEALED, message=text)
        error = CellError(outcome.ename, outcome.evalue, outcome.line)
        return self._failure(cell, error, Trust.SEALED)

    # --- in the learner's process ---

    async def _test_in_kernel(self, merged: MergedCell) -> TestRun:
        language = self.plan.language
        if language is not None:
            await reset_shell(self.learner, language, unshadow=self._shadowable(merged.cell.source))
            if not await canaries_hold(self.learner, language):
                return self._canary_failure()
        await self.learner.write(self.test_files)
        run = await self.learner.run(merged.cell, self._cell_budget_s())
        await self.learner.remove(self.test_files)
        if run.ending is Ending.COMPLETED and language is not None and not await canaries_hold(self.learner, language):
            return self._canary_failure()
        return self._told(merged.cell, await self._with_number(merged.cell, run))

    async def _with_number(self, cell: NotebookNode, run: CellRun) -> CellRun:
        """Ask what number a test's value is, where its text does not tell: `np.float64(0.5)`, `1/2`."""
        language, count = self.plan.language, cell.get("execution_count")
        if run.last_value is None or number_of(run.last_value) is not None or not isinstance(count, int):
            return run
        if language is None or language.number is None:
            return run
        asked = await self.learner.run(new_code_cell(language.number(count)), self._cell_budget_s())
        number = number_of((asked.last_value or "").strip("'"))
        return run if number is None else replace(run, last_value=repr(number))

    def _shadowable(self, source: str) -> frozenset[str]:
        """Name the builtins that a test uses and the assignment does not define."""
        tree = parse(source)
        return (cell_names(tree).uses & BUILTINS) - self.plan.defined if tree else frozenset()

    def _canary_failure(self) -> TestRun:
        if self.learner.is_dead:
            return TestRun(Ending.KERNEL_DIED, Trust.IN_KERNEL, message=messages.KERNEL_DIED)
        return TestRun(Ending.ERROR, Trust.IN_KERNEL, message=messages.TAMPERED)

    def _told(self, cell: NotebookNode, run: CellRun) -> TestRun:
        """Turn what the learner's process told about a test into a verdict with words for the learner."""
        if run.ending is Ending.COMPLETED:
            return TestRun(run.ending, Trust.IN_KERNEL, run.last_value)
        if text := self._ending_text(run.ending):
            return TestRun(run.ending, Trust.IN_KERNEL, message=text)
        return self._failure(cell, run.error or CellError("Error"), Trust.IN_KERNEL)

    # --- both ---

    def _failure(self, cell: NotebookNode, error: CellError, trust: Trust) -> TestRun:
        if is_unanswered(error) and (text := self._unanswered(cell.source)):
            return TestRun(Ending.FAILED, trust, message=text)
        ending = Ending.FAILED if error.ename == "AssertionError" or is_unanswered(error) else Ending.ERROR
        shows_hidden = shows_messages(cell)
        text = explain_test_failure(cell.source, error, quiet=self._is_quiet(), shows_hidden=shows_hidden)
        return TestRun(ending, trust, message=text)

    def _unanswered(self, test: str) -> str:
        """Say which stub stopped a test; nothing where the learner's own code raised what a stub raises."""
        if self._answers.is_own_unwritten:
            return messages.NO_ANSWER
        names = self._answers.unwritten(test)
        return messages.needs_answers(names) if names else ""

    def _is_quiet(self) -> bool:
        """Whether text that the learner's code shapes may hold what hidden tests passed to it."""
        return self._saw_hidden and not self.keeps_nothing()

    def _ending_text(self, ending: Ending) -> str:
        if ending is Ending.TIMEOUT:
            return messages.TIMEOUT.format(seconds=self.options.cell_timeout_s)
        return messages.KERNEL_DIED if ending is Ending.KERNEL_DIED else ""

    def left_s(self) -> float:
        """Return the seconds that are left of the notebook's limit."""
        return self.deadline - monotonic()

    def _cell_budget_s(self) -> float:
        return min(self.options.cell_timeout_s, self.left_s())
