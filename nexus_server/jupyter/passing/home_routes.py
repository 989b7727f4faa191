"""Which requests need the learner's home: those that open files or kernels. The list is made from the routes.

An operation of the API says so by `needs_home`, a route of Jupyter's on the allow-list. All others are answered by any
server of the site.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

_NAMED_GROUP = re.compile(r"\(\?P<\w+>")


def home_operations(routes: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield the method and the regular expression of each operation that needs a home, from routes and handlers."""
    for pattern, handler in routes:
        opening = getattr(handler, "opening", None)
        if opening is not None:
            yield from ((method, pattern) for method in sorted(opening.methods) if opening.needs_home)
            continue
        for method in getattr(handler, "SUPPORTED_METHODS", ()):
            operation = getattr(getattr(handler, method.lower(), None), "operation", None)
            if operation is not None and operation.needs_home:
                yield method, pattern


class HomeRoutes:
    """Tells by method and path whether a request needs a home."""

    def __init__(self, operations: Iterable[tuple[str, str]], base_url: str = "/") -> None:
        """Know these operations below `base_url`."""
        self._prefix = base_url.rstrip("/")
        alternatives = "|".join(f"{method} {_NAMED_GROUP.sub('(?:', pattern)}" for method, pattern in operations)
        self._regex = re.compile(alternatives or r"(?!)")

    def __contains__(self, request: tuple[str, str]) -> bool:
        """Whether a request with this method and path does."""
        method, path = request
        return self._regex.fullmatch(f"{method} {path.removeprefix(self._prefix)}") is not None
