"""The grader: plans per source, processes kept for the tests, one grading after the other or side by side."""

import asyncio
from collections import OrderedDict
from collections.abc import Collection, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from time import monotonic

from nbformat import NotebookNode

from nexus_server.clock import Clock, SystemClock
from nexus_server.grading.analysis import analyse, has_reference
from nexus_server.grading.hashes import content_hash, tests_hash
from nexus_server.grading.languages.registry import LANGUAGES
from nexus_server.grading.losses import is_by_engine, is_doubtful
from nexus_server.grading.options import GradeOptions, Mode
from nexus_server.grading.plain_code import is_plain_work
from nexus_server.grading.plan import Plan
from nexus_server.grading.processes import messages
from nexus_server.grading.processes.learner_process import LearnerProcess
from nexus_server.grading.processes.tests_process import TestsProcess
from nexus_server.grading.run import Grading
from nexus_server.grading.sandboxes.forking import ForkingSandboxes
from nexus_server.grading.sandboxes.fresh import FreshSandboxes, Sandboxes
from nexus_server.grading.sandboxes.prestarted import PrestartedSandboxes
from nexus_server.grading.sandboxes.stdin_dialogue import DialogueError
from nexus_server.kernels.sandbox import Exit
from nexus_server.notebook_format.choices import NO_CHOICE, kind_of
from nexus_server.notebook_format.errors import EngineLostError, InvalidSourceError, SandboxUnavailableError
from nexus_server.notebook_format.languages import notebook_language
from nexus_server.notebook_format.merge import Origin, merge
from nexus_server.notebook_format.metadata import cell_meta, max_score
from nexus_server.notebook_format.names import defined_names, given_names, tied_tests
from nexus_server.notebook_format.release import for_grading, release
from nexus_server.notebook_format.results import CellResult, CellStatus, GradeResult
from nexus_server.version import __version__

SYSTEM_CLOCK = SystemClock()
#: sources whose plans are remembered
MAX_PLANS = 200
#: tests' processes kept for the next submission, over all sources
MAX_IDLE = 4
#: gradings of one submission with fewer sealed tests each, before all of them run in the kernel
MAX_MIXTURES = 3
#: a reference solution that fails so often in a row does so by no accident
REFERENCE_RUNS = 2
REFERENCE_FAILS = "The source's own solution fails here, so nobody is judged by it. Cell {name!r}: {message}"


@dataclass(slots=True)
class _Lab:
    """A source, ready to grade against."""

    key: str
    #: as `tests_hash` says
    tests: str
    source: NotebookNode
    released: dict[str, NotebookNode]
    plan: Plan
    files: Mapping[str, bytes]
    test_files: Mapping[str, bytes]
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    is_calibrated: bool = False
    #: why the reference solution does not prove the tests here; empty where it does, or where there is none
    fault: str = ""


@dataclass(slots=True)
class _Trace:
    """What one grading used and met."""

    processes: list[LearnerProcess | TestsProcess] = field(default_factory=list)
    #: tests that asked for a value which cannot cross whole
    not_whole: set[int] = field(default_factory=set)

    @property
    def exits(self) -> list[Exit | None]:
        """How the sandboxes of the processes ended, where that was not our doing."""
        return [process.exit for process in self.processes]


