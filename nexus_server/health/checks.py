"""What is looked at on a site: each check yields findings, and says what to do about what is not well."""

import asyncio
import os
import shutil
import socket
import stat
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from jupyter_client.kernelspec import KernelSpecManager

from nexus_server.accounts.mail import MailSettings
from nexus_server.errors import UnavailableError
from nexus_server.health.finding import Finding
from nexus_server.kernels.diagnosis import diagnose
from nexus_server.kernels.errors import EngineUnavailableError, ImageMissingError
from nexus_server.kernels.helper.separation import find_obstacle
from nexus_server.kernels.runtime import SandboxRuntime
from nexus_server.kernels.specs import product_images
from nexus_server.roadmaps.files.layers import ContentLayers
from nexus_server.services import Services
from nexus_server.settings import NexusSettings

MIN_FREE_MB = 2_000
#: what may read a file besides its owner
OTHERS = 0o077


#: per minor version of Python, the first release whose `tarfile` filter keeps what it unpacks inside of the directory
#: (CVE-2025-4517 and its kin, mended in June 2025)
MENDED_PYTHON = {11: (3, 11, 13), 12: (3, 12, 11), 13: (3, 13, 4)}


def look_at_machine(settings: NexusSettings) -> Iterator[Finding]:
    """Look at files and directories; nothing has to run for that."""
    yield _interpreter(sys.version_info[:3])
    yield _rights(settings)
    yield _data_directory(settings.data_path)
    yield _signing_keys(settings.data_path / "keys" / "jwt.json")
    yield _disk(settings.data_path)
    yield _content(ContentLayers(settings.content_paths))
    package = Path(__file__).resolve().parents[1]
    yield _front_end("Lab extension", package / "labextension")
    yield _front_end("login pages", package / "static")


async def look_at_services(services: Services, mail: MailSettings) -> AsyncIterator[Finding]:
    """Look at everything that the platform talks to."""
    async for finding in _database(services):
        yield finding
    yield await _redis(services)
    yield await asyncio.to_thread(_mail, mail)
    async for finding in _kernels(services.kernels):
        yield finding
    for kernel, message in services.first_use.failures().items():
        advice = f"Mend what it says, then run `nexus images {kernel}`."
        yield Finding(f"kernel {kernel}", "warning", f"It was asked for and could not be built: {message}", advice)


def _interpreter(version: tuple[int, ...]) -> Finding:
    """Warn of releases of Python with known holes; the platform's own code does not rely on what is broken there."""
    name = ".".join(map(str, version))
    mended = MENDED_PYTHON.get(version[1])
    if mended is not None and version < mended:
        wanted = ".".join(map(str, mended))
        message = f"Python {name} has known security holes (CVE-2025-4517 in tarfile)."
        return Finding(
            "Python", "warning", message, f"Install {wanted} or newer, then remove .venv and run `make run`."
        )
    return Finding("Python", "ok", name)


def _rights(settings: NexusSettings) -> Finding:
    """Warn of a server that stays root: it parses everybody's bytes."""
    if os.geteuid() != 0:
        return Finding("rights", "ok", "The server has those of the user who starts it.")
    if not settings.server_user:
        advice = "Set NEXUS_SERVER_USER=nexus (c.NexusSettings.server_user)."
        return Finding("rights", "warning", "A server that root starts stays root.", advice)
    if obstacle := find_obstacle(settings.data_path):
        message = f"A server that root starts stays root, for it cannot leave its rights to a helper: {obstacle}."
        advice = "Use Linux 5.12 or newer; a container needs CAP_SYS_ADMIN and no AppArmor profile."
        return Finding("rights", "warning", message, advice)
    return Finding("rights", "ok", f"A server that root starts becomes the user {settings.server_user}.")


def _data_directory(path: Path) -> Finding:
    if not path.is_dir():
        return Finding("data directory", "warning", f"There is no {path} yet.", "Run `nexus serve`, which makes it.")
    if stat.S_IMODE(path.stat().st_mode) & 0o007:
        return Finding("data directory", "warning", f"{path} is open to every user.", f"Run: chmod 700 {path}")
    return Finding("data directory", "ok", str(path))


def _signing_keys(path: Path) -> Finding:
    if path.exists() and stat.S_IMODE(path.stat().st_mode) & OTHERS:
        return Finding("signing keys", "failure", f"{path} can be read by others.", f"Run: chmod 600 {path}")
    return Finding("signing keys", "ok", "readable by the owner only" if path.exists() else "made at the first start")


