"""Optional kernel images that are built when somebody first needs them, in a thread of whoever has the rights."""

import sys
import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from nexus_server.errors import ForbiddenError, NexusError
from nexus_server.kernels.image_building import ensure_image
from nexus_server.kernels.shipped_images import kernel_images

#: seconds after which a build counts as failed: the network hangs, say
BUILD_LIMIT_S = 3600.0

Build = Callable[[str], object]


class NotOnDemandError(ForbiddenError):
    """This kernel image is not built on demand here."""

    code = "not_on_demand"


class BuildState(StrEnum):
    """How the building of an image is."""

    BUILDING = "building"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ImageBuild:
    """How it is, and what went wrong."""

    state: BuildState
    message: str = ""


class ImageBuilds(Protocol):
    """Builds images on demand."""

    def prepare(self, kernel_name: str) -> ImageBuild:
        """Begin to build a kernel's image unless that is under way, and say how it is; an end is told once.

        Raises:
            NotOnDemandError: the site does not build it on demand.
        """
        ...


def on_demand(allowed: Collection[str]) -> frozenset[str]:
    """Return the optional kernels among `allowed`; what is always built, or not shipped, is not built on demand."""
    return frozenset(image.kernel_name for image in kernel_images() if image.is_optional) & set(allowed)


def build_here(kernel_name: str) -> Mapping[str, str]:
    """Build an image into this program's own environment; of several builders on a machine one works at a time.

    What nobody asked for stays as it is: a running site changes its other kernels by `nexus images` alone.
    """
    return ensure_image(Path(sys.prefix), kernel_name)


class OwnImageBuilds:
    """Builds in threads of this process, for which it needs the engine and the rights to write its own environment."""

    def __init__(self, allowed: Collection[str], build: Build = build_here) -> None:
        """Build what is in `allowed`."""
        self._allowed = on_demand(allowed)
        self._build = build
        self._lock = threading.Lock()
        self._under_way: dict[str, _BuildThread] = {}

    def prepare(self, kernel_name: str) -> ImageBuild:
        """Begin to build a kernel's image unless that is under way, and say how it is; an end is told once.

        Raises:
            NotOnDemandError: the site does not build it on demand.
        """
        if kernel_name not in self._allowed:
            raise NotOnDemandError
        with self._lock:
            work = self._under_way.get(kernel_name)
            if work is None:
                self._under_way[kernel_name] = _BuildThread(kernel_name, self._build)
                return ImageBuild(BuildState.BUILDING)
            told = work.look()
            if told.state is not BuildState.BUILDING:
                del self._under_way[kernel_name]
            return told


class _BuildThread:
    """One build in a thread that ends with the process."""

    def __init__(self, kernel_name: str, build: Build) -> None:
        self._failure: str | None = None
        self._began_at = time.monotonic()
        self._thread = threading.Thread(target=self._run, args=(kernel_name, build), daemon=True)
        self._thread.start()

    def _run(self, kernel_name: str, build: Build) -> None:
        try:
            build(kernel_name)
        except NexusError as error:
            self._failure = error.message
        except Exception as error:  # noqa: BLE001  whatever it is, whoever asked has to hear that there is none
            self._failure = f"{type(error).__name__}: {error}"

    def look(self) -> ImageBuild:
        if not self._thread.is_alive():
            failure = self._failure
            return ImageBuild(BuildState.READY) if failure is None else ImageBuild(BuildState.FAILED, failure)
        if time.monotonic() - self._began_at > BUILD_LIMIT_S:
            return ImageBuild(BuildState.FAILED, f"It took longer than {BUILD_LIMIT_S / 60:.0f} minutes.")
        return ImageBuild(BuildState.BUILDING)