class Grader:
    """Grades submissions. Close it in the end."""

    def __init__(
        self, options: GradeOptions, sandboxes: Sandboxes | None = None, *, clock: Clock = SYSTEM_CLOCK
    ) -> None:
        """`sandboxes` gives the kernels; by default each is started when it is needed."""
        self.options = options
        # Tests get a container in which no learner's code ever ran, unless the caller's kernels are wanted for all.
        fresh = FreshSandboxes(options.kernel_name, options.startup_timeout_s, options.memory_mb, options.cpu_share)
        self._for_tests = sandboxes or fresh
        self._sandboxes = sandboxes or _sandboxes(fresh, options)
        self._clock = clock
        self._labs: OrderedDict[str, _Lab] = OrderedDict()
        self._idle: list[tuple[str, TestsProcess]] = []
        self._is_closed = False

    async def grade(
        self,
        submission: NotebookNode,
        source: NotebookNode,
        *,
        submission_sha256: str = "",
        files: Mapping[str, bytes] | None = None,
        test_files: Mapping[str, bytes] | None = None,
        own_files: Mapping[str, bytes] | None = None,
    ) -> GradeResult:
        """Grade a submission against the instructor's notebook. Neither notebook is changed.

        `submission_sha256` is the hash of the bytes received, for the provenance; by default the notebook's own.
        `files` are the lab's, by path relative to the notebook: learner and tests find them where they work, each a
        copy of their own. `test_files` are for tests only. `own_files` came with the submission; only the learner's
        code finds them, below the lab's.

        A learner's fault is a low score; only where no kernel could be started is the result one with a `reason`, to be
        tried again.

        Raises:
            InvalidSourceError: the instructor's notebook cannot be graded, or its own reference solution fails here.
        """
        lab = self._lab(source, files or {}, test_files or {})
        try:
            if self.options.mode is Mode.AUTO and self.options.calibrate:
                await self._calibrate(lab)
                if lab.fault and not self.options.judges_reference:
                    raise InvalidSourceError(lab.fault)
            result = await self._grade_whole(lab, submission, own_files)
            provenance = await self._provenance(lab, submission_sha256 or content_hash(submission))
            return replace(result, provenance=provenance)
        except SandboxUnavailableError as exc:
            return GradeResult((), max_score(lab.source), reason=exc.message, is_outage=exc.is_outage)

    async def _provenance(self, lab: _Lab, submission_sha256: str) -> dict[str, str]:
        """Say what was graded, against what, by what and when; the caller signs it."""
        return {
            "grader": f"nexusai {__version__}",
            "kernel": self.options.kernel_name,
            "image": await self._sandboxes.image(),
            "mode": self.options.mode.value,
            "content_hash": lab.key,
            "test_hash": lab.tests,
            "submission_sha256": submission_sha256,
            "graded_at": self._clock.now().isoformat(),
        }

    async def close(self) -> None:
        """End every process that was kept; a grading under way ends its own."""
        self._is_closed = True
        idle, self._idle = self._idle, []
        for _, process in idle:
            await process.close()
        await self._sandboxes.close()

    def _lab(self, source: NotebookNode, files: Mapping[str, bytes], test_files: Mapping[str, bytes]) -> _Lab:
        key = content_hash(source, {**files, **test_files})
        if key not in self._labs:
            self._labs[key] = _prepare(key, source, self.options.mode, files, test_files)
            while len(self._labs) > MAX_PLANS:
                self._labs.popitem(last=False)
        self._labs.move_to_end(key)
        return self._labs[key]

    async def _calibrate(self, lab: _Lab) -> None:
        """Prove on the reference solution what can run sealed; what earns more in the kernel runs there."""
        async with lab.lock:
            if lab.is_calibrated:
                return
            if has_reference(lab.source):
                lab.plan, last = await self._calibrated(lab)
                lab.fault = await self._fault(lab, last)
            lab.is_calibrated = True

    async def _fault(self, lab: _Lab, last: GradeResult | None) -> str:
        """Say which test the reference solution fails, twice in a row; what it leaves unanswered is no failure.

        `last` is what it earned with this plan before, if it was tried.
        """
        found: CellResult | None = None
        for number in range(REFERENCE_RUNS):
            result = last if number == 0 and last is not None else await self._grade(lab, lab.source, lab.plan)
            found = next((cell for cell in result.cells if _is_lost(cell)), None)
            if found is None:
                return ""
        return "" if found is None else REFERENCE_FAILS.format(name=found.grade_id, message=found.message)

    async def _calibrated(self, lab: _Lab) -> tuple[Plan, GradeResult | None]:
        """Take cells out of the sealed ones until the reference earns what it earns with every test in the kernel.

        One cell in the kernel can change what another one sees, so each new mixture is proved again.
        """
        plan, in_kernel = lab.plan, dict[str, float]()
        while plan.sealed:
            result = await self._grade(lab, lab.source, plan)
            points = _points(result)
            if not in_kernel and all(points[_grade_id(lab, i)] >= _max_points(lab, i) for i in plan.sealed):
                return plan, result
            in_kernel = in_kernel or _points(await self._grade(lab, lab.source, replace(plan, sealed=frozenset())))
            lower = {grade_id for grade_id, earned in in_kernel.items() if earned > points[grade_id]}
            worse = {i for i in plan.sealed if _grade_id(lab, i) in lower}
            if not lower:
                return plan, result
            # Where only cells in the kernel lose, a sealed one before them has had an effect too few or too many.
            plan = replace(plan, sealed=plan.sealed - (worse or _behind(lab, plan, lower)))
        return plan, None

    async def _grade_whole(
        self, lab: _Lab, submission: NotebookNode, own_files: Mapping[str, bytes] | None
    ) -> GradeResult:
        """Grade; where a value cannot cross whole, grade again with the tests that ask for it in the kernel."""
        plan, not_whole = lab.plan, set[int]()
        for _ in range(MAX_MIXTURES):
            result = await self._grade(lab, submission, plan, own_files, not_whole)
            is_final = not not_whole or self.options.mode is not Mode.AUTO
            # Only code that cannot bend a test may choose where one runs.
            if is_final or not is_plain_work(_own_code(submission, lab), given_names(lab.source)):
                return result
            plan = plan.without_sealed(tied_tests(lab.source, plan.sealed, not_whole), lab.source)
            not_whole.clear()
        return await self._grade(lab, submission, replace(plan, sealed=frozenset()), own_files)

    async def _grade(
        self,
        lab: _Lab,
        submission: NotebookNode,
        plan: Plan,
        own_files: Mapping[str, bytes] | None = None,
        not_whole: set[int] | None = None,
    ) -> GradeResult:
        """Grade, and once more where a kernel was killed that the engine may have killed."""
        for is_last in (False, True):
            trace = _Trace()
            result = await self._grade_once(lab, submission, plan, own_files or {}, trace)
            if is_by_engine(trace.exits):
                raise EngineLostError
            if is_last or not is_doubtful(trace.exits):
                break
        if not_whole is not None:
            not_whole |= trace.not_whole
        return result

    async def _grade_once(
        self,
        lab: _Lab,
        submission: NotebookNode,
        plan: Plan,
        own_files: Mapping[str, bytes],
        trace: "_Trace",
    ) -> GradeResult:
        """Grade in a fresh kernel, and note in `trace` what that used and met."""
        async with AsyncExitStack() as stack:
            kernel = await self._sandboxes.open()
            stack.push_async_callback(kernel.close)
            learner = LearnerProcess(kernel, max_output_bytes=self.options.max_output_bytes)
            trace.processes.append(learner)
            classes = plan.analysis.classes if plan.sealed else None
            await learner.prepare(lab.files, classes, plan.language)
            # Last: what they do to the kernel is the learner's doing.
            await learner.write({name: data for name, data in own_files.items() if name not in lab.files})

            async def open_tests() -> TestsProcess:
                process = await self._tests_process(lab)
                trace.processes.append(process)
                stack.push_async_callback(self._give_back, lab.key, process)
                return process

            deadline = monotonic() + self.options.notebook_timeout_s
            grading = Grading(self.options, plan, learner, open_tests, lab.released, lab.test_files, deadline)
            for index, cell in enumerate(merge(submission, lab.source)):
                await grading.visit(index, cell)
            trace.not_whole = grading.not_whole
        return GradeResult(tuple(grading.results), max_score(lab.source), answer_errors=tuple(grading.answer_errors))

    async def _tests_process(self, lab: _Lab) -> TestsProcess:
        """Take an idle process of the same source, or start one; its namespace is new either way."""
        for number, (key, process) in enumerate(self._idle):
            if key == lab.key:
                del self._idle[number]
                if await self._begin(process, lab):
                    return process
                break
        process = TestsProcess(await self._for_tests.open())
        if not await self._begin(process, lab, files={**lab.files, **lab.test_files}):
            raise SandboxUnavailableError("The kernel for the tests did not start.")
        return process

    async def _begin(self, process: TestsProcess, lab: _Lab, *, files: Mapping[str, bytes] | None = None) -> bool:
        """Make a process ready for a submission; it is ended where that fails. `files` are those of a new one."""
        try:
            if files is not None:
                await process.prepare(files)
            await process.begin(lab.plan.analysis.classes)
        except DialogueError:
            await process.close()
            return False
        except (Exception, asyncio.CancelledError):
            await process.close()
            raise
        return True

    async def _give_back(self, key: str, process: TestsProcess) -> None:
        if process.is_dead:
            return
        if self._is_closed:
            await process.close()
            return
        self._idle.append((key, process))
        while len(self._idle) > MAX_IDLE:
            _, oldest = self._idle.pop(0)
            await oldest.close()


