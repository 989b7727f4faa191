#!/usr/bin/env bash
# A cell that ends with NaN, -0, Infinity or a BigInt shows nothing in Deno's kernel: no execute_result comes, as if the
# cell had no value. `deno repl` shows them. The kernel hands a value on as what JSON holds of it, and V8 names these in
# another field. Whoever reads a cell's value from its result takes "not a number" for "no number".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q deno==2.9.8 jupyter_client==8.10.0
cd "$folder"
"$folder/venv/bin/python" - <<'PROBE'
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from queue import Empty

from jupyter_client import KernelManager
from jupyter_client.kernelspec import KernelSpec

print({name: version(name) for name in ("deno", "jupyter_client")})
deno = str(Path(sys.executable).parent / "deno")
manager = KernelManager()
manager._kernel_spec = KernelSpec(
    argv=[deno, "jupyter", "--kernel", "--conn", "{connection_file}"], display_name="probe", language="any"
)
manager.start_kernel()
client = manager.client()
client.start_channels()
client.wait_for_ready(timeout=120)


def shown(code):
    """Return the texts of a cell's results; a result may come after the cell's idle, so some seconds are listened on."""
    cell, found, is_idle = client.execute(code), [], False
    while True:
        try:
            message = client.get_iopub_msg(timeout=5 if is_idle else 60)
        except Empty:
            return found
        if message["parent_header"].get("msg_id") == cell:
            is_idle = is_idle or message["content"].get("execution_state") == "idle"
            if message["msg_type"] == "execute_result":
                found.append(message["content"]["data"]["text/plain"])


kernel = {code: shown(code) for code in ("1.5", "NaN", "-0", "1/0", "5n", "[5n]")}
manager.shutdown_kernel(now=True)
repl = subprocess.run([deno, "eval", "-p", "[NaN, -0, 1/0, 5n]"], capture_output=True, text=True, check=True).stdout
print("kernel:", kernel)
print("deno eval -p:", repl.strip())
assert kernel["1.5"] and kernel["[5n]"]
assert not any(kernel[code] for code in ("NaN", "-0", "1/0", "5n"))
PROBE
