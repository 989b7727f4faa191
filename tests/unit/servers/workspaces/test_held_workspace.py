"""What goes into the next manifest of a workspace."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from obstore.store import MemoryStore

from nexus_server.files.directory import ConfinedDirectory
from nexus_server.servers.workspaces.bucket import Bucket
from nexus_server.servers.workspaces.held_workspace import HeldWorkspace
from nexus_server.servers.workspaces.local_files import LocalFiles
from nexus_server.servers.workspaces.manifest import StoredFile, WorkspaceManifest


async def test_what_could_not_be_read_stays_stored(tmp_path: Path) -> None:
    """A folder that its owner has closed, say."""
    stored = StoredFile(key="a/1-1-0", size=4, sha256="0", modified=datetime(2026, 9, 1, tzinfo=UTC))
    before = WorkspaceManifest(
        directories=("work/lab", "work/lab/data", "work/old"),
        files={"work/lab/data/a.txt": stored, "work/lab.txt": stored},
    )
    local = LocalFiles({"work": ConfinedDirectory(tmp_path, max_file_bytes=99)}, max_files=9, max_bytes=99)
    held = HeldWorkspace(uuid4(), Bucket(MemoryStore(), timeout_s=9), local, before, "tag")
    (tmp_path / "lab").mkdir()
    (tmp_path / "new.txt").write_bytes(b"new")
    seen = local.look()
    seen.unread.append("work/lab")
    assert set(await held.store_changes(seen)) == {"work/lab/data/a.txt", "work/new.txt"}
    assert seen.directories == ["work/lab", "work/lab/data"]
