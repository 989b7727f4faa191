"""The grader: one grading after the other or side by side."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from functools import cache, partial
from time import monotonic

from nbformat import NotebookNode

from nexus_server.clock import Clock, SystemClock
from nexus_server.grading.calibration import Calibration
from nexus_server.grading.hashes import content_hash
from nexus_server.grading.lab import Labs, PlannedLab
from nexus_server.grading.losses import is_by_engine, is_doubtful
from nexus_server.grading.options import GradeOptions, Mode
from nexus_server.grading.plain_code import is_plain_work, surroundings
from nexus_server.grading.plan import Plan
from nexus_server.grading.processes.idle_tests import IdleTests
from nexus_server.grading.processes.learner_process import LearnerProcess
from nexus_server.grading.processes.tests_process import TestsProcess
from nexus_server.grading.run import Grading
from nexus_server.grading.sandboxes.forking import ForkingSandboxes
from nexus_server.grading.sandboxes.fresh import FreshSandboxes, Sandboxes
from nexus_server.grading.sandboxes.prestarted import PrestartedSandboxes
from nexus_server.grading.starvation import Starvation, stretch
from nexus_server.grading.stateless_code import keeps_nothing
from nexus_server.kernels import runtime
from nexus_server.kernels.sandbox import Exit
from nexus_server.notebook_format.errors import EngineLostError, InvalidSourceError, StarvedError
from nexus_server.notebook_format.merge import MergedCell, Origin, merge
from nexus_server.notebook_format.metadata import max_score
from nexus_server.notebook_format.names import tied_tests
from nexus_server.notebook_format.results import GradeResult
from nexus_server.version import __version__

SYSTEM_CLOCK = SystemClock()
#: gradings of one submission with fewer sealed tests each, before all of them run in the kernel
MAX_MIXTURES = 3


@dataclass(slots=True)
class _Trace:
    """What one grading was given, used and met."""

    #: its limits
    options: GradeOptions
    starvation: Starvation
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
        self._tests = IdleTests(sandboxes or fresh)
        self._sandboxes = sandboxes or _sandboxes(fresh, options)
        self._clock = clock
        self._labs = Labs(options.mode)
        self._calibration = Calibration(self._grade)

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

        A learner's fault is a low score.

        Raises:
            SandboxUnavailableError: no kernel could be started, or the engine went away; trying again may help.
            InvalidSourceError: the instructor's notebook cannot be graded, or its own reference solution fails here.
        """
        lab = self._labs.get(source, files or {}, test_files or {})
        if self.options.mode is Mode.AUTO and self.options.calibrate:
            await self._calibration.prove(lab)
            if lab.fault and not self.options.judges_reference:
                raise InvalidSourceError(lab.fault)
        result = await self._grade_whole(lab, submission, own_files)
        provenance = await self._provenance(lab, submission_sha256 or content_hash(submission))
        return replace(result, provenance=provenance)

    async def _provenance(self, lab: PlannedLab, submission_sha256: str) -> dict[str, str]:
        """Say what was graded, against what, by what and when; the caller signs it."""
        return {
            "grader": f"nexusai {__version__}",
            "kernel": self.options.kernel_name,
            "image": await self.image(),
            "mode": self.options.mode.value,
            "content_hash": lab.key,
            "test_hash": lab.tests,
            "submission_sha256": submission_sha256,
            "graded_at": self._clock.now().isoformat(),
        }

    def _starvation(self) -> Starvation:
        """Watch over what a grading is due by the settings, however far its own limits are stretched."""
        options = self.options
        cpu_share = options.cpu_share or runtime.current().settings.cpu_share
        return Starvation(cpu_share, options.cell_timeout_s, options.notebook_timeout_s)

    async def image(self) -> str:
        """Name what the learner's code runs in.

        Raises:
            SandboxUnavailableError: there is no such kernel.
        """
        return await self._sandboxes.image()

    async def close(self) -> None:
        """End every process that was kept; a grading under way ends its own."""
        await self._tests.close()
        await self._sandboxes.close()

    async def _grade_whole(
        self, lab: PlannedLab, submission: NotebookNode, own_files: Mapping[str, bytes] | None
    ) -> GradeResult:
        """Grade; where a value cannot cross whole, grade again with the tests that ask for it in the kernel."""
        plan, not_whole = lab.plan, set[int]()
        for _ in range(MAX_MIXTURES):
            result = await self._grade(lab, submission, plan, own_files, not_whole)
            is_final = not not_whole or self.options.mode is not Mode.AUTO
            # Only code that cannot bend a test may choose where one runs.
            if is_final or not await asyncio.to_thread(_is_plain, submission, lab):
                return result
            plan = plan.without_sealed(tied_tests(lab.source, plan.sealed, not_whole), lab.source)
            not_whole.clear()
        return await self._grade(lab, submission, replace(plan, sealed=frozenset()), own_files)

    async def _grade(
        self,
        lab: PlannedLab,
        submission: NotebookNode,
        plan: Plan,
        own_files: Mapping[str, bytes] | None = None,
        not_whole: set[int] | None = None,
    ) -> GradeResult:
        """Grade, and once more where the machine may have cost points: it killed a kernel, or had no time for one."""
        options = self.options
        for is_last in (False, True):
            trace = _Trace(options, self._starvation())
            result = await self._grade_once(lab, submission, plan, own_files or {}, trace)
            if is_by_engine(trace.exits):
                raise EngineLostError
            if trace.starvation.got is not None:
                if is_last:
                    raise StarvedError
                options = _stretched(options, stretch(trace.starvation.got))
            elif not is_doubtful(trace.exits):
                break
        if not_whole is not None:
            not_whole |= trace.not_whole
        return result

    async def _grade_once(
        self,
        lab: PlannedLab,
        submission: NotebookNode,
        plan: Plan,
        own_files: Mapping[str, bytes],
        trace: "_Trace",
    ) -> GradeResult:
        """Grade in a fresh kernel, and note in `trace` what that used and met."""
        options, starvation = trace.options, trace.starvation
        async with AsyncExitStack() as stack:
            kernel = await self._sandboxes.open()
            stack.push_async_callback(kernel.close)
            learner = LearnerProcess(kernel, max_output_bytes=self.options.max_output_bytes)
            trace.processes.append(learner)
            classes = plan.analysis.classes if plan.sealed else None
            await learner.prepare(lab.files, classes, plan.language)
            # Last: what they do to the kernel is the learner's doing.
            await learner.write({name: data for name, data in own_files.items() if name not in lab.files})
            starvation.add(learner)

            async def open_tests() -> TestsProcess:
                own = {**lab.files, **lab.test_files}
                lent = self._tests.lend(lab.key, lab.plan.analysis.classes, own)
                process = await stack.enter_async_context(lent)
                trace.processes.append(process)
                starvation.add(process)
                return process

            deadline = monotonic() + options.notebook_timeout_s
            merged = merge(submission, lab.source)
            is_stateless = cache(partial(_keeps_nothing, merged, lab, plan))
            grading = Grading(options, plan, learner, open_tests, lab.released, lab.test_files, deadline, is_stateless)
            for index, cell in enumerate(merged):
                starvation.begin_cell()
                await grading.visit(index, cell)
                starvation.end_cell(options.cell_timeout_s)
            if grading.left_s() <= 0:
                starvation.end_notebook()
            trace.not_whole = grading.not_whole
        return GradeResult(tuple(grading.results), max_score(lab.source), answer_errors=tuple(grading.answer_errors))


def _stretched(options: GradeOptions, factor: float) -> GradeOptions:
    """Give more time on the clock, for the same time of the processor."""
    return replace(
        options,
        cell_timeout_s=options.cell_timeout_s * factor,
        notebook_timeout_s=options.notebook_timeout_s * factor,
    )


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


def _is_plain(submission: NotebookNode, lab: PlannedLab) -> bool:
    """Whether only code that cannot bend a test would run beside one."""
    merged = merge(submission, lab.source)
    return is_plain_work(_own(merged), surroundings(merged, lab.source, has_test_files=bool(lab.test_files)))


def _keeps_nothing(merged: list[MergedCell], lab: PlannedLab, plan: Plan) -> bool:
    """Whether the learner's code can carry nothing from a hidden test to a visible one."""
    around = surroundings(merged, lab.source, has_test_files=bool(lab.test_files))
    asked = frozenset(name for names in plan.analysis.learner_names.values() for name in names)
    return keeps_nothing(_own(merged), around, asked)


def _own(merged: list[MergedCell]) -> list[str]:
    return [cell.cell.source for cell in merged if cell.origin is Origin.LEARNER and cell.cell.cell_type == "code"]
