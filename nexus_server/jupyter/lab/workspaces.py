"""One learner's JupyterLab layouts ("workspaces"), as files that no kernel sees."""

import json
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

from nexus_server.errors import ConflictError, InvalidError, NotFoundError, TooLargeError
from nexus_server.nesting import is_deeper
from nexus_server.web.json_body import MAX_JSON_DEPTH

Layout = dict[str, Any]


class NoSuchLayoutError(NotFoundError):
    """There is no workspace with this name."""

    code = "no_such_layout"


class BadLayoutError(InvalidError):
    """A workspace is {"data": {...}, "metadata": {"id": its name}}."""

    code = "bad_layout"


class LayoutTooLargeError(TooLargeError):
    """This workspace is too large to be saved."""

    code = "layout_too_large"


class TooManyLayoutsError(ConflictError):
    """There are too many saved workspaces: delete one first."""

    code = "too_many_layouts"


class LabWorkspaces:
    """The layouts in one folder."""

    def __init__(self, folder: Path, *, max_layouts: int, max_bytes: int) -> None:
        """Keep at most `max_layouts` of at most `max_bytes` each in the existing `folder`."""
        self._folder = folder
        self._max_layouts = max_layouts
        self._max_bytes = max_bytes

    def list(self) -> list[Layout]:
        """Return every layout, with its times."""
        found = (_load(path) for path in sorted(self._folder.glob("*.json")))
        return [layout for layout in found if layout is not None]

    def load(self, name: str) -> Layout:
        """Return a layout; one that was never saved is empty."""
        return _load(self._path(name)) or {"data": {}, "metadata": {"id": name}}

    def save(self, name: str, raw: bytes) -> None:
        """Keep a layout.

        Raises:
            BadLayoutError: it is none, or has another name inside.
            LayoutTooLargeError, TooManyLayoutsError: there is no room for it.
        """
        if len(raw) > self._max_bytes:
            raise LayoutTooLargeError(max_bytes=self._max_bytes)
        layout = _parse(raw)
        if layout["metadata"]["id"].lstrip("/") != name.lstrip("/"):
            raise BadLayoutError(f"The workspace says that its name is {layout['metadata']['id']!r}.")
        path = self._path(name)
        if not path.exists() and len(list(self._folder.glob("*.json"))) >= self._max_layouts:
            raise TooManyLayoutsError(max_layouts=self._max_layouts)
        partial = self._folder / f"{uuid4().hex}.partial"
        partial.write_bytes(raw)
        partial.replace(path)

    def delete(self, name: str) -> None:
        """Forget a layout.

        Raises:
            NoSuchLayoutError: there is none.
        """
        try:
            self._path(name).unlink()
        except FileNotFoundError:
            raise NoSuchLayoutError from None

    def _path(self, name: str) -> Path:
        # A digest, so that no name can leave the folder or collide with another on any file system.
        return self._folder / f"{sha256(name.lstrip('/').encode('utf-8', 'replace')).hexdigest()}.json"


def _parse(raw: bytes) -> Layout:
    try:
        layout = json.loads(raw)
        is_layout = isinstance(layout["metadata"]["id"], str) and isinstance(layout["data"], dict)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BadLayoutError from None
    if not is_layout or is_deeper(layout, MAX_JSON_DEPTH):
        raise BadLayoutError
    return dict(layout)


def _load(path: Path) -> Layout | None:
    try:
        layout = _parse(path.read_bytes())
        status = path.stat()
    except (FileNotFoundError, BadLayoutError):
        return None
    times = {
        "last_modified": datetime.fromtimestamp(status.st_mtime, UTC).isoformat(),
        "created": datetime.fromtimestamp(status.st_ctime, UTC).isoformat(),
    }
    return {**layout, "metadata": {**layout["metadata"], **times}}
