"""Doing what a request asks: one method for each kind, with the rights of root. Requests are checked when they come."""

import contextlib
import logging
import signal
import threading
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from nexus_server.kernels.docker.container_engine import ContainerEngine, ContainerState
from nexus_server.kernels.docker.pidfd import WatchedProcess
from nexus_server.kernels.errors import EngineUnavailableError
from nexus_server.kernels.helper import requests as ask
from nexus_server.kernels.helper.site import NotAllowedError, Site
from nexus_server.kernels.image_requests import BuildState, OwnImageBuilds
from nexus_server.kernels.reaper import is_orphan
from nexus_server.kernels.sandbox import SandboxInfo
from nexus_server.kernels.storage.mount_slots import Slots
from nexus_server.kernels.storage.mount_views import ViewOptions
from nexus_server.kernels.storage.workspaces import Workspaces

log = logging.getLogger(__name__)

#: what is told of the engine: what `nexus doctor` judges
TOLD = ("ServerVersion", "SecurityOptions", "Runtimes", "DefaultRuntime", "DockerRootDir",
        "MemoryLimit", "SwapLimit", "CpuCfsQuota", "PidsLimit")  # fmt: skip


def view_options(site: Site) -> ViewOptions:
    """Return how the server sees learners' files: as its own, and root's as root's."""
    users, server = site.users, site.places
    return ViewOptions(users=((0, 0), (users.host_uid, server.uid)), groups=((0, 0), (users.host_gid, server.gid)))


