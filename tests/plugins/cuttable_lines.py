"""Lines from one server to a service, each of which can be cut while the others go on."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

CHUNK = 65536


class CuttableLine:
    """Passes connections on to a port of this machine. One that is cut is silent: it answers nothing, ends nothing."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._loop = asyncio.new_event_loop()
        self._mended = asyncio.Event()
        self._mended.set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._main: asyncio.Task[None] | None = None
        self.port = 0

    def cut(self) -> None:
        """Pass nothing on from now on, either way; whoever connects hears nothing."""
        self._loop.call_soon_threadsafe(self._mended.clear)

    def mend(self) -> None:
        """Break the connections that were cut, and pass new ones on."""
        self._loop.call_soon_threadsafe(self._break)

    def _break(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._mended.set()

    async def _serve(self, ready: threading.Event) -> None:
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        async with server:
            await server.serve_forever()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        with suppress(OSError, asyncio.CancelledError):
            await self._mended.wait()
            there, back = await asyncio.open_connection("127.0.0.1", self._target)
            ways = [asyncio.ensure_future(self._pass(reader, back)), asyncio.ensure_future(self._pass(there, writer))]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                back.close()
        writer.close()
        self._tasks.discard(task)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(CHUNK):
            await self._mended.wait()
            writer.write(chunk)
            await writer.drain()

    def run(self, ready: threading.Event) -> None:
        """Pass on until `stop`, in a thread of its own."""
        with suppress(asyncio.CancelledError):
            self._main = self._loop.create_task(self._serve(ready))
            self._loop.run_until_complete(self._main)
        self._loop.close()

    def stop(self) -> None:
        """End."""
        self._loop.call_soon_threadsafe(self._break)
        if self._main is not None:
            self._loop.call_soon_threadsafe(self._main.cancel)


@contextmanager
def running_line(target: int) -> Iterator[CuttableLine]:
    """Give a line to a port, and end it."""
    line, ready = CuttableLine(target), threading.Event()
    thread = threading.Thread(target=line.run, args=(ready,))
    thread.start()
    ready.wait(10)
    try:
        yield line
    finally:
        line.stop()
        thread.join(10)
