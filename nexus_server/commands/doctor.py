"""`nexus doctor`: looks at the whole installation and says what to do."""

import asyncio
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from nexus_server.commands.data_dir import Data, use_data_dir
from nexus_server.commands.separating import giving_back

if TYPE_CHECKING:
    from nexus_server.health.finding import Finding
    from nexus_server.services import Services

# Imports inside the commands: what they load takes a second, which `nexus --help` should not.
MARKS = {"ok": "[green]ok     [/]", "warning": "[yellow]warning[/]", "failure": "[red]failure[/]"}


def doctor(
    *,
    data: Data = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    is_site: Annotated[
        bool,
        typer.Option("--site", help="Look at the site's servers too: states, clocks, versions, ways between them."),
    ] = False,
) -> None:
    """Check everything the platform needs; exit 1 when something must be done."""
    use_data_dir(data)
    with giving_back():
        findings = _look(is_site=is_site)
    failed = any(finding.status == "failure" for finding in findings)
    if as_json:
        typer.echo(json.dumps({"ok": not failed, "findings": [asdict(finding) for finding in findings]}))
    else:
        _print(findings)
    raise typer.Exit(1 if failed else 0)


def _look(*, is_site: bool) -> "list[Finding]":
    from traitlets import TraitError

    from nexus_server.commands.proxy_checks import look_at_public_address
    from nexus_server.composition import load_config, open_services
    from nexus_server.errors import NexusError
    from nexus_server.health.checks import look_at_machine
    from nexus_server.health.finding import Finding
    from nexus_server.settings import NexusSettings

    findings = list(look_at_machine(NexusSettings(config=load_config())))
    try:
        services = open_services()
    except (NexusError, TraitError, OSError) as error:
        # What is configured is so wrong that nothing starts; the rest can be looked at once that is mended.
        advice = "Correct the environment, jupyter_config.py or the file that is named, then look again."
        return [*findings, Finding("configuration", "failure", str(error), advice)]
    findings += asyncio.run(_look_at(services, is_site=is_site))
    limit_bytes = services.tenancy.max_notebook_bytes
    return [*findings, *look_at_public_address(services.settings, max_body_bytes=limit_bytes)]


async def _look_at(services: "Services", *, is_site: bool) -> "list[Finding]":
    from nexus_server.accounts.mail import MailSettings
    from nexus_server.composition import load_config
    from nexus_server.health.checks import look_at_services
    from nexus_server.health.site_checks import look_at_site

    mail = MailSettings(config=load_config())
    findings = [finding async for finding in look_at_services(services, mail)]
    if is_site and not any(each.name == "database" and each.status == "failure" for each in findings):
        findings += [finding async for finding in look_at_site(services)]
    services.kernels.close()
    await services.close()
    return findings


def _print(findings: "list[Finding]") -> None:
    console = Console(highlight=False, soft_wrap=True)
    for finding in findings:
        console.print(f"{MARKS[finding.status]}  {finding.name}: ", end="")
        console.print(finding.message, markup=False)
        if finding.advice:
            console.print(f"           {finding.advice}", markup=False)
