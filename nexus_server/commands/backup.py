"""`nexus backup` and `nexus restore`: the whole platform in one file, and back.

The archive holds `manifest.json`, `rows/<table>.jsonl` and `data/`: the data directory without the database file,
sockets, locks and logs. It holds password hashes and signing keys: it is written for its owner only.
"""

import asyncio
import io
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer

from nexus_server.commands.archiving import add_tree
from nexus_server.commands.data_dir import Data, open_upgraded, use_data_dir
from nexus_server.commands.separating import giving_back
from nexus_server.commands.unpacking import BadBackupError, Contents, opened, read_contents, unpack
from nexus_server.commands.writing import writing
from nexus_server.errors import ConflictError
from nexus_server.version import __version__

if TYPE_CHECKING:
    from nexus_server.commands.manifest import Manifest
    from nexus_server.services import Services

# Imports inside the commands: what they load takes a second, which `nexus --help` should not.
#: what a running server makes anew, at the top of the data directory
LEFT_OUT = ("nexus.db", "nexus.db-wal", "nexus.db-shm", "run", "server.log", "dockerd.log", "log", "logs")


class DataDirNotEmptyError(ConflictError):
    """The data directory holds files already; restore into an empty one."""

    code = "data_dir_not_empty"


def backup(
    file: Annotated[
        Path | None, typer.Argument(help="Where to write (default: nexus-<time>.tar.gz).", dir_okay=False)
    ] = None,
    data: Data = None,
) -> None:
    """Write everything into one archive; the server may run meanwhile."""
    use_data_dir(data)
    from nexus_server.composition import open_services

    target = file or Path(f"nexus-{datetime.now(UTC):%Y%m%d-%H%M%S}.tar.gz")
    with giving_back(), writing():
        services = open_services()
        counts = asyncio.run(write_backup(services, target))
    typer.echo(f"{target}: {sum(counts.values())} rows of {len(counts)} tables, {target.stat().st_size} bytes.")


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `nexus backup` wrote.", exists=True, dir_okay=False)],
    data: Data = None,
) -> None:
    """Bring everything back, into an empty database and an empty data directory; SQLite or PostgreSQL."""
    from nexus_server.commands.manifest import read_manifest
    from nexus_server.composition import load_config
    from nexus_server.settings import NexusSettings

    use_data_dir(data)
    settings = NexusSettings(config=load_config())
    max_bytes = settings.max_restored_mb * 1024 * 1024
    with giving_back(), _emptied_on_failure(settings.data_path) as data_path, writing(), opened(file) as archive:
        contents = read_contents(archive, max_bytes=max_bytes, left_out=LEFT_OUT)
        manifest = read_manifest(archive, contents)
        unpack(archive, contents, data_path)
        count = asyncio.run(_restore_rows(open_upgraded(), archive, contents, manifest))
    typer.echo(f"Restored {count} rows. Now run `nexus serve`.")


async def write_backup(services: "Services", target: Path) -> dict[str, int]:
    """Write everything into `target`, whatever revision the schema has; return how many rows each table has.

    The services are closed afterwards.
    """
    partial = target.with_name(target.name + ".part")
    try:
        with partial.open("xb") as raw, ExitStack() as undo:
            undo.callback(partial.unlink)
            os.fchmod(raw.fileno(), 0o600)
            counts = await _write_archive(services, raw)
            undo.pop_all()
        partial.rename(target)
    finally:
        await services.close()
    return counts


async def _write_archive(services: "Services", file: IO[bytes]) -> dict[str, int]:
    """Write the archive, and return how many rows of each table are in it."""
    from nexus_server.commands.manifest import FORMAT, Manifest
    from nexus_server.store.dump import dump_table, stored_tables

    counts: dict[str, int] = {}
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        async with services.database.snapshot() as session:
            for table in await (await session.connection()).run_sync(stored_tables):
                with tempfile.TemporaryFile("w+", encoding="utf-8") as rows:
                    counts[table.name] = 0
                    async for line in dump_table(session, table):
                        rows.write(line)
                        counts[table.name] += 1
                    _add_file(archive, f"rows/{table.name}.jsonl", rows)
        manifest = Manifest(format=FORMAT, version=__version__, made_at=datetime.now(UTC).isoformat(), rows=counts)
        _add_bytes(archive, "manifest.json", manifest.model_dump_json(indent=1).encode())
        _add_data(archive, services.settings.data_path)
    return counts


def _add_data(archive: tarfile.TarFile, data_path: Path) -> None:
    _flush_workspaces(data_path / "workspaces")
    top = (path for path in sorted(data_path.iterdir()) if path.name not in LEFT_OUT)
    reports = [add_tree(archive, path, f"data/{path.name}") for path in top if not path.name.startswith("nexus-")]
    if left_out := [name for report in reports for name in report.left_out]:
        message = f"{len(left_out)} files or directories lie too deep, and were left out; the first is {left_out[0]!r}."
        typer.echo(message, err=True)
    if unsteady := [name for report in reports for name in report.unsteady]:
        message = (
            f"{len(unsteady)} workspaces could not be held still while they were copied; the first is {unsteady[0]!r}."
        )
        typer.echo(message, err=True)


def _flush_workspaces(workspaces: Path) -> None:
    """Write out what was just saved, so that each file system is held still for as short as possible."""
    for path in workspaces.iterdir() if workspaces.is_dir() else ():
        if path.is_mount():
            subprocess.run(["sync", "-f", str(path)], check=True)


def _add_file(archive: tarfile.TarFile, name: str, text: Any) -> None:
    text.flush()
    size = text.seek(0, io.SEEK_END)
    text.seek(0)
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    archive.addfile(entry, text.buffer)


def _add_bytes(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o600
    archive.addfile(entry, io.BytesIO(content))


@contextmanager
def _emptied_on_failure(data_path: Path) -> Iterator[Path]:
    """Give the data directory, made if needed; a restore that fails leaves it as empty as it was.

    Raises:
        DataDirNotEmptyError: there is something in it.
    """
    if data_path.is_dir() and any(data_path.iterdir()):
        raise DataDirNotEmptyError(f"There are files in {data_path} already; restore into an empty data directory.")
    with ExitStack() as undo:
        with writing():
            data_path.mkdir(parents=True, exist_ok=True, mode=0o700)
        undo.callback(_empty, data_path)
        yield data_path
        undo.pop_all()


def _empty(data_path: Path) -> None:
    """Take back what a restore that failed left in the directory, which was empty before."""
    for path in data_path.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


async def _restore_rows(
    services: "Services", archive: tarfile.TarFile, contents: Contents, manifest: "Manifest"
) -> int:
    from nexus_server.store.dump import check_empty, load_table, tables

    total = 0
    try:
        async with services.database.transaction() as session:
            await check_empty(session)
            for table in tables():
                if table.name not in manifest.rows:
                    continue  # a backup of an older version
                if table.name not in contents.rows:
                    raise BadBackupError(f"The rows of {table.name} are not in this backup.")
                member = archive.extractfile(contents.rows[table.name])
                assert member is not None  # noqa: S101  it is a file
                loaded = await load_table(session, table, member)
                if loaded != manifest.rows[table.name]:
                    raise BadBackupError(f"The rows of {table.name} are not complete.")
                total += loaded
    finally:
        await services.close()
    return total
