"""Requests that are refused before it is known who sends them: for their path, their method or their body."""

from typing import Any


class NobodyYet:
    """Mixed in before a handler's class: nobody sends a request until it was prepared."""

    def get_current_user(self) -> Any:
        """Return nobody. Jupyter raises here, and its error pages ask: they came out empty, with a traceback."""
        return None
