#!/usr/bin/env bash
# A cell of bash_kernel with several commands is a failure only if its last command fails.
# A failed `cd` in its first line is "ok". The error has no name and no traceback, and stderr arrives as stdout.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q bash_kernel==0.10.0 ipykernel==7.4.0 jupyter_client==8.10.0
cd "$folder"
"$folder/venv/bin/python" - <<'PROBE'
import sys
from importlib.metadata import version

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


print({name: version(name) for name in ("bash_kernel", "jupyter_client")})
manager, client = start([sys.executable, "-m", "bash_kernel", "-f", "{connection_file}"])
EXPECTED = {
    "false": ("error", "", "1"),
    "false; echo after": ("ok", None, None),
    "cd /nowhere\nls /": ("ok", None, None),
    "ls /nowhere": ("error", "", "2"),
}
for cell, expected in EXPECTED.items():
    reply = client.execute_interactive(cell, output_hook=lambda message: None, timeout=60)["content"]
    told = tuple(reply.get(key) for key in ("status", "ename", "evalue"))
    print(f"{cell!r:24} {told}")
    assert told == expected, told
streams = []


def note(message):
    if message["msg_type"] == "stream":
        streams.append(message["content"]["name"])


client.execute_interactive("echo oops >&2", output_hook=note, timeout=60)
print("stderr arrives on", streams)
assert streams == ["stdout"]
manager.shutdown_kernel(now=True)
PROBE
