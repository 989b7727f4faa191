"""Puts together how learners' files follow them: by a shared directory, or by an object store."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from nexus_server.clock import Clock
from nexus_server.files.directory import ConfinedDirectory
from nexus_server.kernels.limits import MIB
from nexus_server.kernels.settings import SandboxSettings
from nexus_server.servers.workspaces.bucket import Bucket
from nexus_server.servers.workspaces.errors import NoObjectStorePackageError
from nexus_server.servers.workspaces.local_files import LocalFiles
from nexus_server.servers.workspaces.object_workspaces import ObjectWorkspaces, OpenLocal, TellLoss
from nexus_server.servers.workspaces.settings import ObjectStoreSettings
from nexus_server.servers.workspaces.shared_directory import SharedDirectory
from nexus_server.servers.workspaces.store import WorkspaceStore
from nexus_server.servers.workspaces.uploads import WorkspaceUploads
from nexus_server.settings import secret
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import Notification

KEY_ID, SECRET = "NEXUS_OBJECT_STORE_KEY_ID", "NEXUS_OBJECT_STORE_SECRET"
#: how often a request is sent again when the store is in trouble
RETRIES = 2
#: files and bytes of what the server keeps of a learner, beside the workspace
KEPT_FILES, KEPT_BYTES = 2000, 32 * MIB


@dataclass(frozen=True, slots=True)
class CarriedBy:
    """How files are carried."""

    store: WorkspaceStore
    #: what works in the background for it
    uploads: WorkspaceUploads | None = None


def open_store(  # noqa: PLR0917  joined once, where everything is
    settings: ObjectStoreSettings,
    data: Path,
    server_id: UUID,
    database: Database,
    clock: Clock,
    sandbox: SandboxSettings,
) -> CarriedBy:
    """Return it as the settings say.

    Raises:
        MissingSecretError, NoObjectStorePackageError: an object store is wanted, and something lacks for it.
    """
    learners = data / "learners"
    if not settings.bucket:
        return CarriedBy(SharedDirectory(learners))
    workspaces = ObjectWorkspaces(
        open_bucket(settings),
        server_id,
        clock,
        data / "custody",
        open_local=_opener(learners, sandbox),
        tell=_teller(database),
        bytes_per_s=settings.learner_mb_per_s * MIB,
    )
    return CarriedBy(workspaces, WorkspaceUploads(workspaces, every_s=settings.upload_s))


def open_bucket(settings: ObjectStoreSettings) -> Bucket:
    """Return the bucket; nothing is connected yet.

    Raises:
        MissingSecretError: the environment has no key.
        NoObjectStorePackageError: the optional package is not installed.
    """
    try:
        from obstore.store import S3Store  # noqa: PLC0415  an optional package
    except ImportError as error:
        raise NoObjectStorePackageError from error
    patience = timedelta(seconds=settings.timeout_s)
    where: dict[str, Any] = {"endpoint": settings.endpoint} if settings.endpoint else {}
    store = S3Store(
        settings.bucket,
        prefix=settings.prefix,
        region=settings.region,
        access_key_id=secret(KEY_ID),
        secret_access_key=secret(SECRET),
        client_options={"timeout": patience, "allow_http": settings.endpoint.startswith("http://")},
        retry_config={"max_retries": RETRIES, "retry_timeout": patience},
        **where,
    )
    return Bucket(store, timeout_s=settings.timeout_s)


def _opener(learners: Path, sandbox: SandboxSettings) -> OpenLocal:
    most_files, most_bytes = sandbox.workspace_files + KEPT_FILES, sandbox.workspace_mb * MIB + KEPT_BYTES

    def confined(root: Path) -> ConfinedDirectory:
        return ConfinedDirectory(root, max_file_bytes=most_bytes, max_entries=most_files)

    def open_local(owner: UUID, files: Path) -> LocalFiles:
        kept = learners / str(owner)
        kept.mkdir(parents=True, exist_ok=True, mode=0o700)
        areas, is_mount = {"work": confined(files), "kept": confined(kept)}, files.is_mount()

        def is_there() -> bool:
            return files.is_mount() == is_mount

        return LocalFiles(areas, max_files=most_files, max_bytes=most_bytes, is_there=is_there)

    return open_local


def _teller(database: Database) -> TellLoss:
    async def tell(owner: UUID, stored_at: datetime) -> None:
        payload = {"stored_at": stored_at.isoformat(), "message": _words(stored_at)}
        async with database.transaction() as session:
            session.add(Notification(user_id=owner, type="files.restored", payload=payload))

    return tell


_words: Callable[[datetime], str] = (
    "The server with your files was lost. They are as they were stored at {:%Y-%m-%d %H:%M:%S} UTC.".format
)
