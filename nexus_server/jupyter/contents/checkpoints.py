"""One checkpoint per file, kept in the learner's own workspace so that the learner's quota holds for it."""

import asyncio
from typing import Any

from jupyter_server.services.contents.checkpoints import AsyncCheckpoints

from nexus_server.files.directory import ConfinedDirectory
from nexus_server.files.entry import Entry
from nexus_server.files.errors import NoSuchFileError
from nexus_server.files.paths import is_hidden
from nexus_server.jupyter.contents.learner_dirs import current_files
from nexus_server.web.request_context import for_jupyter

FOLDER = ".ipynb_checkpoints"
CHECKPOINT_ID = "checkpoint"


class LearnerCheckpoints(AsyncCheckpoints):
    """Jupyter's checkpoints: the file as it was, in a hidden folder beside it."""

    @for_jupyter
    async def create_checkpoint(self, contents_mgr: Any, path: str) -> dict[str, Any]:  # noqa: ARG002  Jupyter's
        """Keep the file as it is now."""
        return await asyncio.to_thread(_create, (await _files(path)), path)

    @for_jupyter
    async def restore_checkpoint(self, contents_mgr: Any, checkpoint_id: str, path: str) -> None:  # noqa: ARG002
        """Put the kept file back."""
        await asyncio.to_thread(_restore, (await _files(path)), _place(checkpoint_id, path), path)

    @for_jupyter
    async def list_checkpoints(self, path: str) -> list[dict[str, Any]]:
        """Return the one checkpoint, or none."""
        entry = await asyncio.to_thread((await _files(path)).find, place_of(path))
        return [] if entry is None else [_describe(entry)]

    @for_jupyter
    async def rename_checkpoint(self, checkpoint_id: str, old_path: str, new_path: str) -> None:
        """Move the checkpoint along with its file."""
        await asyncio.to_thread(_move, (await _files(old_path)), _place(checkpoint_id, old_path), new_path)

    @for_jupyter
    async def delete_checkpoint(self, checkpoint_id: str, path: str) -> None:
        """Forget the checkpoint."""
        await asyncio.to_thread((await _files(path)).remove, _place(checkpoint_id, path))


def place_of(path: str) -> str:
    """Return the path of a file's checkpoint."""
    parent, _, name = path.strip("/").rpartition("/")
    stem, dot, suffix = name.rpartition(".")
    kept = f"{stem}-{CHECKPOINT_ID}{dot}{suffix}" if stem else f"{name}-{CHECKPOINT_ID}"
    return f"{parent}/{FOLDER}/{kept}".lstrip("/")


async def _files(path: str) -> ConfinedDirectory:
    if is_hidden(path):
        raise NoSuchFileError
    return await current_files()


def _place(checkpoint_id: str, path: str) -> str:
    if checkpoint_id != CHECKPOINT_ID:
        raise NoSuchFileError("There is no such checkpoint.")
    return place_of(path)


def _describe(entry: Entry) -> dict[str, Any]:
    return {"id": CHECKPOINT_ID, "last_modified": entry.modified}


def _create(files: ConfinedDirectory, path: str) -> dict[str, Any]:
    _, data = files.read(path)
    place = place_of(path)
    files.make_directory(place.rpartition("/")[0], exist_ok=True)
    files.write(place, data)
    return _describe(files.get(place))


def _restore(files: ConfinedDirectory, place: str, path: str) -> None:
    _, data = files.read(place)
    files.write(path, data)


def _move(files: ConfinedDirectory, place: str, new_path: str) -> None:
    target = place_of(new_path)
    files.make_directory(target.rpartition("/")[0], exist_ok=True)
    if files.find(target) is not None:
        files.remove(target)
    files.rename(place, target)
