"""Which files belong to a lab, and where they lie. Pure."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any


def data_paths(spec: Mapping[str, Any]) -> dict[str, str]:
    """Return a lab's data files: path beside the notebook to path in the roadmap's folder.

    `spec` is a `LabSpec` as plain data.
    """
    root = PurePosixPath(spec.get("data_root") or ".")
    return {name: (root / name).as_posix() for name in spec.get("data", [])}
