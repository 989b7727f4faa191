"""Say why Deno did not run a cell: its kernel answers a cell that it cannot read without a word about what is wrong.

Imported when such a cell is met, not before: what is imported here costs memory in every kernel.
"""

import json
import os
import re
import subprocess
from contextlib import suppress

from signing import signed
from zmtp import DELIMITER, part

#: reads TypeScript and runs none of it
READER = ("/opt/nexus/deno", "fmt", "--no-config", "--ext", "ts", "-")
READER_TIMEOUT_S = 5.0
MAX_SAID = 4_000
ERROR = re.compile(
    r"error: (?P<ename>\w+): (?P<evalue>[^\n]+)(?P<place>(?:\n.*)*?)\n\s+at \S+?:(?P<line>\d+):(?P<column>\d+)"
)
UNTOLD: dict[str, object] = {
    "ename": "Error",
    "evalue": "Deno did not run this cell, or it was interrupted.",
    "traceback": [],
}


def reason(code: str, reader: tuple[str, ...] = READER) -> dict[str, object]:
    """Return the content of the `error` message that this code deserves."""
    found = ERROR.search(complaint(code, reader)[:MAX_SAID])
    if found is None:
        return UNTOLD
    said = f"{found['ename']}: {found['evalue']}"
    place = f"    at <anonymous>:{found['line']}:{found['column']}"
    return {
        "ename": found["ename"],
        "evalue": found["evalue"],
        "traceback": [said, *found["place"].strip("\n").splitlines(), place],
    }


def complaint(code: str, reader: tuple[str, ...]) -> str:
    """What the reader says about this code; nothing when it cannot be asked now."""
    try:
        # The learner's folder may be gone, and what lies in it is not the reader's.
        with subprocess.Popen(
            reader, cwd="/", stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        ) as process:
            die_first(process.pid)
            try:
                return process.communicate(code, READER_TIMEOUT_S)[1]
            except subprocess.TimeoutExpired:
                process.kill()
                return ""
    except OSError:  # no process, or no memory, is left for it
        return ""


def die_first(pid: int) -> None:
    """When memory runs out it shall be this process that ends, not the learner's kernel."""
    with suppress(OSError), open(f"/proc/{pid}/oom_score_adj", "w", encoding="ascii") as file:  # noqa: PTH123  a number
        file.write("1000")


def error_like(idle: list[bytes], content: dict[str, object], key: bytes) -> bytes:
    """Return an `error` message for the cell that this `idle` ends, signed as the kernel signs."""
    return message_like(idle, "error", content, key)


def message_like(other: list[bytes], kind: str, content: dict[str, object], key: bytes) -> bytes:
    """Return a message of the same cell as another one, signed as the kernel signs."""
    start = other.index(DELIMITER)
    header = part(other, 2) | {"msg_type": kind, "msg_id": os.urandom(16).hex()}
    parts = [json.dumps(header).encode(), other[start + 3], b"{}", json.dumps(content).encode()]
    return signed(other[:start], parts, key)
