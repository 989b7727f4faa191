"""Names that other systems gave files: whose they are, and how they read. Pure."""

import os
import re
import unicodedata
from pathlib import PurePath

#: what systems and programs leave in every folder; compared without regard to case
_LEFT_BEHIND = frozenset(
    {"__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "$recycle.bin", "system volume information", "@eadir"}
)
#: what a terminal takes for an order or another line; the ends of our own lines and tabs aside
_ORDERS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
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
    """Return a text that any terminal in UTF-8 can show, whatever names are in it; a name gives it no orders."""
    try:
        shown = text.encode(errors="surrogateescape").decode(errors="backslashreplace")
    except UnicodeEncodeError:  # half of a pair, which no name of a file has
        shown = text.encode(errors="backslashreplace").decode()
    return _ORDERS.sub(lambda order: order.group().encode("unicode_escape").decode(), shown)
