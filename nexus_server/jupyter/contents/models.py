"""Jupyter's content models, made from entries and bytes, and back. Pure."""

import mimetypes
from base64 import b64decode, b64encode
from hashlib import sha256
from typing import Any

from nexus_server.errors import InvalidError, MalformedError
from nexus_server.files.entry import Entry

Model = dict[str, Any]


class NotTextError(MalformedError):
    """This file is not UTF-8 text."""

    code = "not_text"


class BadContentError(InvalidError):
    """The content does not fit its format."""

    code = "bad_content"


def kind_of(entry: Entry) -> str:
    """Return ``directory``, ``notebook`` or ``file``."""
    if entry.is_directory:
        return "directory"
    return "notebook" if entry.name.endswith(".ipynb") else "file"


def describe(entry: Entry, kind: str | None = None) -> Model:
    """Return the model of an entry, without content."""
    return {
        "name": entry.name,
        "path": entry.path,
        "type": kind or kind_of(entry),
        "created": entry.changed,
        "last_modified": entry.modified,
        "size": None if entry.is_directory else entry.size,
        "writable": entry.writable,
        "content": None,
        "format": None,
        "mimetype": None,
        "hash": None,
        "hash_algorithm": None,
    }


def with_hash(model: Model, data: bytes) -> Model:
    """Return the model with the file's digest."""
    return {**model, "hash": sha256(data).hexdigest(), "hash_algorithm": "sha256"}


def file_content(name: str, data: bytes, wanted: str | None) -> Model:
    """Return the content, format and media type of a file.

    Raises:
        NotTextError: text was asked for, and it is none.
    """
    guessed = mimetypes.guess_type(name)[0]
    if wanted != "base64":
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            if wanted == "text":
                raise NotTextError from None
        else:
            return {"content": text, "format": "text", "mimetype": guessed or "text/plain"}
    encoded = b64encode(data).decode("ascii")
    return {"content": encoded, "format": "base64", "mimetype": guessed or "application/octet-stream"}


def file_bytes(content: object, wanted: object) -> bytes:
    """Return the bytes of a file's content in format `wanted` (``text`` or ``base64``).

    Raises:
        BadContentError: it is neither.
    """
    if not isinstance(content, str) or wanted not in ("text", "base64"):
        raise BadContentError("A file's content is a string in format text or base64.")
    try:
        return content.encode("utf-8") if wanted == "text" else b64decode(content, validate=False)
    except ValueError:
        raise BadContentError(f"The content is not {wanted}.") from None
