"""Short talks with a kernel before anybody else may: is it ready, and, for pooled kernels, whose it becomes."""

from typing import Any, Self

import zmq
import zmq.asyncio
from jupyter_client.session import Session

from nexus_server.kernels.errors import KernelStartError
from nexus_server.kernels.malformed import MALFORMED_ERRORS

#: messages that are no answer, after which nobody waits for one any more
PATIENCE = 200


def _socket_to(address: str) -> "zmq.asyncio.Socket":
    context: zmq.asyncio.Context = zmq.asyncio.Context.shadow(zmq.Context.instance())
    socket = context.socket(zmq.DEALER)
    socket.linger = 0
    socket.reconnect_ivl = 5
    # A kernel answers with a few kilobytes; whoever sends more is no kernel of ours.
    socket.maxmsgsize = 1 << 20
    try:
        socket.connect(address)
    except zmq.ZMQError:
        socket.close()
        raise
    return socket


class KernelRequest:
    """Requests on one channel of a kernel. Use as an async context manager."""

    def __init__(self, connection_info: dict[str, Any], channel: str) -> None:
        """Connect to ``shell`` or ``control``.

        Raises:
            KernelStartError: there are no sockets left.
        """
        self._session = Session(key=connection_info["key"], signature_scheme=connection_info["signature_scheme"])
        address = f"ipc://{connection_info['ip']}-{connection_info[f'{channel}_port']}"
        try:
            self._socket = _socket_to(address)
        except zmq.ZMQError as exc:
            raise KernelStartError(f"The kernel could not be connected to: {exc}") from exc

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *details: object) -> None:
        self._socket.close()

    async def ask(self, kind: str, content: dict[str, Any], *, new_key: bytes | None = None) -> dict[str, Any]:
        """Send a request and return the content of its reply; the caller sets the time limit.

        Args:
            kind: the message type, as in ``kernel_info_request``.
            content: of the request.
            new_key: the key that signs the reply, when the request changes it.

        Raises:
            KernelStartError: the kernel refused, says many things that are no answer, or cannot be talked to.
        """
        request = self._session.msg(kind, content)
        try:
            await self._socket.send_multipart(self._session.serialize(request))
            if new_key is not None:
                self._session.key = new_key
            return await self._answer(kind, request["header"]["msg_id"])
        except zmq.ZMQError as exc:
            raise KernelStartError(f"The kernel cannot be talked to: {exc}") from exc

    async def _answer(self, kind: str, request: str) -> dict[str, Any]:
        for _ in range(PATIENCE):
            answer = self._answer_in(await self._socket.recv_multipart(), request)
            if answer is None:
                continue
            if answer.get("status", "ok") != "ok":
                raise KernelStartError(f"The kernel refused {kind}.")
            return answer
        raise KernelStartError("The kernel does not answer as kernels do.")

    def _answer_in(self, frames: list[bytes], request: str) -> dict[str, Any] | None:
        """Return the content of the reply to a request; None: it is another message, or none at all."""
        try:
            _, body = self._session.feed_identities(frames)
            reply = self._session.deserialize(body)
            is_answer = reply["parent_header"].get("msg_id") == request and isinstance(reply["content"], dict)
        except MALFORMED_ERRORS:
            return None
        return reply["content"] if is_answer else None
