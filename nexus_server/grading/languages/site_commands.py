"""Cells for kernels with commands for a grader's files: `.write`, `.remove` and `.environment`, each with JSON."""

import base64
import json
from collections.abc import Collection, Iterator, Mapping

from nexus_server.grading.languages.language import inside

#: bytes of a file in one cell
CHUNK = 512 * 1024


def environment(variables: Mapping[str, str]) -> str:
    """Return the cell that sets variables."""
    return f".environment {json.dumps(dict(variables))}"


def file_cells(files: Mapping[str, bytes]) -> Iterator[str]:
    """Yield the cells that write files."""
    for name, data in inside(files).items():
        for start in range(0, max(len(data), 1), CHUNK):
            chunk = base64.b64encode(data[start : start + CHUNK]).decode()
            yield f".write {json.dumps({'name': name, 'data': chunk, 'append': start > 0})}"


def removal(names: Collection[str]) -> str:
    """Return the cell that removes files."""
    return f".remove {json.dumps(sorted(inside(dict.fromkeys(names, b''))))}"
