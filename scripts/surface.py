"""What users and operators can see of the product, as JSON; and how it differs from another revision.

usage: surface.py                   (write it to standard output)
       surface.py --against REV     (compare this tree with a revision's; ends with 1 when something differs)

Run it where the tree begins. It names the API's document, the command line, the database's schema, the settings and
who may call which route.
"""

import argparse
import difflib
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def surface() -> dict[str, Any]:
    """Return what can be seen, by part. Imports late: with `--against` another tree's package is meant."""
    import typer  # noqa: PLC0415
    import yaml  # noqa: PLC0415
    from sqlalchemy.dialects.postgresql import dialect  # noqa: PLC0415
    from sqlalchemy.schema import CreateTable  # noqa: PLC0415

    from nexus_server.cli import app  # noqa: PLC0415
    from nexus_server.composition import SETTINGS  # noqa: PLC0415
    from nexus_server.handlers.openapi import document  # noqa: PLC0415
    from nexus_server.handlers.routes import ROUTES  # noqa: PLC0415
    from nexus_server.store.models.base import Base  # noqa: PLC0415

    tables = Base.metadata.tables
    return {
        "openapi": document(ROUTES),
        "command line": commands(typer.main.get_command(app)),
        "database": {name: str(CreateTable(table).compile(dialect=dialect())) for name, table in tables.items()},  # type: ignore[no-untyped-call]
        "settings": {group.__name__: traits(group) for group in SETTINGS},
        "permissions": yaml.safe_load(Path("tests/security/matrix.yaml").read_text(encoding="utf-8")),
    }


def commands(command: Any) -> dict[str, Any]:
    """Return a command's help and parameters, and its own commands."""
    children = getattr(command, "commands", {})
    return {
        "help": command.help,
        "parameters": {one.name: [*one.opts, getattr(one, "help", None)] for one in command.params},
        "commands": {name: commands(child) for name, child in children.items()},
    }


def traits(group: Any) -> dict[str, list[str]]:
    """Return a group's settings with their default and help."""
    own = group.class_own_traits(config=True)
    return {name: [repr(trait.default_value), " ".join(trait.help.split())] for name, trait in own.items()}


def text(found: Any) -> list[str]:
    """Return it as lines, in an order of their own."""
    return json.dumps(found, indent=1, sort_keys=True, default=str).splitlines(keepends=True)


def surface_at(revision: str) -> list[str]:
    """Return the lines of a revision's surface, read by this script from a tree of its own."""
    with tempfile.TemporaryDirectory() as scratch:
        tree = Path(scratch) / "tree"
        subprocess.run(["git", "worktree", "add", "-q", "--detach", tree, revision], cwd=ROOT, check=True)
        try:
            command = [sys.executable, str(Path(__file__).resolve())]
            printed = subprocess.run(command, cwd=tree, check=True, capture_output=True, text=True).stdout
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", tree], cwd=ROOT, check=True)
    return str(printed).splitlines(keepends=True)


def main() -> int:
    """Print the surface, or what differs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--against", metavar="REV")
    revision = parser.parse_args().against
    sys.path.insert(0, str(Path.cwd()))
    here = text(surface())
    if revision is None:
        sys.stdout.writelines(here)
        return 0
    changes = list(difflib.unified_diff(surface_at(revision), here, revision, "this tree", n=2))
    sys.stdout.writelines(changes)
    return int(bool(changes))


if __name__ == "__main__":
    sys.exit(main())
