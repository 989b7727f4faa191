"""A grading that is cancelled anywhere leaves nothing: each place where it waits is tried, early and late."""

import asyncio
from collections.abc import Callable

import pytest

from nexus_server.grading.grader import Grader
from nexus_server.grading.options import GradeOptions
from nexus_server.notebook_format.release import release
from nexus_server.notebook_format.results import GradeResult
from tests.integration.kernels.conftest import StartRuntime
from tests.plugins import lab_notebooks as lab
from tests.plugins.sampling import sampled
from tests.plugins.stepping import Place, Stepped, look, nothing_left, run_stepped

pytestmark = [pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(1800)]

#: whose methods tell how far a grading has come
STAGES = ("Grading.", "FreshSandboxes.", "IdleTests.", "LearnerProcess.", "TestsProcess.", "ManagedKernel.")

#: a learner's function that ends its own process, so that the grading sees to a kernel that is gone
FATAL = "import os\ndef square(x): os._exit(0)"


def each(place: Place) -> Place:
    return place


def stage(place: Place) -> Place:
    """Return what a grading does at a place, wherever exactly it waits: starts are tried one by one elsewhere."""
    steps = [step.partition(":")[0] for step in place if step.startswith(STAGES)]
    return ("FreshSandboxes.open",) if "FreshSandboxes.open" in steps else tuple(steps[-1:])


async def grade(grader: Grader, answer: str) -> GradeResult:
    source = lab.square_lab()
    return await grader.grade(lab.answer(release(source), {"square": answer}), source)


@pytest.mark.parametrize(
    ("answer", "is_late", "kind_of"),
    sampled(
        [
            (lab.SQUARE, False, stage),
            (lab.SQUARE, False, each),
            (lab.SQUARE, True, each),
            (FATAL, False, each),
            (FATAL, True, each),
        ],
        ["right-stages"],
        ids=["right-stages", "right-early", "right-late", "fatal-early", "fatal-late"],
    ),
)
async def test_a_grading_that_is_cancelled_anywhere_leaves_nothing(
    start_runtime: StartRuntime, answer: str, kind_of: Callable[[Place], Place], *, is_late: bool
) -> None:
    server = await start_runtime()
    options = GradeOptions(kernel_name="nexus-python", calibrate=kind_of is each)
    first = Grader(options)
    await grade(first, answer)
    await first.close()  # what is made on first use stays
    before = look(server.owner.path, server.root)
    tried = set[Place]()
    while True:
        grader = Grader(options)
        stepped = Stepped(grade(grader, answer), tried, is_late, kind_of)
        task = asyncio.create_task(run_stepped(stepped), name="grading")
        await asyncio.wait({task})
        place = stepped.place or ()
        if any(step.startswith("TestsProcess.") for step in place):
            # Tests that were cut off are no use to the next submission: it would wait for their end.
            assert await nothing_left(server.owner.path, server.root, before) == {}, f"kept when cancelled at {place}"
        await grader.close()
        assert await nothing_left(server.owner.path, server.root, before) == {}, f"cancelled at {place}"
        if stepped.place is None:
            task.result()
            break
        assert task.cancelled(), f"it went on when cancelled at {place}"
    assert {"LearnerProcess.run", "TestsProcess._converse", "ManagedKernel.close"} <= {
        step.partition(":")[0] for place in tried for step in place
    }
