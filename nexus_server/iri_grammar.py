"""What jsonschema builds on import, in every process that reads notebooks, and nobody here needs."""

import sys


def skip() -> None:
    """Start 1.5 s sooner: jsonschema would build a grammar of IRIs on import, and does without where it cannot.

    Nothing here validates IRIs. A None in `sys.modules` makes the import fail, which jsonschema expects.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
