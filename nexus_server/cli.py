"""The `nexus` command: one sub-command per job, each in its own module under `commands/`."""

import io
import logging
import sys
from typing import NoReturn

import typer
from rich.console import Console
from traitlets import TraitError

from nexus_server import optional_imports
from nexus_server.commands import (
    backup,
    badges,
    content,
    demo,
    doctor,
    grade,
    image,
    images,
    mastery,
    projections,
    regrade_preview,
    serve,
    servers,
    streaks,
    upgrade,
    user,
    worker,
)
from nexus_server.errors import NexusError
from nexus_server.files.names import printable
from nexus_server.version import __version__

app = typer.Typer(
    name="nexus",
    help="NexusAI: learn AI and programming by doing, on Jupyter.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command("serve")(serve.serve)
app.command("worker")(worker.worker)
app.add_typer(grade.app, name="grade")
app.command("regrade-preview")(regrade_preview.regrade_preview)
app.command("upgrade")(upgrade.upgrade)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("doctor")(doctor.doctor)
app.command("demo")(demo.demo)
app.command("images")(images.images)
app.add_typer(image.app, name="image")
app.add_typer(projections.app, name="projections")
app.add_typer(badges.app, name="badges")
app.add_typer(mastery.app, name="mastery")
app.add_typer(streaks.app, name="streaks")
app.add_typer(servers.app, name="servers")
app.add_typer(user.app, name="user")
app.add_typer(content.app, name="content")


def _show_version(value: bool) -> None:  # noqa: FBT001  typer calls it with the flag
    if value:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def root(
    version: bool = typer.Option(False, "--version", callback=_show_version, is_eager=True, help="Show the version."),  # noqa: ARG001, FBT001, FBT003
) -> None:
    """Run a job of the platform."""
    if not {"--help", "--version"} & set(sys.argv):
        _tell_warnings()


def _tell_warnings() -> None:
    """Send what is logged to standard error, from warnings on: standard output is a command's result.

    `nexus serve` and `nexus worker` configure their log themselves.
    """
    from nexus_server.observability.logs import LogSettings, configure_logs  # noqa: PLC0415  `--help` needs no log

    configure_logs(LogSettings(), level=logging.WARNING)


def main() -> None:
    """Run the command line; what goes wrong on purpose is one sentence on stderr and exit code 1.

    So is what the operating system refuses, and a setting that cannot be what it is.
    """
    optional_imports.skip()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # names of files may be no text at all
    try:
        app()
    except NexusError as error:
        _leave(error.message)
    except TraitError as error:
        _leave(f"A setting is wrong: {error}")
    except OSError as error:
        _leave(f"{error.filename}: {error.strerror}." if error.filename else f"{error}.")


def _leave(message: str) -> NoReturn:
    """Say why nothing more is done, and leave."""
    Console(stderr=True, style="red", soft_wrap=True).print(printable(message), markup=False, highlight=False)
    sys.exit(1)


if __name__ == "__main__":
    main()
