"""Which files belong to a lab, and where they lie."""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any


def data_paths(spec: Mapping[str, Any]) -> dict[str, str]:
    """Return a lab's data files: path beside the notebook to path in the roadmap's folder.

    `spec` is a `LabSpec` as plain data.
    """
    root = PurePosixPath(spec.get("data_root") or ".")
    return {name: (root / name).as_posix() for name in spec.get("data", [])}


def read_data(folder: Path, spec: Mapping[str, Any]) -> dict[str, bytes]:
    """Read a lab's data files from its roadmap's folder; by path beside the notebook.

    Raises:
        OSError: one is missing.
    """
    return {name: (folder / path).read_bytes() for name, path in data_paths(spec).items()}
