#!/usr/bin/env bash
# A sparse file that ends in a hole, in an archive of the format that GNU tar writes (PAX, GNU.sparse 1.0).
# Its size stands in the header, as GNU.sparse.realsize. Python's tarfile goes by that; GNU tar does not.
# GNU tar makes the file end with the last span of the map, and says nothing: an empty span at the end keeps the size.
# Whoever writes such archives by another program loses the end of a disk image only when it is restored with tar.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
tar --version | head -n 1
python3 - <<'PROBE'
import io
import subprocess
import sys
import tarfile
from pathlib import Path

print("Python", sys.version.split()[0])
SIZE = 4096


def add(archive: tarfile.TarFile, name: str, spans: list[tuple[int, int]]) -> None:
    """Add a file of SIZE bytes of which these spans are stored."""
    numbers = [len(spans), *(number for span in spans for number in span)]
    listing = "".join(f"{number}\n" for number in numbers).encode()
    listing += b"\0" * (-len(listing) % 512)
    data = listing + b"x" * sum(length for _, length in spans)
    entry = tarfile.TarInfo(name)
    entry.size = len(data)
    entry.pax_headers = {
        "GNU.sparse.major": "1",
        "GNU.sparse.minor": "0",
        "GNU.sparse.name": name,
        "GNU.sparse.realsize": str(SIZE),
    }
    archive.addfile(entry, io.BytesIO(data))


with tarfile.open("sparse.tar", "w") as archive:
    add(archive, "plain", [(0, 512)])
    add(archive, "ended", [(0, 512), (SIZE, 0)])
Path("gnu").mkdir()
subprocess.run(["tar", "-xf", "sparse.tar", "-C", "gnu"], check=True)
with tarfile.open("sparse.tar") as archive:
    archive.extractall("python", filter="data") if hasattr(tarfile, "data_filter") else archive.extractall("python")
sizes = {tool: [Path(tool, name).stat().st_size for name in ("plain", "ended")] for tool in ("gnu", "python")}
print("bytes without and with an empty last span:", sizes)
assert sizes == {"gnu": [512, SIZE], "python": [SIZE, SIZE]}
PROBE
