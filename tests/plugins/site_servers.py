"""Servers of a site, as its register shows them."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from nexus_server.servers.views import ServerState, ServerView

HEARD = datetime(2026, 9, 1, 8, 30, tzinfo=UTC)


def server(address: str, **differs: Any) -> ServerView:
    """Return one that is ready, except for what differs."""
    known: dict[str, Any] = {
        "id": uuid4(), "address": address, "version": "1.0", "peer_host": address, "peer_port": 8889,
        "state": ServerState.READY, "kernels": 3, "kernels_max": 200, "homes": 4, "room": 196, "warm": 2, "waiting": 0,
        "drain_until": None, "clock_offset_s": 0.1, "started_at": HEARD, "heartbeat_at": HEARD,
    }  # fmt: skip
    return ServerView(**(known | differs))
