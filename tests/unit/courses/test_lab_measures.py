"""What kernels took is noted when they are closed, and once."""

from types import SimpleNamespace
from typing import Any

from nexus_server.courses.lab_measures import KernelUse, MeasuredSandboxes, measure_of
from nexus_server.kernels.sandbox import CpuUse, Exit


class PlainKernel:
    """A kernel outside of the container engine, which used a second and a half of a processor."""

    def __init__(self) -> None:
        self.km: Any = SimpleNamespace(provisioner=None)
        self.kc: Any = "client"
        self.closed = 0

    async def find_exit(self) -> Exit | None:
        return Exit(3)

    def cpu_use(self) -> CpuUse | None:
        return None if self.closed else CpuUse(1.5, {})

    async def close(self) -> None:
        self.closed += 1


class PlainSandboxes:
    """Gives such kernels."""

    def __init__(self) -> None:
        self.given: list[PlainKernel] = []
        self.is_closed = False

    async def open(self) -> PlainKernel:
        self.given.append(PlainKernel())
        return self.given[-1]

    async def image(self) -> str:
        return "an image"

    async def close(self) -> None:
        self.is_closed = True


async def test_a_kernel_is_measured_before_its_end_and_once() -> None:
    plain = PlainSandboxes()
    measured = MeasuredSandboxes(plain)
    kernel = await measured.open()
    assert (kernel.kc, await kernel.find_exit(), await measured.image()) == ("client", Exit(3), "an image")
    assert measured.uses == []
    await kernel.close()
    await kernel.close()
    assert measured.uses == [KernelUse(peak_mb=None, cpu_s=1.5)]
    assert plain.given[0].closed == 2
    await measured.close()
    assert plain.is_closed


def test_the_largest_peak_counts_and_the_sum_of_the_processor() -> None:
    took = measure_of([KernelUse(40.0, 1.0), KernelUse(60.0, 0.5), KernelUse(None, None)], 9.0)
    assert (took.peak_mb, took.cpu_s, took.duration_s) == (60.0, 1.5, 9.0)
    nothing = measure_of([KernelUse(None, None)], 1.0)
    assert (nothing.peak_mb, nothing.cpu_s) == (None, None)
