"""The optional kernels of a site that are prepared when somebody first asks for one: who waits is told how long."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from jupyter_client.kernelspec import KernelSpecManager

from nexus_server.errors import UnavailableError
from nexus_server.kernels.host_calls import call_host
from nexus_server.kernels.image_requests import BuildState, ImageBuilds, on_demand
from nexus_server.kernels.settings import SandboxSettings
from nexus_server.kernels.shipped_images import Image, kernel_images
from nexus_server.kernels.specs import find_product_spec
from nexus_server.phrases import gettext_noop, phrase
from nexus_server.tasks import Part, end_task, forever

log = structlog.get_logger()

#: seconds between two looks at builds that are under way
LOOK_S = 2.0
#: seconds after a failure in which nobody's wish begins another build
PAUSE_S = 600.0
#: seconds after which who waits may ask again
AGAIN_S = 30.0

TellStaff = Callable[[str, Mapping[str, Any]], Awaitable[None]]

WAIT = gettext_noop(
    "{name} is being prepared, which takes about {minutes} minutes the first time on this site. Try again then."
)
SORRY = gettext_noop("{name} could not be prepared. Those who run this site have been told; try again later.")
NOTICE = "The kernel “{name}” was asked for and could not be built: {message} “nexus images {kernel}” tries again."


class KernelInPreparationError(UnavailableError):
    """This kernel is being prepared; try again in some minutes."""

    code = "kernel_in_preparation"


class KernelNotPreparedError(UnavailableError):
    """This kernel could not be prepared."""

    code = "kernel_not_prepared"


class FirstUse:
    """Has optional images built in the background, one after another. A `Background`."""

    def __init__(
        self, settings: SandboxSettings, builds: ImageBuilds, tell_staff: TellStaff, specs: Any = None
    ) -> None:
        """Have `builds` build what the settings allow; `specs` finds what is installed, by default as Jupyter does."""
        self._images = {image.kernel_name: image for image in kernel_images()}
        self._allowed = on_demand(settings.images_on_demand)
        self._builds = builds
        self._tell_staff = tell_staff
        self._specs = specs or KernelSpecManager()
        #: kernels that somebody waits for
        self._wanted: set[str] = set()
        #: why a kernel could not be built, and when that was on the monotonic clock
        self._failures: dict[str, tuple[str, float]] = {}
        self._wake = asyncio.Event()
        self._part: Part | None = None

    async def start(self) -> None:
        """Begin to wait for wishes."""
        self._part = forever("kernel-images", self._look, every_s=None, wake=self._wake)

    async def stop(self) -> None:
        """Stop looking; a build that is under way ends with whoever does it, and is begun again when asked for."""
        await end_task(self._part)

    def may_prepare(self, kernel_name: str) -> bool:
        """Whether a kernel that is not there would be built for who asks for it."""
        return self._part is not None and kernel_name in self._allowed

    def is_preparing(self, kernel_name: str) -> bool:
        """Whether it is being built."""
        return kernel_name in self._wanted

    def minutes(self, kernel_name: str) -> int:
        """About how long that takes."""
        return self._images[kernel_name].build_minutes

    def failures(self) -> dict[str, str]:
        """Why kernels could not be built, by kernel name."""
        return {name: message for name, (message, _) in sorted(self._failures.items())}

    async def require(self, kernel_name: str) -> None:
        """Return when a kernel is there, or when nothing is known of it here; else have it built.

        Raises:
            KernelInPreparationError: it is being built.
            KernelNotPreparedError: that failed a while ago.
        """
        if not self.may_prepare(kernel_name) or await asyncio.to_thread(self._is_there, kernel_name):
            return
        name = self._name(self._images[kernel_name])
        failed = self._failures.get(kernel_name)
        if failed is not None and time.monotonic() - failed[1] < PAUSE_S:
            raise KernelNotPreparedError(phrase(SORRY, name=name), retry_after_s=PAUSE_S)
        if kernel_name not in self._wanted:
            self._wanted.add(kernel_name)
            self._wake.set()
        minutes = self.minutes(kernel_name)
        raise KernelInPreparationError(phrase(WAIT, name=name, minutes=minutes), retry_after_s=AGAIN_S, minutes=minutes)

    def _is_there(self, kernel_name: str) -> bool:
        return find_product_spec(self._specs, kernel_name) is not None

    def _name(self, image: Image) -> str:
        return str(image.read_kernelspec()["display_name"]).removesuffix(" (sandbox)")

    async def _look(self) -> float | None:
        """Ask how each wish is; None when nothing is wished for."""
        for kernel_name in sorted(self._wanted):
            build = await call_host(self._builds.prepare, kernel_name)
            if build.state is BuildState.BUILDING:
                continue
            self._wanted.discard(kernel_name)
            self._failures.pop(kernel_name, None)
            if build.state is BuildState.FAILED:
                await self._note_failure(kernel_name, build.message)
            else:
                log.info("kernel_image_built", kernel=kernel_name)
        return LOOK_S if self._wanted else None

    async def _note_failure(self, kernel_name: str, message: str) -> None:
        self._failures[kernel_name] = (message, time.monotonic())
        log.error("kernel_image_not_built", kernel=kernel_name, message=message)
        name = self._name(self._images[kernel_name])
        told = NOTICE.format(name=name, message=message, kernel=kernel_name)
        await self._tell_staff("kernel.not_built", {"kernel": kernel_name, "message": told})
