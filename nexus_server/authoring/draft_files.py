"""Writing a draft's files in its author's workspace. Everything here blocks."""

from contextlib import suppress
from datetime import datetime
from uuid import uuid4

from nexus_server.authoring.errors import DraftFolderTakenError
from nexus_server.authoring.trees import Tree, write_workspace
from nexus_server.errors import NexusError
from nexus_server.files.directory import ConfinedDirectory
from nexus_server.files.errors import NoSuchFileError


def write_draft(files: ConfinedDirectory, folder: str, tree: Tree) -> None:
    """Put a new draft's files into a folder that is not there yet; nothing is left of one that fails.

    Raises:
        DraftFolderTakenError
        FileTooLargeError, StorageFullError: there is no room for it.
    """
    if files.find(folder) is not None:
        raise DraftFolderTakenError(folder=folder)
    try:
        write_workspace(files, folder, tree)
    except NexusError:
        with suppress(NexusError):
            files.remove(folder)
        raise


def take_file(files: ConfinedDirectory, path: str, data: bytes | None) -> None:
    """Put a published file into a draft, or remove what is published no more."""
    if data is not None:
        files.make_directories(path.rpartition("/")[0])
        files.write(path, data)
        return
    with suppress(NoSuchFileError):
        files.remove(path)


def set_aside(files: ConfinedDirectory, folder: str, now: datetime) -> None:
    """Give a draft's folder another name, so that nothing is lost."""
    if files.find(folder) is not None:
        files.rename(folder, f"{folder}-{now:%Y-%m-%d-%H%M%S}-{uuid4().hex[:4]}")
