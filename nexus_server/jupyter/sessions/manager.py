"""Each learner's own sessions behind Jupyter's sessions API."""

import asyncio
import contextlib
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4
from weakref import WeakValueDictionary

from jupyter_server.services.sessions.sessionmanager import SessionManager

from nexus_server.errors import InvalidError, NexusError
from nexus_server.jupyter.kernels.manager import LearnerKernelManager
from nexus_server.learner import Learner
from nexus_server.phrases import gettext_noop, phrase
from nexus_server.services import Services
from nexus_server.tasks import once
from nexus_server.tenancy.errors import NoSuchKernelError
from nexus_server.tenancy.session_store import SessionRecord, SessionStore

MAX_PATH_CHARS = 1000
MAX_NAME_CHARS = 400
MAX_TYPE_CHARS = 40


class LearnerSessionManager(SessionManager):
    """Sessions keyed by learner. `services` is set by `NexusApp` before the first request.

    Jupyter's own methods, which know no learner, are not used: `handlers.py` calls these.
    """

    services: Services
    kernel_manager: LearnerKernelManager

    def __init__(self, **kwargs: Any) -> None:
        """Start without any document being opened."""
        super().__init__(**kwargs)
        self._opening: WeakValueDictionary[tuple[UUID, str, str], asyncio.Lock] = WeakValueDictionary()

    @property
    def store(self) -> SessionStore:
        """Where sessions are written down."""
        return self.services.kernel_sessions

    async def list_for(self, learner: Learner) -> list[dict[str, Any]]:
        """Return the models of the learner's sessions whose kernels are still known."""
        while True:
            records = await self.store.list_all(learner)
            stale = [record for record in records if not self._has_kernel(learner, record)]
            if not stale:
                return [self.model_of(record) for record in records]
            # Read again: a session may have got another kernel meanwhile, and a page drops what is not listed.
            for record in stale:
                await self.store.remove(learner, record)

    async def get_for(self, learner: Learner, session_id: UUID) -> SessionRecord:
        """Return one of the learner's sessions.

        Raises:
            NoSuchSessionError: there is none, or its kernel is gone.
        """
        while not self._has_kernel(learner, record := await self.store.get(learner, session_id)):
            await self.store.remove(learner, record)
        return record

    def _has_kernel(self, learner: Learner, record: SessionRecord) -> bool:
        return self.kernel_manager.owns(learner, str(record.kernel_id))

    async def open_for(
        self, learner: Learner, *, path: str, kind: str, name: str, kernel_name: str | None, kernel_id: str | None
    ) -> SessionRecord:
        """Return the document's session, started when it has none.

        Raises:
            NoSuchKernelError: `kernel_id` is not one of the learner's kernels.
            NoSuchKernelSpecError, TooManyKernelsError: no kernel can be started.
        """
        _check_lengths(path, kind, name)
        key = (learner.id, path, kind)
        lock = self._opening.setdefault(key, asyncio.Lock())
        async with lock:  # two tabs that open the same document at once share one kernel
            record = await self.store.find(learner, path, kind)
            if record is not None and self._has_kernel(learner, record):
                return record
            if record is not None:
                await self.store.remove(learner, record)
            used = await self._kernel_for(learner, path, kernel_name, kernel_id)
            record = SessionRecord(uuid4(), UUID(used), path, name, kind)
            await self.store.add(learner, record)
            return record

    def begin_for(self, learner: Learner, path: str, kernel_name: str | None) -> None:
        """Begin to open a notebook's session. Whoever asks for it next joins, and is told what goes wrong."""

        async def begin() -> None:
            with contextlib.suppress(NexusError):  # the next request meets it, too
                await self.open_for(
                    learner,
                    path=path,
                    kind="notebook",
                    name=path.rpartition("/")[2],
                    kernel_name=kernel_name,
                    kernel_id=None,
                )

        once("session-ahead", begin)

    async def change(self, learner: Learner, session_id: UUID, changes: dict[str, Any]) -> SessionRecord:
        """Rename a session or give it another kernel; the old kernel ends when nothing else uses it.

        Raises:
            NoSuchSessionError: there is none, or it was ended meanwhile; a kernel that was started for it ends, too.
            SessionExistsError: another one has the new path.
        """
        before = await self.get_for(learner, session_id)
        kernel = changes.get("kernel") or {}
        used: str | None = None
        if kernel.get("id") or kernel.get("name"):
            path = changes.get("path") or before.path
            used = await self._kernel_for(learner, path, kernel.get("name"), kernel.get("id"))
        try:
            before, after = await self._replace(learner, session_id, changes, used)
        except NexusError:
            if used is not None and not kernel.get("id"):
                await self._end_unused(learner, UUID(used))
            raise
        if after.kernel_id != before.kernel_id:
            await self._end_unused(learner, before.kernel_id)
        return after

    async def _replace(
        self, learner: Learner, session_id: UUID, changes: dict[str, Any], kernel_id: str | None
    ) -> tuple[SessionRecord, SessionRecord]:
        """Write changes over the session as it is by now, and return both."""
        while True:
            before = await self.get_for(learner, session_id)
            after = replace(
                before,
                path=changes.get("path") or before.path,
                name=changes.get("name") or before.name,
                type=changes.get("type") or before.type,
                kernel_id=UUID(kernel_id) if kernel_id else before.kernel_id,
            )
            _check_lengths(after.path, after.type, after.name)
            if await self.store.replace(learner, before, after):
                return before, after

    async def end(self, learner: Learner, session_id: UUID) -> None:
        """End a session and its kernel, which may be another one since a moment ago.

        Raises:
            NoSuchSessionError: there is none.
        """
        await self.get_for(learner, session_id)
        record = await self.store.take(learner, session_id)
        if self._has_kernel(learner, record):
            await self.kernel_manager.shutdown_kernel(str(record.kernel_id))

    def model_of(self, record: SessionRecord) -> dict[str, Any]:
        """Return Jupyter's model of a session."""
        model = {
            "id": str(record.id),
            "path": record.path,
            "name": record.name,
            "type": record.type,
            "kernel": self.kernel_manager.kernel_model(str(record.kernel_id)),
        }
        if record.type == "notebook":
            model["notebook"] = {"path": record.path, "name": record.name}
        return model

    async def _kernel_for(self, learner: Learner, path: str, kernel_name: str | None, kernel_id: str | None) -> str:
        manager = self.kernel_manager
        if kernel_id is not None:
            if not manager.owns(learner, kernel_id):
                raise NoSuchKernelError
            return kernel_id
        folder = path.strip("/").rpartition("/")[0]
        return await manager.start_for(learner, kernel_name or manager.default_kernel_name, folder)

    async def _end_unused(self, learner: Learner, kernel_id: UUID) -> None:
        users = [record for record in await self.store.list_all(learner) if record.kernel_id == kernel_id]
        if not users and self.kernel_manager.owns(learner, str(kernel_id)):
            await self.kernel_manager.shutdown_kernel(str(kernel_id))


def _check_lengths(path: str, kind: str, name: str) -> None:
    limits = {"path": (path, MAX_PATH_CHARS), "type": (kind, MAX_TYPE_CHARS), "name": (name, MAX_NAME_CHARS)}
    wrong: dict[str, str] = {
        field: phrase("at most {count} characters", count=limit)
        for field, (value, limit) in limits.items()
        if len(value) > limit
    }
    if "\x00" in path + kind + name:
        wrong["path"] = gettext_noop("no NUL characters")
    if wrong:
        raise InvalidError(fields=wrong)
