"""Replies in Jupyter's JSON: times as Jupyter writes them."""

import json
from typing import Any

from jupyter_client.jsonutil import json_default
from jupyter_server.base.handlers import APIHandler


def answer(handler: APIHandler, value: Any, *, status: int = 200) -> None:
    """Finish with `value` as JSON."""
    handler.set_status(status)
    handler.finish(json.dumps(value, default=json_default))
