"""A `Host` whose rights are a helper's: each part of it turns calls into requests."""

import builtins
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from nexus_server.kernels.docker.container_engine import ContainerState
from nexus_server.kernels.errors import KernelStartError
from nexus_server.kernels.helper import requests as ask
from nexus_server.kernels.helper.link import HelperConnections, HelperUnavailableError
from nexus_server.kernels.helper.places import Places
from nexus_server.kernels.host import Host
from nexus_server.kernels.image_requests import BuildState, ImageBuild
from nexus_server.kernels.kernel_users import KernelUsers
from nexus_server.kernels.launcher import OWNER_LABEL
from nexus_server.kernels.limits import KernelLimits
from nexus_server.kernels.owners import ADOPTABLE_LABEL, LOCK_LABEL
from nexus_server.kernels.sandbox import SandboxInfo, SandboxSpec
from nexus_server.kernels.settings import SandboxSettings
from nexus_server.kernels.socket_dirs import SocketDirs
from nexus_server.kernels.storage.mount_slots import Slots
from nexus_server.kernels.storage.workspaces import Workspaces


def helped_host(settings: SandboxSettings, places: Places, socket: Path) -> Host:
    """Return what the helper that listens on `socket` can do; nothing is connected yet."""
    link, users = HelperConnections(socket), KernelUsers.of(settings, is_root=True)
    return Host(
        users=users,
        engine=HelpedEngine(link, places),
        workspaces=HelpedWorkspaces(
            places.views,
            size_mb=settings.workspace_mb,
            files=settings.workspace_files,
            uid=places.uid,
            gid=places.gid,
            is_enforced=settings.workspace_quota,
            link=link,
        ),
        slots=HelpedSlots(places.slots, places.uid, places.gid, link, places.views),
        dirs=HelpedDirs(link, places),
        images=HelpedImageBuilds(link),
        leave=partial(_leave, link),
    )


def _leave(link: HelperConnections) -> None:
    with contextlib.suppress(HelperUnavailableError):  # it does so by itself when this process is gone
        link.ask(ask.Leave())


@dataclass(slots=True)
class HelpedWorkspaces(Workspaces):
    """Learners' files, as the server sees them: as its own."""

    link: HelperConnections = field(kw_only=True)

    def _open(self, owner: UUID) -> None:
        self.link.ask(ask.OpenWorkspace(owner=owner))

    def close_now(self, owner: UUID) -> None:
        """Unmount a workspace that no kernel uses; its files stay."""
        self.link.ask(ask.CloseWorkspace(owner=owner))

    def close_all_now(self) -> None:
        """Unmount every workspace."""
        self.link.ask(ask.CloseWorkspaces())

    def delete_now(self, owner: UUID) -> None:
        """Delete a learner's files for ever."""
        self.link.ask(ask.DeleteWorkspace(owner=owner))


def owner_of(workspace: Path, views: Path) -> UUID:
    """Return whose workspace this is.

    Raises:
        KernelStartError: it is no learner's.
    """
    refusal = KernelStartError("A kernel can only have a learner's workspace.")
    if workspace.parent != views:
        raise refusal
    try:
        return UUID(workspace.name)
    except ValueError:
        raise refusal from None


@dataclass(frozen=True, slots=True)
class HelpedSlots(Slots):
    """Slots that the helper fills."""

    link: HelperConnections
    views: Path

    def prepare(self) -> bool:
        """Make ready for mounts that containers see; False where that cannot be."""
        return bool(self.link.ask(ask.PrepareSlots()))

    def release(self) -> None:
        """Undo `prepare`."""
        self.link.ask(ask.ReleaseSlots())

    def create(self, slot: Path) -> None:
        """Make a slot, empty."""
        self.link.ask(ask.MakeSlot(slot=slot.name))

    def attach(self, slot: Path, workspace: Path | None, limits: KernelLimits) -> None:  # noqa: ARG002  the site's hold
        """Show the workspace in the slot's container; None gives it an empty directory in memory."""
        owner = None if workspace is None else owner_of(workspace, self.views)
        self.link.ask(ask.FillSlot(slot=slot.name, workspace=owner))

    def remove(self, slot: Path) -> None:
        """Detach what the slot shows, and delete it."""
        self.link.ask(ask.RemoveSlot(slot=slot.name))

    def remove_all(self, keep: set[str]) -> None:
        """Delete the slots that a dead server left, except those in `keep`."""
        self.link.ask(ask.KeepSlots(slots=sorted(keep)))


