"""`nexus user`: accounts from the command line."""

import asyncio
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from nexus_server.commands.data_dir import Data, open_up_to_date
from nexus_server.errors import InvalidError
from nexus_server.learner import Role

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from nexus_server.accounts.build import Accounts

app = typer.Typer(help="Make and change accounts.", no_args_is_help=True)

Email = Annotated[str, typer.Argument(metavar="EMAIL", help="The person's e-mail address.")]


@app.command("create")
def create(
    email: Email,
    *,
    role: Annotated[Role, typer.Option(help="What the person may do.")] = Role.STUDENT,
    name: Annotated[str, typer.Option(help="Display name (default: the part before the @).")] = "",
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read the password from stdin.")] = False,
    data: Data = None,
) -> None:
    """Make an account; the password comes from stdin, or is asked for."""
    from nexus_server.accounts.service import NewUser

    try:
        password = sys.stdin.readline().rstrip("\n") if password_stdin else _ask_password()
    except UnicodeDecodeError:
        raise InvalidError("The password is not text in UTF-8.") from None
    if not password:
        raise InvalidError("The password is empty.")
    new = NewUser(email, password, name or email.partition("@")[0], role=role)
    _run(data, lambda accounts: accounts.service.register(new))
    typer.echo(f"{email} is registered as {role.value}.")


@app.command("role")
def set_role(email: Email, role: Annotated[Role, typer.Argument(help="The new role.")], data: Data = None) -> None:
    """Change what a person may do, at once."""
    from nexus_server.accounts.administration import UserChange

    async def change(accounts: "Accounts") -> None:
        user = await accounts.service.get_user(email)
        await accounts.administration.change_user(None, user.id, UserChange(role=role))

    _run(data, change)
    typer.echo(f"{email} is {role.value} now.")


@app.command("disable")
def disable(
    email: Email,
    *,
    undo: Annotated[bool, typer.Option("--undo", help="Let the person in again.")] = False,
    data: Data = None,
) -> None:
    """Lock a person out: every login ends within a second."""
    from nexus_server.accounts.administration import UserChange

    async def change(accounts: "Accounts") -> None:
        user = await accounts.service.get_user(email)
        await accounts.administration.change_user(None, user.id, UserChange(disabled=not undo))

    _run(data, change)
    typer.echo(f"{email} is {'enabled' if undo else 'disabled'} now.")


def _ask_password() -> str:
    # Where nobody types there is nothing to hide, and no terminal to hide it on: a script pipes it in.
    password: str = typer.prompt("Password", hide_input=sys.stdin.isatty(), confirmation_prompt=True)
    return password


def _run(data: "Path | None", work: "Callable[[Accounts], Awaitable[object]]") -> None:
    services = open_up_to_date(data)

    async def run() -> None:
        try:
            await work(services.accounts)
        finally:
            await services.close()

    asyncio.run(run())
