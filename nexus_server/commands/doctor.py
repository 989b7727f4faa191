"""`nexus doctor`: looks at the whole installation and says what to do."""

import asyncio
import json
import os
import shutil
import socket
import stat
import subprocess
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console

if TYPE_CHECKING:
    from nexus_server.services import Services

# Imports inside the commands: what they load takes a second, which `nexus --help` should not.
Status = Literal["ok", "warning", "failure"]

MIN_FREE_MB = 2_000
COMMAND_TIMEOUT_S = 20


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `advice` says what to do unless it is ok."""

    name: str
    status: Status
    message: str
    advice: str = ""


def doctor(
    *,
    data: Annotated[Path | None, typer.Option("--data", help="Data directory (default: ./var).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Check everything the platform needs; exit 1 when something must be done."""
    if data is not None:
        os.environ["NEXUS_DATA_DIR"] = str(data.resolve())
    from nexus_server.app import open_services

    findings = asyncio.run(_look(open_services()))
    failed = any(finding.status == "failure" for finding in findings)
    if as_json:
        typer.echo(json.dumps({"ok": not failed, "findings": [asdict(finding) for finding in findings]}))
    else:
        _print(findings)
    raise typer.Exit(1 if failed else 0)


async def _look(services: "Services") -> list[Finding]:
    findings = [*_look_at_machine(services.settings.data_path), *_look_at_docker(), *_look_at_front_end()]
    findings += [finding async for finding in _look_at_stores(services)]
    findings += _look_at_mail()
    findings += [finding async for finding in _look_at_walls(services)]
    await services.close()
    return findings


def _look_at_machine(data_path: Path) -> Iterator[Finding]:
    mode = stat.S_IMODE(data_path.stat().st_mode)
    if mode & 0o007:
        yield Finding("data directory", "warning", f"{data_path} is open to every user.", f"Run: chmod 700 {data_path}")
    else:
        yield Finding("data directory", "ok", str(data_path))
    keys = data_path / "keys" / "jwt.json"
    if keys.exists() and stat.S_IMODE(keys.stat().st_mode) & 0o077:
        yield Finding("signing keys", "failure", f"{keys} can be read by others.", f"Run: chmod 600 {keys}")
    else:
        yield Finding("signing keys", "ok", "readable by the owner only")
    free_mb = shutil.disk_usage(data_path).free // 2**20
    if free_mb < MIN_FREE_MB:
        yield Finding("disk", "warning", f"{free_mb} MB are free.", f"Make room: {MIN_FREE_MB} MB should be free.")
    else:
        yield Finding("disk", "ok", f"{free_mb} MB are free")


def _look_at_docker() -> Iterator[Finding]:
    version = _output("docker", "version", "--format", "{{.Server.Version}}")
    if version is None:
        advice = "Run `make run` as root once, or install and start Docker."
        yield Finding("Docker engine", "failure", "It does not answer.", advice)
        return
    yield Finding("Docker engine", "ok", version)
    images = _output("docker", "image", "ls", "--format", "{{.Repository}}:{{.Tag}}") or ""
    kernels = sorted(name for name in images.splitlines() if name.startswith("nexus-") and name.endswith(":latest"))
    if kernels:
        yield Finding("kernel images", "ok", ", ".join(kernels))
    else:
        yield Finding("kernel images", "failure", "There is none.", "Run `make run`, or scripts/kernel_images.py.")


async def _look_at_walls(services: "Services") -> AsyncIterator[Finding]:
    """Look at what keeps kernels in: limits, seccomp, gVisor, user mapping."""
    from nexus_server.kernels.diagnosis import diagnose

    for found in await diagnose(services.kernels.backend, services.kernels.settings):
        yield Finding(f"sandbox: {found.name}", "ok" if found.is_ok else "warning", found.message)


def _look_at_front_end() -> Iterator[Finding]:
    package = Path(__file__).resolve().parents[1]
    for name, place in (("Lab extension", package / "labextension"), ("login pages", package / "static")):
        if place.is_dir() and any(place.iterdir()):
            yield Finding(name, "ok", "built")
        else:
            yield Finding(name, "failure", "It is not built.", "Run `make run`.")


async def _look_at_stores(services: "Services") -> AsyncIterator[Finding]:
    from nexus_server.errors import UnavailableError
    from nexus_server.store.migrate import find_pending

    try:
        pending = await services.database.run_sync(find_pending)
    except UnavailableError:
        advice = "Start it, or correct NEXUS_DATABASE_URL."
        yield Finding("database", "failure", f"{_host(services)} does not answer.", advice)
        return
    if pending:
        yield Finding("database", "failure", "Its schema is old.", "Run `nexus serve`, which brings it up to date.")
        return
    yield Finding("database", "ok", _host(services))
    has_admin = await services.accounts.service.has_admin()
    advice = "Run: nexus user create EMAIL --role admin --password-stdin"
    yield (
        Finding("administrator", "ok", "there is one")
        if has_admin
        else Finding("administrator", "warning", "There is none yet.", advice)
    )
    if services.redis is None:
        yield Finding("Redis", "ok", "not configured; SQL and memory do its work")
        return
    try:
        await services.redis.ping()
        yield Finding("Redis", "ok", "answers")
    except UnavailableError:
        yield Finding("Redis", "warning", "It does not answer.", "Start it, or correct NEXUS_REDIS_URL.")


def _host(services: "Services") -> str:
    return services.database.url.render_as_string(hide_password=True)


def _look_at_mail() -> Iterator[Finding]:
    from nexus_server.accounts.mail import MailSettings
    from nexus_server.app import load_config

    settings = MailSettings(config=load_config())
    if not settings.smtp_host:
        advice = "Set c.MailSettings.smtp_host in jupyter_config.py, so that people can reset their passwords."
        yield Finding("mail", "warning", "Mails are kept as files in the data directory.", advice)
        return
    try:
        socket.create_connection((settings.smtp_host, settings.smtp_port), timeout=5).close()
        yield Finding("mail", "ok", f"{settings.smtp_host}:{settings.smtp_port}")
    except OSError as exc:
        message = f"{settings.smtp_host}:{settings.smtp_port} does not answer ({exc})."
        yield Finding("mail", "failure", message, "Correct c.MailSettings.smtp_host and smtp_port.")


def _output(*command: str) -> str | None:
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=COMMAND_TIMEOUT_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return result.stdout.strip() if result.returncode == 0 else None


def _print(findings: list[Finding]) -> None:
    console = Console(highlight=False)
    marks = {"ok": "[green]ok     [/]", "warning": "[yellow]warning[/]", "failure": "[red]failure[/]"}
    for finding in findings:
        console.print(f"{marks[finding.status]}  {finding.name}: ", end="")
        console.print(finding.message, markup=False)
        if finding.advice:
            console.print(f"           {finding.advice}", markup=False)
