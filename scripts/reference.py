"""Write what follows from the code itself: pages of docs/reference/, and labextension/openapi.json.

The front end's types are made from that document: `npm run types` in labextension/.

usage: reference.py [--check]     (--check writes nothing and ends with 1 when a page is out of date)
"""

import json
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from traitlets import Undefined
from traitlets.config import Configurable

from nexus_server.cli import app
from nexus_server.composition import SETTINGS
from nexus_server.handlers.openapi import document
from nexus_server.handlers.routes import ROUTES
from nexus_server.store.models.base import Base
from nexus_server.web.contract import API

ROOT = Path(__file__).resolve().parent.parent
#: characters of a line of text
LINE_LENGTH = 150
VERBS = ("get", "post", "put", "patch", "delete")


def settings_page() -> str:
    """Return every trait with its default and help."""
    lines = [
        "# Settings",
        "",
        "Set them in `nexus_config.py`, in the data directory or in /etc/nexus, as `c.<Class>.<setting> = value`.",
        "They cannot change after start.",
    ]
    for group in SETTINGS:
        lines += [
            "",
            f"## {group.__name__}",
            "",
            _first_line(group.__doc__),
            "",
            "| setting | default | meaning |",
            "|---|---|---|",
        ]
        lines += [f"| `{name}` | {default} | {help_text} |" for name, default, help_text in _traits(group)]
    return "\n".join(lines) + "\n"


def _traits(group: type[Configurable]) -> Iterator[tuple[str, str, str]]:
    for name, trait in sorted(group.class_own_traits(config=True).items()):
        computed = f"_default_{name}" in vars(group) or trait.default_value is Undefined
        default = "*computed*" if computed else f"`{trait.default_value!r}`"
        yield name, default, " ".join(trait.help.split()).replace("|", "\\|")


def http_page() -> str:
    """Return every operation of the API."""
    lines = [
        "# HTTP operations",
        "",
        f"Prefix `{API}`. Schemas: `{API}/openapi.json`.",
        "",
        "| method and path | what it does | who |",
        "|---|---|---|",
    ]
    for route in ROUTES:
        for verb in VERBS:
            spec = getattr(getattr(route.handler, verb, None), "operation", None)
            if spec is not None:
                who = "anybody" if spec.public else "logged in"
                lines.append(f"| `{verb.upper()} {route.path}` | {spec.summary} | {who} |")
    return "\n".join(lines) + "\n"


def cli_page() -> str:
    """Return every command with its help."""
    root = typer.main.get_command(app)
    lines = ["# Command line", "", "`.venv/bin/nexus COMMAND --help` shows the same."]
    for path, command in _commands(root, ["nexus"]):
        lines += ["", f"## `{' '.join(path)}`", "", textwrap.fill(" ".join((command.help or "").split()), LINE_LENGTH)]
        rows = [
            _parameter(one)
            for one in command.params
            if getattr(one, "name", "") not in ("help", "install_completion", "show_completion")
        ]
        if rows:
            lines += ["", "| argument | meaning |", "|---|---|", *rows]
    return "\n".join(lines) + "\n"


def _commands(command: Any, path: list[str]) -> Iterator[tuple[list[str], Any]]:
    """Walk typer's command tree (its classes are private: typer brings its own copy of click)."""
    children = getattr(command, "commands", None)
    if children is None:
        yield path, command
        return
    for name, child in sorted(children.items()):
        yield from _commands(child, [*path, name])


def _parameter(parameter: Any) -> str:
    is_option = parameter.param_type_name == "option"
    names = ", ".join(f"`{name}`" for name in parameter.opts) if is_option else f"`{parameter.name.upper()}`"
    return f"| {names} | {' '.join((getattr(parameter, 'help', None) or '').split())} |"


def database_page() -> str:
    """Return every table with what it points to, as one diagram for each module of models."""
    lines = ["# Database", "", "An arrow leads to the row that a row belongs to. `users` stands in most diagrams."]
    modules: dict[str, list[type[Base]]] = {}
    for mapper in sorted(Base.registry.mappers, key=lambda one: str(one.local_table)):
        modules.setdefault(mapper.class_.__module__.rpartition(".")[2], []).append(mapper.class_)
    for module, models in sorted(modules.items()):
        arrows = sorted({arrow for model in models for arrow in _arrows(model)})
        lines += ["", f"## {module.capitalize()}", "", "```mermaid", "flowchart LR", *arrows, "```", ""]
        lines += ["| table | holds |", "|---|---|"]
        lines += [f"| `{model.__tablename__}` | {_first_line(model.__doc__)} |" for model in models]
    return "\n".join(lines) + "\n"


def _arrows(model: type[Base]) -> Iterator[str]:
    keys = [key for column in model.__table__.columns for key in column.foreign_keys]
    if not keys:
        yield f"  {model.__tablename__}"
    for key in keys:
        yield f"  {model.__tablename__} -- {key.parent.name} --> {key.column.table.name}"


def _first_line(text: str | None) -> str:
    return (text or "").strip().splitlines()[0]


def openapi_document() -> str:
    """Return the API's document, as the server sends it."""
    return json.dumps(document(ROUTES), indent=1) + "\n"


FILES = {
    "docs/reference/settings.md": settings_page,
    "docs/reference/http.md": http_page,
    "docs/reference/cli.md": cli_page,
    "docs/reference/database.md": database_page,
    "labextension/openapi.json": openapi_document,
}


def stale() -> dict[str, str]:
    """Return the files that are out of date, and what is to be in them."""
    made = {name: make() for name, make in FILES.items()}
    return {
        name: text for name, text in made.items() if not (ROOT / name).is_file() or (ROOT / name).read_text() != text
    }


def main() -> None:
    """Write the files, or say which of them are out of date."""
    found = stale()
    if "--check" in sys.argv:
        print(f"out of date: {', '.join(found)}: run `make docs`" if found else "the reference pages are up to date")
        sys.exit(bool(found))
    for name, text in found.items():
        (ROOT / name).write_text(text)
        print(f"wrote {name}")


if __name__ == "__main__":
    main()
