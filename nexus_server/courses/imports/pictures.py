"""Pictures of notes and quizzes: found by the names that other tools write, and kept beside the text."""

import hashlib
import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from urllib.parse import unquote

#: where pictures of a step lie, beside its text
PICTURES = "images"
#: how other tools begin a file's address
_BASES = re.compile(r"^(?:@@PLUGINFILE@@|\$IMS-CC-FILEBASE\$|%24IMS-CC-FILEBASE%24|\$CANVAS_[A-Z_]+\$)/+")
SUFFIXES = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp")


class PictureBox:
    """The pictures that an import has; which of them are used shows when its texts are read."""

    def __init__(self, files: Mapping[str, bytes] | None = None) -> None:
        """`files` are an archive's, by path."""
        self._files = dict(files or {})
        #: by path beside the text
        self.used: dict[str, bytes] = {}

    def fill(self, files: Mapping[str, bytes]) -> None:
        """Take the files that come with one question."""
        self._files = dict(files)

    def find(self, address: str) -> str | None:
        """Return where a picture lies beside the text; None where it is not here, the address itself on the web."""
        if address.startswith(("https://", "http://")):
            return address
        path = PurePosixPath(unquote(_BASES.sub("", address).partition("?")[0]))
        if path.suffix.lower() not in SUFFIXES:
            return None
        data = self._file(path)
        if data is None:
            return None
        plain = re.sub(r"[^A-Za-z0-9_.-]+", "-", path.name)
        place = f"{PICTURES}/{plain}"
        if self.used.get(place, data) != data:
            place = f"{PICTURES}/{hashlib.sha256(data).hexdigest()[:8]}-{plain}"
        self.used[place] = data
        return place

    def _file(self, path: PurePosixPath) -> bytes | None:
        """Return the file whose path ends like the address: archives put folders of their own before it."""
        wanted = path.as_posix().lstrip("./")
        ending = (name for name in sorted(self._files) if name == wanted or name.endswith(f"/{wanted}"))
        named = (name for name in sorted(self._files) if PurePosixPath(name).name == path.name)
        found = next(ending, None) or next(named, None)
        return self._files[found] if found is not None else None
