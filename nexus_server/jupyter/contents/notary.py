"""Which notebooks a learner trusts: nobody's trust makes another person's browser run scripts.

Stock Jupyter keeps one store for the whole server, so output trusted by its author would run for an instructor too.
"""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from nbformat.sign import NotebookNotary, SignatureStore


class FolderSignatureStore(SignatureStore):
    """One empty file per trusted digest; the oldest are forgotten."""

    def __init__(self, folder: Path, max_signatures: int) -> None:
        """Keep at most `max_signatures` in the existing `folder`."""
        self._folder = folder
        self._max_signatures = max_signatures

    def store_signature(self, digest: str, algorithm: str) -> None:
        """Trust a notebook's digest."""
        (self._folder / f"{algorithm}-{digest}").touch()
        kept = sorted(os.scandir(self._folder), key=lambda item: item.stat().st_mtime)
        for item in kept[: -self._max_signatures]:
            Path(item).unlink(missing_ok=True)

    def check_signature(self, digest: str, algorithm: str) -> bool:
        """Whether the digest is trusted; asking keeps it young."""
        path = self._folder / f"{algorithm}-{digest}"
        with suppress(FileNotFoundError):
            os.utime(path)
            return True
        return False

    def remove_signature(self, digest: str, algorithm: str) -> None:
        """Trust the digest no longer."""
        (self._folder / f"{algorithm}-{digest}").unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class TrustStore:
    """Whose trust it is, and where it is kept."""

    learner_id: UUID
    folder: Path
    max_signatures: int

    def told(self) -> dict[str, Any]:
        """Return it as it crosses to a task's process."""
        return {"learner_id": str(self.learner_id), "folder": str(self.folder), "max_signatures": self.max_signatures}

    @staticmethod
    def read(told: dict[str, Any]) -> "TrustStore":
        """Return what `told` says."""
        return TrustStore(UUID(told["learner_id"]), Path(told["folder"]), told["max_signatures"])

    def notary(self) -> NotebookNotary:
        """Return the learner's own notary."""
        # The store is what cannot be forged; the key only keeps digests of two learners apart.
        return NotebookNotary(
            secret=self.learner_id.bytes,
            data_dir="",
            store_factory=lambda: FolderSignatureStore(self.folder, self.max_signatures),
        )
