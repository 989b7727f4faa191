"""Connections to the other servers of the site: each proves who it is, and idle ones are used again."""

import asyncio
import ssl
from collections import defaultdict
from functools import partial
from uuid import UUID

import structlog
from tornado.iostream import IOStream, StreamClosedError
from tornado.tcpclient import TCPClient

from nexus_server.servers.errors import PeerUnreachableError
from nexus_server.servers.liveness import PeerAddress
from nexus_server.servers.site_keys import peer_name

log = structlog.get_logger()

#: idle connections that are kept to one server
MAX_IDLE = 32


class PeerConnections:
    """Opens connections, and keeps those that nobody uses."""

    def __init__(self, context: ssl.SSLContext, *, timeout_s: float) -> None:
        """Prove by `context` who this server is."""
        self._context = context
        self._timeout_s = timeout_s
        self._idle: defaultdict[UUID, list[IOStream]] = defaultdict(list)

    async def open(self, peer: PeerAddress) -> IOStream:
        """Return a connection to a server that proved who it is.

        Raises:
            PeerUnreachableError: nobody is there, or somebody else.
        """
        idle = self._idle[peer.server_id]
        while idle:
            stream = idle.pop()
            stream.set_close_callback(None)
            if not stream.closed():
                return stream
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._connect(peer)
        except (OSError, StreamClosedError, TimeoutError) as error:
            # A certificate that does not fit is an `OSError`, too: another server answers at this address.
            log.warning(
                "peer_unreachable", server=str(peer.server_id), host=peer.host, port=peer.port, error=str(error)
            )
            raise PeerUnreachableError(retry_after_s=2) from error

    async def _connect(self, peer: PeerAddress) -> IOStream:
        plain = await TCPClient().connect(peer.host, peer.port)
        try:
            stream = await plain.start_tls(False, self._context, server_hostname=peer_name(peer.server_id))  # noqa: FBT003
        except BaseException:  # raised again; a cancellation too must not leave the connection open
            plain.close()
            raise
        stream.set_nodelay(True)
        return stream

    def keep(self, peer: PeerAddress, stream: IOStream) -> None:
        """Take a connection back whose last reply was read to its end."""
        idle = self._idle[peer.server_id]
        if stream.closed() or len(idle) >= MAX_IDLE:
            stream.close()
            return
        idle.append(stream)
        stream.set_close_callback(partial(self._forget, peer.server_id, stream))

    def _forget(self, server_id: UUID, stream: IOStream) -> None:
        if stream in self._idle[server_id]:
            self._idle[server_id].remove(stream)

    def close(self) -> None:
        """Close those that nobody uses."""
        for idle in self._idle.values():
            for stream in tuple(idle):
                stream.set_close_callback(None)
                stream.close()
        self._idle.clear()