class HelperService:
    """What one site's helper can do. Its methods are called from many threads."""

    def __init__(self, site: Site, engine: ContainerEngine, workspaces: Workspaces) -> None:
        """Serve this site; `workspaces` are those of `Places.store`."""
        self._site = site
        self._engine = engine
        self._workspaces = workspaces
        self._slots = Slots(site.places.slots, site.users.host_uid, site.users.host_gid)
        self._view = view_options(site)
        self._images = OwnImageBuilds(site.settings.images_on_demand)
        self._viewing = threading.Lock()
        #: first processes of this site's containers, by container; 0 where it was not seen running
        self._ours: dict[str, int] = {}

    def do(self, asked: ask.AnyRequest, tell: Callable[[], None]) -> Any:
        """Do it, and return the answer as plain data; `tell` is called when `FollowEngine` has an engine to follow.

        Raises:
            NexusError: with the reason.
            OSError: the system refused.
        """
        if isinstance(asked, ask.FollowEngine):
            return self._engine.follow(tell)
        return getattr(self, f"_{asked.ask}")(asked)

    # ---- learners' files ----

    def _open_workspace(self, asked: ask.OpenWorkspace) -> None:
        self._workspaces.open_now(asked.owner)
        with self._viewing:
            if not (self._site.places.views / str(asked.owner)).is_mount():
                self._site.places.show_workspace(asked.owner, self._view)

    def _close_workspace(self, asked: ask.CloseWorkspace) -> None:
        with self._viewing:
            self._site.places.hide_workspace(asked.owner)
        self._workspaces.close_now(asked.owner)

    def _close_workspaces(self, _: ask.CloseWorkspaces) -> None:
        for owner in self._workspaces.owners():
            self._close_workspace(ask.CloseWorkspace(owner=owner))

    def _delete_workspace(self, asked: ask.DeleteWorkspace) -> None:
        self._close_workspace(ask.CloseWorkspace(owner=asked.owner))
        self._workspaces.delete_now(asked.owner)

    # ---- slots ----

    def _prepare_slots(self, _: ask.PrepareSlots) -> bool:
        return self._slots.prepare()

    def _release_slots(self, _: ask.ReleaseSlots) -> None:
        self._slots.release()

    def _make_slot(self, asked: ask.MakeSlot) -> None:
        self._slots.create(self._slots.slot(asked.slot))

    def _fill_slot(self, asked: ask.FillSlot) -> None:
        workspace = None if asked.workspace is None else self._site.places.store / str(asked.workspace)
        self._slots.attach(self._slots.slot(asked.slot), workspace, self._site.settings.limits())

    def _remove_slot(self, asked: ask.RemoveSlot) -> None:
        self._slots.remove(self._slots.slot(asked.slot))

    def _keep_slots(self, asked: ask.KeepSlots) -> None:
        self._slots.remove_all(set(asked.slots))

    # ---- directories of sockets ----

    def _make_place(self, asked: ask.MakePlace) -> None:
        self._site.places.make_kernel(asked.kernel)

    def _lend_place(self, asked: ask.LendPlace) -> None:
        users = self._site.users
        self._site.places.lend(asked.kernel, asked.place, users.host_uid, users.host_gid)

    def _take_place(self, asked: ask.TakePlace) -> None:
        # A template listens as its container's root.
        root = self._site.users.host_uid - self._site.users.uid
        self._site.places.take(asked.kernel, asked.place, frozenset({self._site.users.host_uid, root}))

    def _rename_place(self, asked: ask.RenamePlace) -> None:
        self._site.places.rename_kernel(asked.kernel, asked.other)

    def _remove_place(self, asked: ask.RemovePlace) -> None:
        self._site.places.remove_kernel(asked.kernel)

    # ---- containers ----

    def _start_container(self, asked: ask.StartContainer) -> dict[str, Any]:
        state = self._engine.start(self._site.spec(asked))
        self._ours[state.id] = state.pid
        return asdict(state)

    def _inspect_container(self, asked: ask.InspectContainer) -> dict[str, Any] | None:
        self._require_ours(asked.container)
        state = self._engine.inspect(asked.container)
        return None if state is None else asdict(self._noted(state))

    def _noted(self, state: ContainerState) -> ContainerState:
        self._ours[state.id] = state.pid or self._ours.get(state.id, 0)
        return state

    def _list_containers(self, _: ask.ListContainers) -> list[dict[str, Any]]:
        found = [item for item in self._engine.list() if self._is_ours(item)]
        self._ours = {item.id: self._ours.get(item.id, 0) for item in found}
        return [{**asdict(item), "labels": dict(item.labels)} for item in found]

    def _is_ours(self, item: SandboxInfo) -> bool:
        """Whether the server may deal with it: this site's own, and what nobody owns."""
        own_lock = self._site.runtime_root / "nobody's.lock"
        return self._site.owns(item.labels) or is_orphan(item, own_lock=own_lock, owned=frozenset())

    def _require_ours(self, container: str) -> None:
        if container not in self._ours:
            self._list_containers(ask.ListContainers())
        if container not in self._ours:
            raise NotAllowedError("This container is not this site's.")

    def _signal_container(self, asked: ask.SignalContainer) -> None:
        self._require_ours(asked.container)
        try:
            self._engine.signal(asked.container, asked.signum)
        except EngineUnavailableError:
            self._signal_past_engine(asked.container, asked.signum)

    def _signal_past_engine(self, container: str, signum: int) -> None:
        """Send a signal to a container's first process itself.

        Raises:
            EngineUnavailableError: that process was never seen.
        """
        pid = self._ours.get(container, 0)
        if not pid:
            raise EngineUnavailableError
        with contextlib.suppress(OSError), contextlib.closing(WatchedProcess(pid, container)) as process:
            process.send(signum)

    def _pause_container(self, asked: ask.PauseContainer) -> None:
        self._require_ours(asked.container)
        self._engine.pause(asked.container)

    def _resume_container(self, asked: ask.ResumeContainer) -> None:
        self._require_ours(asked.container)
        self._engine.resume(asked.container)

    def _resize_container(self, asked: ask.ResizeContainer) -> None:
        self._require_ours(asked.container)
        self._engine.resize(asked.container, self._site.limits(asked.memory_mb, asked.cpu_share))

    def _remove_container(self, asked: ask.RemoveContainer) -> None:
        self._require_ours(asked.container)
        try:
            self._engine.remove(asked.container)
        except EngineUnavailableError:
            with contextlib.suppress(EngineUnavailableError):
                self._signal_past_engine(asked.container, signal.SIGKILL)
            raise

    def _find_image(self, asked: ask.FindImage) -> str:
        self._site.image(asked.image)
        return self._engine.image_id(asked.image)

    def _prepare_image(self, asked: ask.PrepareImage) -> dict[str, str]:
        build = self._images.prepare(asked.kernel)
        if build.state is BuildState.READY:
            self._site = self._site.with_image_of(asked.kernel)
        return asdict(build)

    def _describe_engine(self, _: ask.DescribeEngine) -> dict[str, Any]:
        info = self._engine.info()
        return {name: info[name] for name in TOLD if name in info}

    def _leave(self, _: ask.Leave) -> bool:
        places = self._site.places
        with places.locked():
            if not any(self._site.owns(item.labels) for item in self._engine.list()):
                places.forget_kernels()
            return places.leave()
