"""A short talk with a kernel goes on past what is no answer, and not for ever."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import zmq
import zmq.asyncio
from jupyter_client.session import Session

from nexus_server.kernels.errors import KernelStartError
from nexus_server.kernels.kernel_request import PATIENCE, KernelRequest

NONSENSE = [
    [b""],
    [b"<IDS|MSG>", b"", b"{", b"[]", b"7", b"{}"],
    [b"<IDS|MSG>", b"junk"],
    [b"no delimiter"],
]


@pytest_asyncio.fixture
async def shell(tmp_path: Path) -> AsyncIterator[zmq.asyncio.Socket]:
    context = zmq.asyncio.Context()
    socket = context.socket(zmq.ROUTER)
    socket.linger = 0
    socket.bind(f"ipc://{tmp_path}/s-1")
    yield socket
    socket.close()
    context.term()


def info(tmp_path: Path) -> dict[str, Any]:
    return {"ip": f"{tmp_path}/s", "key": b"key", "signature_scheme": "hmac-sha256", "shell_port": 1}


async def answer(shell: zmq.asyncio.Socket, before: list[list[bytes]], content: dict[str, Any]) -> None:
    """Say `before`, then answer the request."""
    session = Session(key=b"key", signature_scheme="hmac-sha256")
    identity, *frames = await shell.recv_multipart()
    _, body = session.feed_identities(frames)
    for each in before:
        await shell.send_multipart([identity, *each])
    reply = session.msg("kernel_info_reply", content, parent=session.deserialize(body)["header"])
    await shell.send_multipart([identity, *session.serialize(reply)])


async def test_what_is_no_answer_is_passed_over(shell: zmq.asyncio.Socket, tmp_path: Path) -> None:
    async with KernelRequest(info(tmp_path), "shell") as dialogue:
        asking = dialogue.ask("kernel_info_request", {})
        answering = answer(shell, NONSENSE, {"status": "ok", "banner": "here"})
        found, _ = await asyncio.gather(asking, answering)
    assert found == {"status": "ok", "banner": "here"}


async def test_nobody_waits_for_ever_on_a_kernel_that_babbles(shell: zmq.asyncio.Socket, tmp_path: Path) -> None:
    async with KernelRequest(info(tmp_path), "shell") as dialogue:
        asking = dialogue.ask("kernel_info_request", {})
        with pytest.raises(KernelStartError, match="as kernels do"):
            await asyncio.gather(asking, answer(shell, NONSENSE * PATIENCE, {}))


async def test_a_refusal_is_an_error(shell: zmq.asyncio.Socket, tmp_path: Path) -> None:
    async with KernelRequest(info(tmp_path), "shell") as dialogue:
        with pytest.raises(KernelStartError, match="refused"):
            await asyncio.gather(dialogue.ask("kernel_info_request", {}), answer(shell, [], {"status": "error"}))


async def test_a_socket_that_is_gone_is_a_kernel_that_did_not_start(tmp_path: Path) -> None:
    async with KernelRequest(info(tmp_path), "shell") as dialogue:
        dialogue._socket.close()
        with pytest.raises(KernelStartError, match="cannot be talked to"):
            await dialogue.ask("kernel_info_request", {})
