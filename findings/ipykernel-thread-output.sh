#!/usr/bin/env bash
# A thread that one cell started goes on printing while the next cell runs.
# ipykernel sends each line as output of the cell that runs at that moment, not of the cell that started the thread.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q ipykernel==7.4.0 jupyter_client==8.10.0
cd "$folder"
"$folder/venv/bin/python" - <<'PROBE'
from importlib.metadata import version

from jupyter_client.manager import start_new_kernel

print({name: version(name) for name in ("ipykernel", "jupyter_client")})
manager, client = start_new_kernel()
start = """
import threading
second_runs, ticks_are_out = threading.Event(), threading.Event()
def tick():
    second_runs.wait()
    for number in range(5):
        print("tick", number, flush=True)
    ticks_are_out.set()
threading.Thread(target=tick).start()
"""
cells = {client.execute(start): "first"}
second = client.execute("second_runs.set(); ticks_are_out.wait()")
cells[second] = "second"
seen = {"first": "", "second": ""}
while True:
    message = client.get_iopub_msg(timeout=30)
    parent = message["parent_header"].get("msg_id")
    if message["msg_type"] == "stream":
        seen[cells[parent]] += message["content"]["text"]
    if parent == second and message["content"].get("execution_state") == "idle":
        break
manager.shutdown_kernel(now=True)
print({cell: text.count("tick") for cell, text in seen.items()})
assert seen["first"] == ""
assert seen["second"].count("tick") == 5
PROBE
