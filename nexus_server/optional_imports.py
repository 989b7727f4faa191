"""What libraries import only where it is installed, and nobody here needs: a start does without."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

#: what jsonschema checks formats with: IRIs, whose grammar takes 1.5 s to build, and durations
FORMATS = ("rfc3987_syntax", "isoduration")


def skip() -> None:
    """Start sooner: jsonschema does without the formats whose library it cannot import.

    Nothing here validates them. A None in `sys.modules` makes the import fail, which jsonschema expects.
    """
    for name in FORMATS:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]


@contextmanager
def without(name: str) -> Iterator[None]:
    """Let what is imported meanwhile believe that a library is not installed; who asks later gets it."""
    hidden = {module: sys.modules.pop(module) for module in [*sys.modules] if module.partition(".")[0] == name}
    sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[name]
        sys.modules.update(hidden)
