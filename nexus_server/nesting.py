"""How deeply JSON is nested: what walks it by recursion must not meet more levels than the stack has. Pure."""

from typing import Any


def is_deeper(value: Any, limit: int) -> bool:
    """Whether a JSON value has more than `limit` levels of lists and objects."""
    level = [value]
    for _ in range(limit):
        level = [
            child
            for parent in level
            for child in (parent.values() if isinstance(parent, dict) else parent if isinstance(parent, list) else ())
            if isinstance(child, dict | list)
        ]
        if not level:
            return False
    return True
