"""A kernel that somebody else ended costs a learner nothing; one that the learner's code ended costs its points."""

import asyncio
from dataclasses import dataclass, field

import pytest

from nexus_server.grading.grader import Grader
from nexus_server.grading.options import GradeOptions, Mode
from nexus_server.grading.sandboxes.fresh import FreshSandboxes, ManagedKernel
from nexus_server.kernels import runtime
from nexus_server.notebook_format.errors import EngineLostError, SandboxUnavailableError
from nexus_server.notebook_format.release import release
from nexus_server.notebook_format.results import CellStatus
from tests.plugins import lab_notebooks as lab
from tests.plugins.grading_site import AT_WORK, is_at_work

pytestmark = [pytest.mark.docker]

OPTIONS = GradeOptions(mode=Mode.IN_KERNEL, calibrate=False)


def container_of(kernel: ManagedKernel) -> str:
    return str(kernel.km.provisioner.kernel.sandbox.id)


async def remove(kernel: ManagedKernel) -> None:
    """End a kernel's container as an engine does that goes away."""
    await runtime.current().backend.remove(container_of(kernel))


@dataclass
class Counting:
    """Fresh kernels that are counted; some are gone when they are handed out."""

    gone: int = 0
    opened: list[ManagedKernel] = field(default_factory=list)
    fresh: FreshSandboxes = field(default_factory=lambda: FreshSandboxes("nexus-python", cpu_share=1.0))

    async def open(self) -> ManagedKernel:
        kernel = await self.fresh.open()
        self.opened.append(kernel)
        if len(self.opened) <= self.gone:
            await remove(kernel)
        return kernel

    async def image(self) -> str:
        return await self.fresh.image()

    async def close(self) -> None:
        pass


async def test_a_kernel_that_is_gone_before_the_learners_code_runs_scores_nothing() -> None:
    source = lab.square_lab()
    submission = lab.answer(release(source), {"square": lab.SQUARE})
    grader = Grader(OPTIONS, Counting(gone=1))
    with pytest.raises(SandboxUnavailableError) as failure:
        await grader.grade(submission, source)
    assert not failure.value.is_outage
    second = await grader.grade(submission, source)
    assert second.score == second.max_score
    await grader.close()


async def test_a_kernel_that_the_engine_takes_with_it_is_no_grade_but_an_outage() -> None:
    source = lab.square_lab()
    waits = f"{lab.SQUARE}\nimport time\nopen({AT_WORK!r}, 'w').close()\ntime.sleep(600)"
    sandboxes = Counting()
    grader = Grader(OPTIONS, sandboxes)
    grading = asyncio.create_task(grader.grade(lab.answer(release(source), {"square": waits}), source))
    async with asyncio.timeout(120):
        while not any([await asyncio.to_thread(is_at_work, container_of(kernel)) for kernel in sandboxes.opened]):
            await asyncio.sleep(0.05)  # the learner's code tells nobody that it runs
    await remove(sandboxes.opened[0])
    with pytest.raises(EngineLostError):
        await grading
    await grader.close()


async def test_code_that_kills_its_own_kernel_is_graded_once_more_and_loses_its_points() -> None:
    source = lab.square_lab()
    kills = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"
    sandboxes = Counting()
    grader = Grader(OPTIONS, sandboxes)
    result = await grader.grade(lab.answer(release(source), {"square": kills}), source)
    assert [(cell.points, cell.status) for cell in result.cells] == [(0, CellStatus.KERNEL_DIED)]
    assert len(sandboxes.opened) == 2
    await grader.close()
