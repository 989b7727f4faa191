"""Build an earlier commit beside this tree, with a virtual environment of its own, to compare the two in one run.

usage: before.py COMMIT

The tree is `build/before-COMMIT`. A second run finds it there and ends at once.
"""

import argparse
import subprocess
import sys
import tarfile
from pathlib import Path
from tempfile import TemporaryFile

from system import ROOT, SetupError, is_current, say, stop_with


def tree_of(commit: str) -> Path:
    """Return where a commit is built."""
    return ROOT / "build" / f"before-{commit}"


def build(commit: str) -> Path:
    """Build a commit unless it is built already, and return its tree.

    Raises:
        SetupError: there is no such commit here, or it cannot be built.
    """
    tree = tree_of(commit)
    stamp = tree / ".built"
    if is_current(stamp, commit):
        say(f"{commit} is built already in {tree.relative_to(ROOT)}")
        return tree
    say(f"building {commit} in {tree.relative_to(ROOT)}; this takes minutes, once")
    unpack(commit, tree)
    setup = [sys.executable, str(tree / "scripts" / "bootstrap.py"), "run"]
    if subprocess.run(setup, cwd=tree, check=False).returncode:
        raise SetupError(f"{commit} could not be built: see {tree / 'var' / 'log'}")
    stamp.write_text(commit)
    say(f"built {commit}")
    return tree


def unpack(commit: str, tree: Path) -> None:
    """Write a commit's files into a directory.

    Raises:
        SetupError: this is no checkout, or it does not hold the commit.
    """
    with TemporaryFile() as archive:
        done = subprocess.run(
            ["git", "archive", commit], cwd=ROOT, stdout=archive, stderr=subprocess.PIPE, text=True, check=False
        )
        if done.returncode:
            advice = "A clone without its history gets it by `git fetch --unshallow`."
            raise SetupError(f"There is no commit {commit} here: {done.stderr.strip()}. {advice}")
        archive.seek(0)
        tree.mkdir(parents=True, exist_ok=True)
        with tarfile.open(fileobj=archive) as files:
            files.extractall(tree, filter="data")


def main() -> None:
    """Build what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("commit")
    try:
        print(build(parser.parse_args().commit))
    except SetupError as error:
        stop_with(error)


if __name__ == "__main__":
    main()
