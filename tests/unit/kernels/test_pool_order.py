"""In which order the pool fills itself."""

from pathlib import Path
from typing import Any, cast

from nexus_server.kernels.launcher import KernelImage, Launcher, RunningKernel
from nexus_server.kernels.pool import WarmPool
from nexus_server.kernels.settings import SandboxSettings


class _Sandbox:
    """One that runs."""

    async def poll(self) -> None:
        return None

    def memory_mb(self) -> float:
        return 40.0


class _Kernel:
    sandbox = _Sandbox()


class _Launcher(Launcher):
    """Starts nothing, and notes what it was asked for."""

    async def launch(  # type: ignore[override]
        self, _kernel_id: str, _key: bytes, image: KernelImage, *_: Any, **__: Any
    ) -> RunningKernel:
        begun.append(image.reference)
        kernel = _Kernel()
        kernel.on_removal = []  # type: ignore[attr-defined]
        return cast("RunningKernel", kernel)


class _Slots:
    def slot(self, name: str) -> Path:
        return Path(name)

    def create(self, _slot: Path) -> None:
        pass

    def remove(self, _slot: Path) -> None:
        pass


begun: list[str] = []


def image(name: str, memory_mb: int = 0) -> KernelImage:
    return KernelImage(name, ("kernel",), is_claimable=True, env={}, memory_mb=memory_mb)


async def test_a_light_kernel_does_not_wait_for_a_heavy_one() -> None:
    begun.clear()
    settings = SandboxSettings(pool_size=1, pool_sizes={}, pool_memory_mb=1024)
    nothing: Any = None
    launcher = _Launcher(settings, nothing, Path(), 0, 0, 0, 0, dict)
    slots: Any = _Slots()
    pool = WarmPool(launcher, slots, {"a-data": image("data", 256), "b-python": image("python")})
    await pool._step()
    await pool._step()
    assert begun == ["python", "data"]
