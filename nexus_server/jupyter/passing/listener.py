"""Where the site's other servers reach this one. A `Background`."""

import socket
import ssl
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPServerConnectionDelegate
from tornado.netutil import bind_sockets

from nexus_server.jupyter.passing.peers import PeerConnections
from nexus_server.servers.settings import ServerSettings

#: seconds that a connection may wait for its next request: those who ask keep some open
IDLE_S = 3600.0


class PeerListener:
    """Listens from when it is made; strangers do not get through the handshake."""

    def __init__(
        self,
        application: HTTPServerConnectionDelegate,
        context: ssl.SSLContext,
        settings: ServerSettings,
        serverapp: Any,
        *,
        connections: PeerConnections,
    ) -> None:
        """Give requests to `application`, with the limits of `serverapp`; `connections` to others end with it."""
        self._connections = connections
        self._server = HTTPServer(
            application,
            ssl_options=context,
            idle_connection_timeout=IDLE_S,
            max_body_size=serverapp.max_body_size,
            max_buffer_size=serverapp.max_buffer_size,
        )
        sockets = bind_sockets(settings.peer_port)
        self._server.add_sockets(sockets)
        self.host = settings.peer_host or settings.address or socket.gethostname()
        self.port = int(sockets[0].getsockname()[1])

    async def start(self) -> None:
        """Others come once the register names this server's port; requests wait until it has begun."""

    async def stop(self) -> None:
        """Take no more requests."""
        self._server.stop()
        await self._server.close_all_connections()
        self._connections.close()