def _disk(path: Path) -> Finding:
    place = next(one for one in (path, *path.parents) if one.is_dir())
    free_mb = shutil.disk_usage(place).free // 2**20
    if free_mb < MIN_FREE_MB:
        return Finding("disk", "warning", f"{free_mb} MB are free.", f"Make room: {MIN_FREE_MB} MB should be free.")
    return Finding("disk", "ok", f"{free_mb} MB are free")


def _content(content: ContentLayers) -> Finding:
    roadmaps = len(content.folders())
    if roadmaps == 0:
        advice = "Correct NEXUS_CONTENT_DIR, or run `nexus content new` to begin a roadmap."
        return Finding("content", "warning", f"There is no roadmap in {content}.", advice)
    return Finding("content", "ok", f"{roadmaps} roadmaps in {content}; `nexus content check` reads every file")


def _front_end(name: str, place: Path) -> Finding:
    if place.is_dir() and any(place.iterdir()):
        return Finding(name, "ok", "built")
    return Finding(name, "failure", "It is not built.", "Run `make run`, which builds it.")


async def _database(services: Services) -> AsyncIterator[Finding]:
    # It brings Alembic along, which a server that starts does without.
    from nexus_server.store.migrate import find_pending, find_revision  # noqa: PLC0415

    where = services.database.url.render_as_string(hide_password=True)
    try:
        revision = await services.database.read(find_revision)
        pending = await services.database.read(find_pending)
    except UnavailableError:
        yield Finding("database", "failure", f"{where} does not answer.", "Start it, or correct NEXUS_DATABASE_URL.")
        return
    if pending:
        message = "Its schema is old." if revision else "It is empty: nothing has run here yet."
        yield Finding("database", "failure", message, "Run `nexus serve`, which brings it up to date.")
        return
    yield Finding("database", "ok", where)
    if await services.accounts.service.has_admin():
        yield Finding("administrator", "ok", "there is one")
    else:
        advice = "Run: nexus user create EMAIL --role admin --password-stdin"
        yield Finding("administrator", "warning", "There is none yet.", advice)


async def _redis(services: Services) -> Finding:
    if services.redis is None:
        return Finding("Redis", "ok", "not configured; SQL and memory do its work")
    try:
        await services.redis.ping()
    except UnavailableError:
        return Finding("Redis", "warning", "It does not answer.", "Start it, or correct NEXUS_REDIS_URL.")
    return Finding("Redis", "ok", "answers")


def _mail(settings: MailSettings) -> Finding:
    if not settings.smtp_host:
        advice = "Set c.MailSettings.smtp_host in jupyter_config.py, so that people can reset their passwords."
        return Finding("mail", "warning", "Mails are kept as files in the data directory.", advice)
    where = f"{settings.smtp_host}:{settings.smtp_port}"
    try:
        socket.create_connection((settings.smtp_host, settings.smtp_port), timeout=5).close()
    except OSError as exc:
        advice = "Correct c.MailSettings.smtp_host and smtp_port."
        return Finding("mail", "failure", f"{where} does not answer ({exc}).", advice)
    return Finding("mail", "ok", where)


async def _kernels(kernels: SandboxRuntime) -> AsyncIterator[Finding]:
    """Look at the engine, the images, and what keeps kernels in: limits, seccomp, gVisor, user mapping."""
    try:
        version = (await kernels.backend.info()).get("ServerVersion", "?")
    except EngineUnavailableError as exc:
        advice = "Run `make run` as root, which installs and starts it, or set c.SandboxSettings.engine_url."
        yield Finding("Docker engine", "failure", exc.message, advice)
        return
    yield Finding("Docker engine", "ok", str(version))
    yield await _images(kernels)
    for found in (await diagnose(kernels.backend, kernels.settings))[1:]:  # the first is the engine
        yield Finding(f"sandbox: {found.name}", "ok" if found.is_ok else "warning", found.message)


async def _images(kernels: SandboxRuntime) -> Finding:
    wanted = [image.reference for image in product_images(KernelSpecManager()).values()]
    missing = []
    for reference in wanted:
        try:
            await kernels.backend.image_id(reference)
        except ImageMissingError:
            missing.append(reference)
    if missing or not wanted:
        message = f"Missing: {', '.join(missing)}." if wanted else "No kernel is installed."
        return Finding("kernel images", "failure", message, "Run `nexus images`.")
    return Finding("kernel images", "ok", ", ".join(sorted(wanted)))
