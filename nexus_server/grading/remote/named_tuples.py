"""Named tuples across the border: a notebook's by name and fields, a library's by the class that both sides have."""

import collections
import importlib
import sys
from typing import Any

from nexus_server.grading.remote.kinds import WireError, is_librarys

#: libraries whose named tuples are made anew on the other side: `np.linalg.eig`, `urlparse`
HOMES = ("difflib", "numpy", "statistics", "urllib.parse")
#: what every named tuple has
_PLAIN = frozenset(vars(collections.namedtuple("Any", ["field"]))) | {  # noqa: PYI024
    "__annotations__", "__annotate_func__", "__annotations_cache__", "__dict__", "__firstlineno__", "__orig_bases__",
    "__static_attributes__",
}  # fmt: skip


def namedtuple_of(payload: dict[str, Any]) -> Any:
    """Make the class of a named tuple from its name and fields."""
    fields = [str(name) for name in payload["f"]]
    return collections.namedtuple(str(payload["n"]), fields)  # noqa: PYI024  fields known at run time


def is_plain_named_tuple(kind: type) -> bool:
    """Whether a class is a named tuple that can do no more than any other: its fields are all that it is."""
    fields = getattr(kind, "_fields", None)
    if not issubclass(kind, tuple) or not isinstance(fields, tuple):
        return False
    own = {name for base in kind.__mro__ if base not in tuple.__mro__ for name in vars(base)}
    return own <= _PLAIN | set(fields)


def is_librarys_tuple(kind: type) -> bool:
    """Whether a class is a library's named tuple which the other side finds by its name."""
    is_named = issubclass(kind, tuple) and hasattr(kind, "_fields")
    return is_named and _home_of(str(kind.__module__)) is not None and is_librarys(kind)


def librarys_tuple(payload: dict[str, Any]) -> Any:
    """Find a library's class of named tuples.

    Raises:
        WireError: there is none of that name.
    """
    module = str(payload["m"])
    if (home := _home_of(module)) is not None:
        # Of a library only what it imports by itself: a module of the sender's choice might do anything.
        importlib.import_module(home)
        found = getattr(sys.modules.get(module), str(payload["n"]), None)
        if isinstance(found, type) and is_librarys_tuple(found):
            return found
    raise WireError("an unknown class")


def _home_of(module: str) -> str | None:
    return next((home for home in HOMES if module == home or module.startswith(f"{home}.")), None)
