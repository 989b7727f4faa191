#!/usr/bin/env bash
# `shutdown_kernel(now=True)` of jupyter_client is told as a forced kill that skips the polite way.
# It sends SIGINT before SIGKILL all the same, so the running cell may still reach its `except KeyboardInterrupt` and its `finally`.
# Whoever ends a kernel so that nothing of it runs any more, a frozen one for instance, has to send SIGKILL without this method.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q ipykernel==7.4.0 jupyter_client==8.10.0
cd "$folder"
"$folder/venv/bin/python" - <<'PROBE'
import asyncio
import signal
from importlib.metadata import version

from jupyter_client.manager import AsyncKernelManager


async def main():
    print({name: version(name) for name in ("ipykernel", "jupyter_client")})
    manager = AsyncKernelManager()
    await manager.start_kernel()
    sent = []
    send_signal, kill = manager.provisioner.send_signal, manager.provisioner.kill

    async def signals(number):
        sent.append(signal.Signals(number).name)
        await send_signal(number)

    async def kills(restart=False):
        sent.append("kill")
        await kill(restart=restart)

    manager.provisioner.send_signal, manager.provisioner.kill = signals, kills
    await manager.shutdown_kernel(now=True)
    print("sent by shutdown_kernel(now=True):", sent)
    assert sent[0] == "SIGINT", sent
    assert "kill" in sent[1:], sent


asyncio.run(main())
PROBE