def _sandboxes(fresh: FreshSandboxes, options: GradeOptions) -> Sandboxes:
    """Put together what `options` ask for."""
    alone: Sandboxes = PrestartedSandboxes(fresh, options.start_ahead) if options.start_ahead else fresh
    if not (options.templates and fresh.has_templates()):
        return alone
    return ForkingSandboxes(fresh, alone, templates=options.templates)


async def grade(submission: NotebookNode, source: NotebookNode, options: GradeOptions) -> GradeResult:
    """Grade one submission with kernels of its own; see `Grader.grade`."""
    grader = Grader(options)
    try:
        return await grader.grade(submission, source)
    finally:
        await grader.close()


def _prepare(
    key: str, source: NotebookNode, mode: Mode, files: Mapping[str, bytes], test_files: Mapping[str, bytes]
) -> _Lab:
    source = for_grading(source)
    released = {cell.metadata.nbgrader.grade_id: cell for cell in release(source).cells if "nbgrader" in cell.metadata}
    analysis = analyse(source)
    sealed = frozenset() if mode is Mode.IN_KERNEL else analysis.sealable
    choices = {cell_meta(cell).grade_id: cell for cell in source.cells if kind_of(cell)}
    plan = Plan(analysis, sealed, LANGUAGES.get(notebook_language(source)), defined_names(source), choices)
    tests = tests_hash(source, {**files, **test_files})
    return _Lab(key, tests, source, released, plan, files, test_files)


