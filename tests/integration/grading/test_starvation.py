"""A machine that has no time for a learner's code costs the learner no points."""

import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from multiprocessing import Process, Semaphore
from typing import Any

import docker
import pytest

from nexus_server.grading.grader import Grader
from nexus_server.grading.options import GradeOptions, Mode
from nexus_server.grading.sandboxes.fresh import FreshSandboxes, ManagedKernel
from nexus_server.kernels.sandbox import CpuUse, ThreadTimes
from nexus_server.notebook_format.errors import StarvedError
from nexus_server.notebook_format.release import release
from tests.plugins import lab_notebooks as lab

pytestmark = [pytest.mark.docker, pytest.mark.skipif(sys.platform != "linux", reason="schedstat is Linux's")]

OPTIONS = GradeOptions(mode=Mode.IN_KERNEL, calibrate=False, cell_timeout_s=2.0)
#: busy processes beside the kernel, on the processor that it is bound to
NEIGHBOURS = 5
#: takes 0.8 s of the processor, whatever the clock says
WORKS = f"{lab.SQUARE}\nimport time\nwhile time.process_time() < 0.8 + BEGAN:\n    pass"
BEGINS = "import time\nBEGAN = time.process_time()\n"
#: it takes all that it gets
LOOPS = f"{lab.SQUARE}\nwhile True:\n    pass"
SLEEPS = f"{lab.SQUARE}\nimport time\ntime.sleep(600)"


@dataclass
class Bound:
    """Fresh kernels that share one processor with whatever else runs there."""

    processor: int
    opened: list[ManagedKernel] = field(default_factory=list)
    fresh: FreshSandboxes = field(default_factory=lambda: FreshSandboxes("nexus-python", cpu_share=1.0))

    async def open(self) -> ManagedKernel:
        kernel = await self.fresh.open()
        self.opened.append(kernel)
        container = docker.from_env().containers.get(kernel.km.provisioner.kernel.sandbox.id)
        container.update(cpuset_cpus=str(self.processor))
        return kernel

    async def image(self) -> str:
        return await self.fresh.image()

    async def close(self) -> None:
        pass


@dataclass
class Told(ManagedKernel):
    """A kernel whose thread is said to have run and waited so many seconds between two looks."""

    each: ThreadTimes = field(default_factory=ThreadTimes)
    looks: int = 0

    def cpu_use(self) -> CpuUse:
        self.looks += 1
        ran_s, waited_s = self.each.ran_s * self.looks, self.each.waited_s * self.looks
        return CpuUse(ran_s, {1: ThreadTimes(ran_s, waited_s)})


@dataclass
class Telling(Bound):
    """Such kernels, on any processor."""

    processor: int = 0
    each: ThreadTimes = field(default_factory=ThreadTimes)

    async def open(self) -> ManagedKernel:
        kernel = await self.fresh.open()
        self.opened.append(Told(kernel.km, kernel.kc, each=self.each))
        return self.opened[-1]


def _loop(processor: int, runs: Any) -> None:
    os.setsid()  # Linux shares a processor out by sessions first (autogroup), so each has one of its own
    os.sched_setaffinity(0, {processor})
    runs.release()
    while True:
        pass


@contextmanager
def neighbours(processor: int) -> Iterator[None]:
    """Keep a processor busy with as many processes as have to share it with a kernel."""
    runs = Semaphore(0)
    processes = [Process(target=_loop, args=(processor, runs), daemon=True) for _ in range(NEIGHBOURS)]
    for process in processes:
        process.start()
    try:
        for _ in processes:
            runs.acquire()
        yield
    finally:
        for process in processes:
            process.kill()
            process.join()


@asynccontextmanager
async def grader_of(sandboxes: Bound, **options: Any) -> AsyncIterator[Grader]:
    grader = Grader(replace(OPTIONS, **options), sandboxes)
    try:
        yield grader
    finally:
        with suppress(Exception):
            await grader.close()


def submission(answer: str) -> Any:
    return lab.answer(release(lab.square_lab()), {"square": BEGINS + answer})


async def test_a_right_answer_that_met_the_limit_for_want_of_the_processor_is_graded_with_more_time() -> None:
    sandboxes = Bound(processor=max(os.sched_getaffinity(0)))
    async with grader_of(sandboxes) as grader:
        with neighbours(sandboxes.processor):
            result = await grader.grade(submission(WORKS), lab.square_lab())
    assert (result.score, result.answer_errors) == (2, ())
    assert len(sandboxes.opened) == 2, "the first try met the limit"


@pytest.mark.parametrize(
    ("answer", "each"), [(LOOPS, ThreadTimes(1.0, 0.04)), (SLEEPS, ThreadTimes(0.01, 0.01))], ids=["loops", "sleeps"]
)
async def test_code_that_had_its_time_is_judged_at_the_first_try(answer: str, each: ThreadTimes) -> None:
    sandboxes = Telling(each=each)
    async with grader_of(sandboxes, cell_timeout_s=0.5) as grader:
        result = await grader.grade(submission(answer), lab.square_lab())
    assert [error.cell for error in result.answer_errors] == [1]
    assert len(sandboxes.opened) == 1


async def test_a_machine_that_has_no_time_at_all_grades_nobody() -> None:
    sandboxes = Telling(each=ThreadTimes(0.1, 0.4))
    async with grader_of(sandboxes, cell_timeout_s=0.5) as grader:
        with pytest.raises(StarvedError) as failure:
            await grader.grade(submission(LOOPS), lab.square_lab())
    assert not failure.value.is_outage
    assert len(sandboxes.opened) == 2, "it was tried with more time"
