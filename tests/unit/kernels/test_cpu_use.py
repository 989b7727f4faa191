"""How long a sandbox waited for others, told from what it waited for itself."""

import pytest

from nexus_server.kernels.sandbox import CpuUse, ThreadTimes

AT_FIRST = CpuUse(1.0, {7: ThreadTimes(1.0, 0.5)})


def after(*threads: tuple[float, float], ended_s: float = 0.0) -> CpuUse:
    """Say what was counted after `AT_FIRST`, of each thread; `ended_s` was used by threads that ended."""
    used_s = sum(ran for ran, _ in threads) + ended_s
    times = {
        7 + number: ThreadTimes(ran + (number == 0) * 1.0, waited + (number == 0) * 0.5)
        for number, (ran, waited) in enumerate(threads)
    }
    return CpuUse(1.0 + used_s, times)


@pytest.mark.parametrize(
    ("now", "share", "waited_s"),
    [
        pytest.param(after((3.0, 27.0)), 1.0, 27.0, id="one thread that others kept waiting"),
        pytest.param(after((0.01, 0.002)), 1.0, 0.002, id="one that slept"),
        pytest.param(after((5.0, 5.0), (5.0, 5.0)), 1.0, 0.0, id="two that kept each other waiting"),
        pytest.param(after((1.0, 9.0), (1.0, 9.0)), 1.0, 8.0, id="two that others kept waiting, too"),
        pytest.param(after((0.5, 4.0), ended_s=4.0), 1.0, 0.0, id="one beside many short threads of its own"),
        pytest.param(after((3.0, 27.0)), 0.1, 0.0, id="one that had all of its tenth"),
        pytest.param(after((0.3, 29.7)), 0.1, 27.0, id="one that had a tenth of its tenth"),
        pytest.param(CpuUse(1.2, {}), 1.0, 0.0, id="no thread is left"),
    ],
)
def test_only_waiting_for_others_counts(now: CpuUse, share: float, waited_s: float) -> None:
    assert now.wait_for_others_s(AT_FIRST, share) == pytest.approx(waited_s)
