"""When a grading is said to have been starved of the processor, and how much longer it is given then."""

from dataclasses import dataclass, field

import pytest

from nexus_server.grading.starvation import MAX_STRETCH, MIN_STRETCH, Starvation, stretch
from nexus_server.kernels.sandbox import CpuUse, ThreadTimes

CELL_S, NOTEBOOK_S = 30.0, 300.0


@dataclass(eq=False)
class Process:
    """A process with one thread, and the times that it is made to have."""

    times: ThreadTimes | None = field(default_factory=ThreadTimes)

    def cpu_use(self) -> CpuUse | None:
        return None if self.times is None else CpuUse(self.times.ran_s, {1: self.times})


def watched(process: Process, share: float = 1.0) -> Starvation:
    starvation = Starvation(share, CELL_S, NOTEBOOK_S)
    starvation.add(process)
    starvation.begin_cell()
    return starvation


@pytest.mark.parametrize(
    ("ran_s", "waited_s", "got"),
    [
        (3.0, 27.0, 0.1),
        (15.0, 15.0, 0.5),
        (29.0, 1.0, None),  # a loop without end on a machine with a little other work
        (0.01, 0.5, None),  # a cell that slept
        (27.5, 100.0, None),  # it had its time, and would have it again
        (0.0, 30.0, 0.0),
    ],
)
def test_a_cell_that_met_its_limit_for_want_of_the_processor(ran_s: float, waited_s: float, got: float | None) -> None:
    process = Process(ThreadTimes(100.0, 50.0))
    starvation = watched(process)
    process.times = ThreadTimes(100.0 + ran_s, 50.0 + waited_s)
    starvation.end_cell(timeout_s=0.0)
    assert starvation.got == (None if got is None else pytest.approx(got))


def test_a_cell_that_ended_in_time_had_enough() -> None:
    process = Process()
    starvation = watched(process)
    process.times = ThreadTimes(1.0, 29.0)
    starvation.end_cell(timeout_s=3600.0)
    assert starvation.got is None


def test_each_cell_is_counted_for_itself() -> None:
    process = Process()
    starvation = watched(process)
    process.times = ThreadTimes(1.0, 29.0)
    starvation.begin_cell()
    starvation.end_cell(timeout_s=0.0)
    assert starvation.got is None


def test_a_notebook_that_met_its_limit_is_counted_from_its_beginning() -> None:
    process = Process()
    starvation = watched(process)
    process.times = ThreadTimes(60.0, 240.0)
    starvation.begin_cell()
    starvation.end_notebook()
    assert starvation.got == pytest.approx(0.2)


def test_the_hungriest_process_counts() -> None:
    learner, tests = Process(), Process()
    starvation = watched(learner)
    starvation.add(tests)
    learner.times, tests.times = ThreadTimes(20.0, 10.0), ThreadTimes(3.0, 27.0)
    starvation.end_cell(timeout_s=0.0)
    assert starvation.got == pytest.approx(0.1)


def test_a_process_that_cannot_be_seen_says_nothing() -> None:
    process = Process()
    starvation = watched(process)
    process.times = None
    starvation.end_cell(timeout_s=0.0)
    assert starvation.got is None


def test_more_than_one_cpu_helps_one_thread_no_further() -> None:
    process = Process()
    starvation = watched(process, share=4.0)
    process.times = ThreadTimes(28.0, 4.0)
    starvation.end_cell(timeout_s=0.0)
    assert starvation.got is None


@pytest.mark.parametrize(("got", "factor"), [(0.0, MAX_STRETCH), (0.1, MAX_STRETCH), (0.5, 2.5), (0.99, MIN_STRETCH)])
def test_limits_are_stretched_by_what_was_missing(got: float, factor: float) -> None:
    assert stretch(got) == pytest.approx(factor)
