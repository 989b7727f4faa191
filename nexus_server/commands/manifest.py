"""What an archive of `nexus backup` says about itself."""

import tarfile
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from nexus_server.commands.unpacking import BadBackupError, Contents

FORMAT = 1
MAX_MANIFEST_BYTES = 1024 * 1024


class Manifest(BaseModel):
    """What an archive says about itself; `rows` is how many each table has."""

    model_config = ConfigDict(frozen=True)

    format: int
    version: str = ""
    made_at: str = ""
    rows: dict[str, Annotated[int, Field(ge=0)]] = {}


def read_manifest(archive: tarfile.TarFile, contents: Contents) -> Manifest:
    """Return what an archive says about itself.

    Raises:
        BadBackupError: it says nothing that this version understands.
    """
    (entry,) = contents.manifest
    if entry.size > MAX_MANIFEST_BYTES:
        raise BadBackupError("This is not a backup: its manifest is too long.")
    member = archive.extractfile(entry)
    assert member is not None  # noqa: S101  it is a file
    try:
        found = Manifest.model_validate_json(member.read())
    except ValueError as exc:
        raise BadBackupError("This is not a backup: its manifest cannot be read.") from exc
    if found.format != FORMAT:
        raise BadBackupError(f"This backup has format {found.format}; this version reads {FORMAT}.")
    return found
