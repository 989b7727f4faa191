"""Whatever the server and its kernels put into their directories, and whenever, the helper touches nothing outside."""

import contextlib
import os
import shutil
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nexus_server.kernels.helper.places import Places

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
SERVER, KERNEL = 64001, 61000
MAKERS = frozenset({KERNEL, 0})
NAMES = ["a", "a/f1", "a/s-1"]
#: what is asked for, the likelier the more often
ASKED = ["make", "rename", "remove", *["lend"] * 3, *["take"] * 5]
#: requests that are to succeed beside the swapping
ANSWERS = 100


@dataclass(frozen=True)
class Ground:
    """A helper's places, and beside them what is nobody's business."""

    places: Places
    outside: Path

    def look(self) -> dict[str, tuple[int, int, int]]:
        """Owner, mode and number of names of everything outside."""
        found = [self.outside, *sorted(self.outside.rglob("*"))]
        return {str(path): (path.lstat().st_uid, path.lstat().st_mode, path.lstat().st_nlink) for path in found}


@contextmanager
def ground() -> Iterator[Ground]:
    with tempfile.TemporaryDirectory(prefix="nexus-", dir="/tmp") as name:
        top = Path(name)
        made = Ground(Places(top / "helper", top / "data", SERVER, SERVER), top / "outside")
        made.places.kernels.mkdir(parents=True)
        (made.outside / "inner").mkdir(parents=True)
        (made.outside / "file").write_text("kept")
        (made.outside / "servers").mkdir()
        # Of these users, so that a check of the owner alone would let it pass.
        os.chown(made.outside / "servers", SERVER, SERVER)
        os.chown(made.outside / "inner", KERNEL, KERNEL)
        os.chown(made.outside / "file", KERNEL, KERNEL)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(made.outside / "s-1"))
        os.chown(made.outside / "s-1", KERNEL, KERNEL)
        yield made


def cleared(path: Path) -> Path:
    """Make room at a path."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    return path


def directory(path: Path, _: Path) -> None:
    path.mkdir()
    os.chown(path, KERNEL, KERNEL)


def bound(path: Path, _: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
    os.chown(path, KERNEL, KERNEL)


PLANTS: dict[str, Callable[[Path, Path], None]] = {
    "directory": directory,
    "socket": bound,
    "link to a directory": lambda path, outside: path.symlink_to(outside / "inner"),
    "link to another": lambda path, outside: path.symlink_to(outside / "servers"),
    "link to a file": lambda path, outside: path.symlink_to(outside / "file"),
    "link to a socket": lambda path, outside: path.symlink_to(outside / "s-1"),
    "relative link": lambda path, _: path.symlink_to("../../../outside"),
    "queue": lambda path, _: os.mkfifo(path),
    "file": lambda path, _: path.touch(),
}
ACTIONS = st.tuples(st.sampled_from([*ASKED, *PLANTS]), st.sampled_from(NAMES))


def act(at: Ground, action: str, name: str) -> None:
    """Do what a request asks for, or what the server and its kernels can do by themselves below their directories."""
    kernel, _, place = name.partition("/")
    if action in PLANTS:
        if place and at.places.kernel(kernel).is_dir():
            with contextlib.suppress(FileExistsError):
                PLANTS[action](cleared(at.places.kernel(kernel) / place), at.outside)
    elif action == "make":
        at.places.make_kernel(kernel)
    elif action == "lend":
        at.places.lend(kernel, place, KERNEL, KERNEL)
    elif action == "take":
        at.places.take(kernel, place, MAKERS)
    elif action == "rename":
        at.places.rename_kernel(kernel, "b" if kernel == "a" else "a")
    else:
        at.places.remove_kernel(kernel)


@settings(max_examples=100)
@given(st.lists(ACTIONS, min_size=3, max_size=25))
def test_no_order_of_requests_and_plants_reaches_outside(actions: list[tuple[str, str]]) -> None:
    with ground() as at:
        before = at.look()
        act(at, "make", "a")
        for action, name in actions:
            with contextlib.suppress(OSError):  # a refusal
                act(at, action, name)
        assert at.look() == before
        assert (at.outside / "file").read_text() == "kept"


@pytest.mark.parametrize(
    ("ask", "name", "plants"),
    [
        ("lend", "a/f1", ["directory", "link to another"]),
        ("take", "a/f1", ["directory", "link to a directory"]),
        ("take", "a", ["socket", "link to a socket"]),
        ("remove", "a", ["directory", "link to a directory"]),
    ],
)
def test_what_is_swapped_for_a_link_meanwhile_leads_nowhere(ask: str, name: str, plants: list[str]) -> None:
    with ground() as at:
        before = at.look()
        at.places.make_kernel("a")
        is_over = threading.Event()
        swapping = threading.Thread(target=swap, args=(at, plants, is_over))
        swapping.start()
        answered = 0
        try:
            while answered < ANSWERS:
                with contextlib.suppress(OSError):
                    act(at, ask, name)
                    answered += 1
                if ask == "remove":
                    at.places.make_kernel("a")
        finally:
            is_over.set()
            swapping.join()
        assert at.look() == before


def swap(at: Ground, plants: list[str], is_over: threading.Event) -> None:
    """Put these into each other's place, by turns, as fast as the server could."""
    place, spare = at.places.kernel("a") / "f1", at.outside.parent / "spare"
    for number in count():
        if is_over.is_set():
            return
        with contextlib.suppress(OSError):
            PLANTS[plants[number % 2]](cleared(spare), at.outside)
            cleared(place)
            spare.rename(place)