@dataclass(frozen=True, slots=True)
class HelpedDirs(SocketDirs):
    """Directories of sockets below the helper's own."""

    link: HelperConnections
    places: Places

    def place(self, outer: Path) -> Path:
        """Where the directory is that a container sees."""
        return self.places.kernel(outer.name)

    def make(self, place: Path) -> None:
        """Make it, empty and the server's."""
        self.link.ask(ask.MakePlace(kernel=place.name))

    def lend(self, place: Path, uid: int, gid: int) -> None:  # noqa: ARG002  the helper knows them
        """Let the kernel's user make sockets in it."""
        kernel, inner = self._names(place)
        self.link.ask(ask.LendPlace(kernel=kernel, place=inner))

    def take_back(self, place: Path) -> None:
        """Let nobody but the server change it, and let the server connect to what is in it."""
        kernel, inner = self._names(place)
        self.link.ask(ask.TakePlace(kernel=kernel, place=inner))

    def _names(self, place: Path) -> tuple[str, str]:
        parts = place.relative_to(self.places.kernels).parts
        return parts[0], "/".join(parts[1:])

    def rename(self, place: Path, other: Path) -> None:
        """Follow the kernel's own directory, which got another name."""
        self.link.ask(ask.RenamePlace(kernel=place.name, other=other.name))

    def remove(self, place: Path) -> None:
        """Remove it with all content."""
        if place.is_dir():
            with contextlib.suppress(HelperUnavailableError):  # the next server that uses the name removes it
                self.link.ask(ask.RemovePlace(kernel=place.name))


@dataclass(frozen=True, slots=True)
class HelpedImageBuilds:
    """Images that the helper builds."""

    link: HelperConnections

    def prepare(self, kernel_name: str) -> ImageBuild:
        """Begin to build a kernel's image unless that is under way, and say how it is; an end is told once."""
        told = self.link.ask(ask.PrepareImage(kernel=kernel_name))
        return ImageBuild(BuildState(told["state"]), told["message"])


@dataclass(frozen=True, slots=True)
class HelpedEngine:
    """The engine behind the helper."""

    link: HelperConnections
    places: Places

    def start(self, spec: SandboxSpec) -> ContainerState:
        """Create and start a container; nothing is left when it does not start."""
        is_slot, files = spec.is_slot, spec.workspace
        asked = ask.StartContainer(
            kernel=spec.connection_dir.name,
            label=spec.kernel_id,
            image=spec.image,
            env=dict(spec.env),
            memory_mb=spec.limits.memory_mb,
            cpu_share=spec.limits.cpu_share,
            start_cpu_share=spec.start_cpu_share,
            start_weight=spec.start_weight,
            slot=files.name if files is not None and is_slot else None,
            workspace=owner_of(files, self.places.views) if files is not None and not is_slot else None,
            is_template=spec.is_template,
            owner=spec.labels[OWNER_LABEL],
            lock=Path(spec.labels[LOCK_LABEL]).name,
            is_adoptable=spec.labels[ADOPTABLE_LABEL] == "1",
        )
        return ContainerState(**self.link.ask(asked))

    def inspect(self, container_id: str) -> ContainerState | None:
        """Return its state; None when there is no such container, or it is not this site's."""
        try:
            found = self.link.ask(ask.InspectContainer(container=container_id))
        except ask.BadRequestError:
            return None
        return None if found is None else ContainerState(**found)

    def list(self) -> builtins.list[SandboxInfo]:
        """Every container of this site, and those that nobody owns."""
        return [SandboxInfo(**item) for item in self.link.ask(ask.ListContainers())]

    def signal(self, container_id: str, signum: int) -> None:
        """Send its first process a signal; nothing happens when it has ended."""
        self._unless_gone(ask.SignalContainer(container=container_id, signum=int(signum)))

    def pause(self, container_id: str) -> None:
        """Let all its processes stand still."""
        self._unless_gone(ask.PauseContainer(container=container_id))

    def resume(self, container_id: str) -> None:
        """Let them go on."""
        self._unless_gone(ask.ResumeContainer(container=container_id))

    def resize(self, container_id: str, limits: KernelLimits) -> None:
        """Set memory and CPU."""
        self.link.ask(
            ask.ResizeContainer(container=container_id, memory_mb=limits.memory_mb, cpu_share=limits.cpu_share)
        )

    def remove(self, container_id: str) -> None:
        """End and delete it, and return when it is gone, whoever removes it."""
        self._unless_gone(ask.RemoveContainer(container=container_id))

    def _unless_gone(self, request: ask.HelperRequest) -> None:
        """Ask it, unless the helper knows no such container: it is gone, for only this site's own are asked for."""
        try:
            self.link.ask(request)
        except ask.BadRequestError:
            return

    def image_id(self, reference: str) -> str:
        """The content hash of an image."""
        return str(self.link.ask(ask.FindImage(image=reference)))

    def info(self) -> dict[str, Any]:
        """What the engine says about itself, as far as anybody here asks."""
        return dict(self.link.ask(ask.DescribeEngine()))

    def follow(self, opened: Callable[[], None]) -> None:
        """Call `opened` once the engine answers, then return when its event stream ends."""
        self.link.follow(opened)

    def stop_following(self) -> None:
        """End `follow` from another thread."""
        self.link.stop_following()

    def close(self) -> None:
        """Let go of connections."""
        self.link.close()