def _own_code(submission: NotebookNode, lab: _Lab) -> list[str]:
    merged = (cell for cell in merge(submission, lab.source) if cell.origin is Origin.LEARNER)
    return [cell.cell.source for cell in merged if cell.cell.cell_type == "code"]


def _behind(lab: _Lab, plan: Plan, losers: Collection[str]) -> frozenset[int]:
    """Return the sealed cells above those that lose which share a name with them; all sealed ones, if none does."""
    names = plan.analysis.test_names
    cells = [index for index in names if _grade_id(lab, index) in losers]
    wanted = frozenset[str]().union(*(names[index] for index in cells))
    behind = {index for index in plan.sealed if index < max(cells, default=0) and names[index] & wanted}
    return frozenset(behind) or plan.sealed


def _points(result: GradeResult) -> dict[str, float]:
    cells: tuple[CellResult, ...] = result.cells
    return {cell.grade_id: cell.points for cell in cells}


def _grade_id(lab: _Lab, index: int) -> str:
    return str(lab.source.cells[index].metadata.nbgrader.grade_id)


def _is_lost(cell: CellResult) -> bool:
    is_tried = cell.status is not CellStatus.MANUAL and cell.message not in (messages.NO_ANSWER, NO_CHOICE)
    return is_tried and not cell.points and cell.max_points > 0


def _max_points(lab: _Lab, index: int) -> float:
    return float(lab.source.cells[index].metadata.nbgrader.points)
