"""Names that other systems gave files: whose they are, and how they read. Pure."""

import os
import unicodedata
from pathlib import PurePath

#: what systems and programs leave in every folder; compared without regard to case
_LEFT_BEHIND = frozenset(
    {"__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "$recycle.bin", "system volume information", "@eadir"}
)
#: how temporary and hidden files begin
_HIDDEN = (".", "~$")


def is_nobodys(path: PurePath) -> bool:
    """Whether a path, or a folder that it lies in, was left by a system and is nobody's work."""
    return any(part.startswith(_HIDDEN) or part.lower() in _LEFT_BEHIND for part in path.parts)


def composed(name: str) -> str:
    """Return a name as people type it (NFC); Macs keep accents apart, and old archives have no UTF-8 at all."""
    try:
        name.encode()
    except UnicodeEncodeError:
        name = os.fsencode(name).decode("cp1252", errors="replace")
    return unicodedata.normalize("NFC", name)


def printable(text: str) -> str:
    """Return a text that any terminal in UTF-8 can show, whatever names are in it."""
    try:
        return text.encode(errors="surrogateescape").decode(errors="backslashreplace")
    except UnicodeEncodeError:  # half of a pair, which no name of a file has
        return text.encode(errors="backslashreplace").decode()
