"""`nexus demo`: the main job, headless, on a server of its own."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer
from rich.console import Console

from nexus_server.commands.images import install_missing_images

START_TIMEOUT_S = 120.0
STOP_TIMEOUT_S = 30.0


def demo(
    url: Annotated[str, typer.Option(help="A running server (default: start one for the demo).")] = "",
) -> None:
    """Walk a learner's whole journey; the last line is one JSON object made from the server's answers."""
    import httpx

    from nexus_server.demo.client import JourneyError

    console = Console(highlight=False)
    url = _checked(url)
    try:
        if url:
            facts = asyncio.run(_walk(url.rstrip("/"), console))
        else:
            install_missing_images()
            with tempfile.TemporaryDirectory(prefix="nexus-demo-") as data, _server(Path(data), console) as own:
                facts = asyncio.run(_walk(own, console))
    except (JourneyError, TimeoutError, httpx.HTTPError) as error:
        message = f"The journey broke: {str(error) or type(error).__name__}"
        Console(stderr=True, style="red", soft_wrap=True).print(message, markup=False, highlight=False)
        raise typer.Exit(1) from error
    sys.stdout.write(json.dumps(facts) + "\n")


def _checked(url: str) -> str:
    """Return an address that can be asked, or nothing for none."""
    try:
        parts = urlsplit(url)
        usable = not url or (parts.scheme in ("http", "https") and parts.hostname and parts.port != 0)
    except ValueError:
        usable = False
    if not usable:
        raise typer.BadParameter(f"{url!r} is not the address of a server, such as http://127.0.0.1:8888.")
    return url


async def _walk(url: str, console: Console) -> dict[str, Any]:
    from nexus_server.demo.client import Browser
    from nexus_server.demo.journey import Journey
    from nexus_server.demo.narrator import Narrator
    from nexus_server.roadmaps.files.layers import ContentLayers
    from nexus_server.settings import NexusSettings

    async with Browser(url) as browser:
        return await Journey(browser, Narrator(console), ContentLayers(NexusSettings().content_paths)).run()


@contextmanager
def _server(data: Path, console: Console) -> Iterator[str]:
    """Start `nexus serve` on a free port with an empty data directory, and stop it at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "nexus_server.cli",
        "serve",
        "--port",
        str(port),
        "--data",
        str(data),
        "--end-kernels",
    ]
    log = data / "server.log"
    started = time.perf_counter()
    with log.open("wb") as sink:
        process = subprocess.Popen(command, stdout=sink, stderr=subprocess.STDOUT, env=dict(os.environ))
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_ready(url, process, log)
        console.print(f"Server started in {time.perf_counter() - started:.1f} s on {url}")
        yield url
    finally:
        process.terminate()
        process.wait(STOP_TIMEOUT_S)


def _wait_until_ready(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    import httpx

    from nexus_server.demo.client import API, JourneyError

    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            if httpx.get(f"{url}{API}/health/ready").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)  # another process opens the port: there is nothing to await
    raise JourneyError(f"The server did not start:\n{log.read_text(errors='replace')[-3000:]}")
