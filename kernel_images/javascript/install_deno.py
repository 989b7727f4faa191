"""Take Deno's program out of its wheel, and have its kernel show the numbers that it drops.

The kernel passes a cell's value on to be shown as what JSON can hold of it. V8 names `NaN`, `Infinity`, `-0` and BigInt
in another field, so a cell that ends with one of them shows nothing. The kernel is JavaScript, kept as text in the
program: here its one expression that drops the field is replaced by one that keeps it, of the same length.
"""

import sys
import zipfile
from pathlib import Path

DROPPING = b"""const arg1 = result.objectId
            ? { objectId: result.objectId }
            : { value: result.value };"""
KEEPING = b"const arg1 = result;".ljust(len(DROPPING))


def shows_all_numbers(program: bytes) -> bytes:
    """Return the program with a kernel that shows every number.

    Raises:
        SystemExit: this Deno's kernel is written otherwise; look at how it shows `NaN`, and change this module.
    """
    if program.count(DROPPING) != 1:
        sys.exit("install_deno.py does not know this version of Deno's kernel.")
    return program.replace(DROPPING, KEEPING)


def main() -> None:
    """Install from the wheel in the directory argv[1] to the file argv[2]."""
    wheel = next(Path(sys.argv[1]).glob("deno-*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith("/scripts/deno"))
        program = archive.read(name)
    target = Path(sys.argv[2])
    target.write_bytes(shows_all_numbers(program))
    target.chmod(0o755)


if __name__ == "__main__":
    main()
