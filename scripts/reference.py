"""Write the reference pages from the code itself: settings.md, http.md, cli.md and database.md of docs/reference/.

usage: reference.py [--check]     (--check writes nothing and ends with 1 when a page is out of date)
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from traitlets import Undefined
from traitlets.config import Configurable

from nexus_server.app import SETTINGS
from nexus_server.cli import app
from nexus_server.handlers.routes import ROUTES
from nexus_server.store.models.base import Base
from nexus_server.web.contract import API

DOCS = Path(__file__).resolve().parent.parent / "docs" / "reference"
VERBS = ("get", "post", "put", "patch", "delete")


def settings_page() -> str:
    """Return every trait with its default and help."""
    lines = [
        "# Settings",
        "",
        "Set them in `jupyter_config.py` as `c.<Class>.<setting> = value`. They cannot change after start.",
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
        lines += ["", f"## `{' '.join(path)}`", "", " ".join((command.help or "").split())]
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


PAGES = {"settings.md": settings_page, "http.md": http_page, "cli.md": cli_page, "database.md": database_page}


def main() -> None:
    """Write the pages, or say which of them are out of date."""
    stale = [name for name, make in PAGES.items() if not (DOCS / name).is_file() or (DOCS / name).read_text() != make()]
    if "--check" in sys.argv:
        print(f"out of date: {', '.join(stale)}: run `make docs`" if stale else "the reference pages are up to date")
        sys.exit(bool(stale))
    for name in stale:
        (DOCS / name).write_text(PAGES[name]())
        print(f"wrote docs/reference/{name}")


if __name__ == "__main__":
    main()
