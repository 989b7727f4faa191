"""Debian's Firefox for Playwright: a relay that answers the one command of WebDriver BiDi that Firefox ESR lacks.

Playwright 1.65 sends `emulation.setMediaFeaturesOverride` for each new context, whatever its options say. Firefox 153
does not know that command, and without an answer there is no context. Everything else goes through as it is.
"""

import asyncio
import json
import re
import sys
from asyncio.subprocess import PIPE
from functools import partial
from urllib.parse import urlsplit

from websockets.asyncio.client import connect
from websockets.asyncio.connection import Connection
from websockets.asyncio.server import ServerConnection, serve

FIREFOX = "/usr/bin/firefox-esr"
LACKING = "emulation.setMediaFeaturesOverride"
LISTENING = re.compile(rb"WebDriver BiDi listening on (ws://\S+)")


async def main() -> int:
    """Start Firefox with the given arguments, and name the relay's address where Firefox names its own."""
    firefox = await asyncio.create_subprocess_exec(FIREFOX, *sys.argv[1:], stderr=PIPE)
    assert firefox.stderr is not None
    async for line in firefox.stderr:
        said = line
        if found := LISTENING.search(line):
            address = found[1].decode()
            server = await serve(partial(_relay, address=address), "127.0.0.1", 0, max_size=None)
            said = line.replace(found[1], b"ws://127.0.0.1:%d" % server.sockets[0].getsockname()[1])
        sys.stderr.buffer.write(said)
        sys.stderr.flush()
    return await firefox.wait()


async def _relay(client: ServerConnection, address: str) -> None:
    """Pass messages on between Playwright and Firefox until one of them leaves."""
    assert client.request is not None
    async with connect(address + urlsplit(client.request.path).path, max_size=None, proxy=None) as firefox:
        ways = [asyncio.create_task(_ask(client, firefox)), asyncio.create_task(_answer(firefox, client))]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)


async def _ask(client: Connection, firefox: Connection) -> None:
    async for message in client:
        command = json.loads(message)
        if command["method"] == LACKING:
            await client.send(json.dumps({"type": "success", "id": command["id"], "result": {}}))
        else:
            await firefox.send(message)


async def _answer(firefox: Connection, client: Connection) -> None:
    async for message in firefox:
        await client.send(message)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
