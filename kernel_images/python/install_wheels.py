"""Unpack every wheel of a directory into one library directory and compile it: an installer that needs no network."""

import compileall
import sys
import zipfile
from pathlib import Path


def target_of(name: str, library: Path) -> Path | None:
    """Where a wheel's member belongs; None for scripts and data files, which kernels don't use."""
    first, _, rest = name.partition("/")
    if not first.endswith(".data"):
        return library / name
    scheme, _, inner = rest.partition("/")
    return library / inner if scheme in ("purelib", "platlib") else None


def unpack(wheel: Path, library: Path) -> None:
    """Unpack one wheel."""
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.infolist():
            target = target_of(member.filename, library)
            if target is None or member.is_dir():
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(archive.read(member))


def main() -> None:
    """Install from argv[1] to argv[2]."""
    wheels, library = Path(sys.argv[1]), Path(sys.argv[2])
    for wheel in sorted(wheels.glob("*.whl")):
        unpack(wheel, library)
    compileall.compile_dir(library, quiet=1, workers=1, invalidation_mode=None)


if __name__ == "__main__":
    main()
