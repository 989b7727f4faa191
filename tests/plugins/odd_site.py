"""A place where commands meet what nobody wants: odd files, odd content, databases that are none."""

import json
import os
import shutil
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tests.plugins.command_line import Command, Outcome, nexus
from tests.plugins.odd_files import write_odd_files, write_odd_roadmaps

#: what these find is their answer, on stdout; they leave with 1 when there is anything
REPORTS = {"doctor", "content check", "content sync", "projections verify"}
#: of these, each line is one mistake of a file
LISTS = {"content export-nbgrader", "content release"}
#: lines of the form in which the command line says how a command is used
USAGE = "Usage:"


@dataclass(frozen=True)
class OddSite:
    """Where commands run."""

    root: Path
    files: list[str]
    content: list[str]
    databases: list[str]

    @property
    def scratch(self) -> Path:
        """What commands may write to; it is their working directory."""
        return self.root / "scratch"

    @property
    def circle(self) -> str:
        """A link that leads to itself."""
        return str(self.root / "files" / "circle")

    def run(self, arguments: list[str], stdin: bytes = b"") -> Outcome:
        """Run a command in an empty working directory, on a site of nobody."""
        shutil.rmtree(self.scratch, ignore_errors=True)
        self.scratch.mkdir()
        environment = {
            "NEXUS_DATA_DIR": str(self.root / "site"),
            "NEXUS_CONTENT_DIR": self.content[0],
            "NEXUS_DATABASE_URL": "",
            "NEXUS_REDIS_URL": "",
            "NEXUS_SERVER_USER": "",
        }
        before = Path.cwd()
        os.chdir(self.scratch)
        try:
            return nexus(arguments, stdin=stdin, environment=environment)
        finally:
            os.chdir(before)

    def check(self, command: Command, arguments: list[str], stdin: bytes = b"") -> None:
        """Run a command, and fail unless it ends as promised; a traceback fails by itself."""
        outcome = self.run(arguments, stdin)
        said = outcome.stderr.strip()
        assert outcome.code in (0, 1, 2), outcome
        if outcome.code == 0 or USAGE in said or "--help" in arguments:
            return
        if command.name in REPORTS:
            assert said or outcome.stdout.strip(), outcome
        elif command.name in LISTS:
            assert said, outcome
        elif "--json" in arguments and not said:
            assert json.loads(outcome.stdout)["reason"], outcome
        else:
            assert len(said.splitlines()) == 1 or "Password" in said + outcome.stdout, outcome


def make_odd_site(root: Path, database: Path) -> OddSite:
    """Fill a directory; `database` is an SQLite file with today's schema."""
    (root / "site").mkdir()
    shutil.copyfile(database, root / "site" / "nexus.db")
    files = write_odd_files(root / "files")
    return OddSite(root, files, write_odd_roadmaps(root / "content"), _odd_databases(root / "databases", database))


def values_for(command: Command, site: OddSite) -> Mapping[str, SearchStrategy[str]]:
    """Return what a command's parameters may be, by name: nothing that starts a server or a container."""
    outputs = st.sampled_from(["out", "a/b/c", "", ".", site.files[0], f"{site.files[0]}/x", "/proc/none", "x" * 300])
    # an empty directory would be filled with a whole schema, each time anew
    no_site = [f"{site.files[0]}/x", site.files[0], "/proc/none/x", "x" * 300, "\udcff/x", site.circle]
    some_site = [*no_site, *site.databases, str(site.root / "site")]
    values = {"path": st.sampled_from(site.files + site.content + site.databases), "output": outputs, "csv": outputs}
    starts_much = command.name in ("serve", "doctor")
    values["data"] = st.sampled_from(no_site if starts_much else some_site)
    if command.name == "demo":
        values["url"] = st.sampled_from(
            ["x", "http://127.0.0.1:1", "ftp://127.0.0.1", "http://[::1", "http://", "é", "/"]
        )
    if command.name in ("content new", "content import-nbgrader"):
        values["content_dir"] = outputs
    if command.name == "content export-nbgrader":
        values["course"] = outputs
    if command.name == "content schemas":
        values["output"] = outputs
    if command.name == "backup":
        values["file"] = outputs
    return values


def _odd_databases(place: Path, good: Path) -> list[str]:
    """Make data directories whose database is none of ours, or none at all; return their paths."""
    whole = good.read_bytes()
    contents = {
        "garbage": b"garbage" * 1000,
        "empty": b"",
        "cut": whole[:30_000],
        "holes": whole[:8192] + bytes(len(whole) - 8192),
        "newer": whole,
        "foreign": b"",
    }
    for name, content in contents.items():
        (place / name).mkdir(parents=True)
        (place / name / "nexus.db").write_bytes(content)
    _tell(place / "newer" / "nexus.db", "UPDATE alembic_version SET version_num = 'ffff'")
    _tell(place / "foreign" / "nexus.db", "CREATE TABLE users (x int)")
    (place / "directory" / "nexus.db").mkdir(parents=True)
    return [str(path) for path in sorted(place.iterdir())]


def _tell(file: Path, statement: str) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute(statement)
    connection.close()
