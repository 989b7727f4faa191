"""What the setup steps share: saying what happens, running commands, Debian packages. Standard library only."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
APT_LOCK_S = 600


class SetupError(Exception):
    """A step cannot work; the message is one sentence that says what to do."""


def say(text: str) -> None:
    """Print one line, at once."""
    print(f"  {text}", flush=True)


def run(command: list[str], *, log: Path, cwd: Path = ROOT, path: str | None = None, advice: str) -> None:
    """Run `command` with its output in `log`; `path` is the PATH to find programs on.

    Raises:
        SetupError: it failed; the message holds `advice` and the end of its output.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    env = {**os.environ, "PATH": path} if path else None
    with log.open("ab") as sink:
        code = subprocess.run(command, cwd=cwd, stdout=sink, stderr=subprocess.STDOUT, env=env, check=False).returncode
    if code:
        tail = log.read_text(errors="replace").strip().splitlines()[-8:]
        raise SetupError(
            f"{advice} (`{' '.join(command[:4])} …` ended with {code}; all of it in {log}):\n" + "\n".join(tail)
        )


def install_packages(names: Iterable[str], why: str) -> None:
    """Install Debian packages, saying so.

    Raises:
        SetupError: this is not root, not Debian, or apt-get failed.
    """
    names = list(names)
    wanted = " ".join(names)
    if shutil.which("apt-get") is None:
        raise SetupError(f"{why} needs {wanted}: install them with your system's package manager, then try again.")
    if os.geteuid() != 0:
        raise SetupError(f"{why} needs {wanted}: run `sudo apt-get install {wanted}`, then try again.")
    say(f"installing from Debian: {wanted}  ({why})")
    log = ROOT / "var" / "log" / "apt.log"
    env_set = ["env", "DEBIAN_FRONTEND=noninteractive"]
    # A fresh machine often updates itself in the background: wait for it instead of failing.
    apt = [*env_set, "apt-get", "-o", f"DPkg::Lock::Timeout={APT_LOCK_S}", "-q"]
    run([*apt, "update"], log=log, advice="The package lists could not be read")
    command = [*apt, "install", "-y", "--no-install-recommends", *names]
    run(command, log=log, advice=f"{wanted} could not be installed")


def digest(paths: Iterable[Path]) -> str:
    """Return one SHA-256 over files and whole folders, by name and content."""
    total = hashlib.sha256()
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                total.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return total.hexdigest()


def is_current(stamp: Path, value: str) -> bool:
    """Return whether a step already ran for this input."""
    return stamp.is_file() and stamp.read_text() == value


def require_space(gigabytes: float) -> None:
    """Refuse to begin what would fill the disk.

    Raises:
        SetupError: less than `gigabytes` GB are free.
    """
    free = shutil.disk_usage(ROOT).free / 1e9
    if free < gigabytes:
        raise SetupError(f"Only {free:.1f} GB are free on the disk: free at least {gigabytes:g} GB, then try again.")


def stop_with(error: SetupError) -> None:
    """Say what to do, and end with exit code 1."""
    print(f"\nSetup cannot go on. {error}", file=sys.stderr, flush=True)
    sys.exit(1)
