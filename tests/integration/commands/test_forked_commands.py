"""A command that tests fork is what a shell would have started: outputs, exit code, and what it is as a process."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pytest

from tests.plugins.nexus_processes import EXECUTABLE, ForkedNexus, run_nexus

TIMEOUT_S = 60.0


@pytest.mark.parametrize("arguments", [["--version"], ["frobnicate"], ["content", "check", "here", "--static"]])
def test_it_says_and_returns_what_the_installed_one_does(tmp_path: Path, arguments: list[str]) -> None:
    environment = {"NEXUS_DATA_DIR": "own", "COLUMNS": "60"}
    installed = subprocess.run(
        [EXECUTABLE, *arguments],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, **environment},
        check=False,
    )
    forked = run_nexus(*arguments, cwd=tmp_path, environment=environment)
    assert (forked.returncode, forked.stdout, forked.stderr) == (
        installed.returncode,
        installed.stdout,
        installed.stderr,
    )


@contextmanager
def reading(directory: Path) -> Iterator[tuple[ForkedNexus, BinaryIO]]:
    """Give a command that reads its standard input, and what it reads from."""
    source, sink = os.pipe()
    with os.fdopen(sink, "wb") as given, (directory / "out").open("wb") as out:
        with os.fdopen(source, "rb") as stdin:
            process = ForkedNexus(["grade", "verify", "-"], env=os.environ, cwd=directory, stdin=stdin, stdout=out)
        yield process, given
        process.kill()
        process.wait()


def until(condition: Callable[[], bool]) -> None:
    """Wait for what another process does, which sends no event."""
    deadline = time.monotonic() + TIMEOUT_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_it_is_a_process_of_its_own(tmp_path: Path) -> None:
    with reading(tmp_path) as (process, given):
        place = Path("/proc") / str(process.pid)
        until(lambda: (place / "cwd").resolve() == tmp_path)
        assert len(list((place / "task").iterdir())) == 1
        assert os.getpgid(process.pid) == os.getpgid(0)
        assert process.poll() is None
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.01)
        given.write(b"{}")
        given.close()
        assert process.wait(TIMEOUT_S) == process.poll() == 1
        assert not place.exists()
    assert "This is not a signed result." in (tmp_path / "out").read_text()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_signal_ends_it(tmp_path: Path, number: signal.Signals) -> None:
    with reading(tmp_path) as (process, _given):
        process.send_signal(number)
        assert process.wait(TIMEOUT_S) == -number
        process.send_signal(number)  # to nobody any more
