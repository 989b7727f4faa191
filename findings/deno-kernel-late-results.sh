#!/usr/bin/env bash
# The message "idle" on IOPub says that a cell has sent all its output. nbclient and JupyterLab stop listening there.
# Deno sends the results of some cells after it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q deno==2.9.8 jupyter_client==8.10.0
cd "$folder"
"$folder/venv/bin/python" - <<'PROBE'
import sys
from importlib.metadata import version
from pathlib import Path
from queue import Empty

from jupyter_client import KernelManager
from jupyter_client.kernelspec import KernelSpec


def start(argv):
    manager = KernelManager()
    manager._kernel_spec = KernelSpec(argv=argv, display_name="probe", language="any")
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=120)
    return manager, client


print({name: version(name) for name in ("deno", "jupyter_client")})
deno = str(Path(sys.executable).parent / "deno")
manager, client = start([deno, "jupyter", "--kernel", "--conn", "{connection_file}"])
CELLS = 100
late, results = 0, 0
for number in range(CELLS):
    cell = client.execute(f"console.log('line {number}'); {number}")
    is_idle = False
    while True:
        try:
            message = client.get_iopub_msg(timeout=1 if is_idle else 30)
        except Empty:
            break
        if message["parent_header"].get("msg_id") != cell:
            continue
        if message["content"].get("execution_state") == "idle":
            is_idle = True
        elif message["msg_type"] == "execute_result":
            results += 1
            late += is_idle
            if is_idle:
                break
        if is_idle and results == number + 1:
            break
manager.shutdown_kernel(now=True)
print(f"{results} results of {CELLS} cells, {late} of them after the cell's idle")
assert results == CELLS
assert late > 0
PROBE
