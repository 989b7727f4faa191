"""`nexus servers`: the servers of a site that has several."""

import asyncio
import json
from typing import TYPE_CHECKING, Annotated, TypeVar
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table

from nexus_server.commands.data_dir import Data, open_up_to_date

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime
    from pathlib import Path

    from nexus_server.servers.register import ServerRegister
    from nexus_server.servers.views import ServerView

app = typer.Typer(
    help="See the servers of the site, take one out of service, and forget those that are gone.", no_args_is_help=True
)

Server = Annotated[str, typer.Argument(metavar="NAME", help="The server's address or number, as `list` shows them.")]

ONE_SERVER = "A site on SQLite has one server. Several need PostgreSQL (NEXUS_DATABASE_URL)."
T = TypeVar("T")


@app.command("list")
def list_servers(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
    data: Data = None,
) -> None:
    """List every server that was seen and not forgotten."""
    found, is_sqlite = _run(data, _list)
    if as_json:
        typer.echo(json.dumps([server.model_dump(mode="json") for server in found], indent=2))
    elif is_sqlite:
        typer.echo(ONE_SERVER)
    else:
        Console().print(_table(found))


@app.command("drain")
def drain(
    server: Server,
    *,
    deadline_s: Annotated[
        float | None,
        typer.Option("--deadline", min=0, metavar="SECONDS", help="When its kernels end, in seconds from now."),
    ] = None,
    is_undone: Annotated[bool, typer.Option("--undo", help="Let it take learners again.")] = False,
    data: Data = None,
) -> None:
    """Take a server out of service: no new learners, kernels end at the deadline, and then it stops."""
    if is_undone:
        _run(data, lambda register: _undrain(register, server))
        typer.echo(f"{server} takes learners again.")
        return
    until = _run(data, lambda register: _drain(register, server, deadline_s))
    typer.echo(f"{server} takes no new learners. Its kernels end by {until:%Y-%m-%d %H:%M:%S} UTC, and then it stops.")


@app.command("forget")
def forget(
    server: Annotated[
        UUID, typer.Argument(metavar="ID", help="The server's number, as `nexus servers list` shows it.")
    ],
    data: Data = None,
) -> None:
    """Forget a server that will not come back, with the kernels and sessions that it held."""
    kernels = _run(data, lambda register: register.forget(server))
    typer.echo(f"{server} is forgotten. It held {kernels} kernels.")


async def _drain(register: "ServerRegister", server: str, deadline_s: float | None) -> "datetime":
    return await register.drain(await register.find(server), deadline_s)


async def _undrain(register: "ServerRegister", server: str) -> None:
    await register.undrain(await register.find(server))


async def _list(register: "ServerRegister") -> "tuple[list[ServerView], bool]":
    return await register.list_all(), register.is_alone


def _table(servers: "list[ServerView]") -> Table:
    table = Table("server", "address", "state", "version", "homes", "kernels", "room", "last seen", "clock", box=None)
    for server in servers:
        clock = f"{server.clock_offset_s:+.1f} s"
        kernels, seen = f"{server.kernels} of {server.kernels_max}", f"{server.heartbeat_at:%Y-%m-%d %H:%M:%S} UTC"
        state = server.state if server.drain_until is None else f"{server.state} until {server.drain_until:%H:%M:%S}"
        counts = (str(server.homes), kernels, str(server.room))
        table.add_row(str(server.id), server.address, state, server.version, *counts, seen, clock)
    return table


def _run(data: "Path | None", work: "Callable[[ServerRegister], Awaitable[T]]") -> T:
    services = open_up_to_date(data)

    async def run() -> T:
        try:
            return await work(services.servers.register)
        finally:
            await services.close()

    return asyncio.run(run())
