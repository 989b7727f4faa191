#!/usr/bin/env bash
# `AsyncKernelManager.start_kernel` sleeps for 10 ms after the kernel runs, before it returns.
# A caller whose task is cancelled in that moment gets CancelledError, as if nothing had started, and the kernel goes on running.
# Whoever puts a start under a time limit has to end the kernel of a start that was cancelled.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q ipykernel==7.4.0 jupyter_client==8.10.0
cd "$folder"
"$folder/venv/bin/python" - <<'PROBE'
import asyncio
from importlib.metadata import version

from jupyter_client.manager import AsyncKernelManager


class Manager(AsyncKernelManager):
    """Has whoever waits for the start cancelled when the kernel runs."""

    async def _async_post_start_kernel(self, **kwargs):
        await super()._async_post_start_kernel(**kwargs)
        self.waiting.cancel()


async def main():
    print({name: version(name) for name in ("ipykernel", "jupyter_client")})
    manager = Manager()
    manager.waiting = asyncio.create_task(manager.start_kernel())
    await asyncio.wait({manager.waiting})
    print("start_kernel was cancelled:", manager.waiting.cancelled())
    is_alive = await manager.is_alive()
    print("the kernel runs:", is_alive)
    await manager.shutdown_kernel(now=True)
    assert manager.waiting.cancelled()
    assert is_alive


asyncio.run(main())
PROBE
