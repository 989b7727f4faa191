"""What has to be done once before the platform can serve: the schema, the badges, the content, the first admin."""

import asyncio

import structlog

from nexus_server.accounts.first_admin import ensure_admin
from nexus_server.commands.content import summary_of
from nexus_server.composition import open_services
from nexus_server.gamify.badge_awards import store_catalogue
from nexus_server.roadmaps.sync.sync import SyncReport
from nexus_server.services import Services
from nexus_server.store.newest_schema import bring_up_to_date

log = structlog.get_logger()


def prepare() -> None:
    """Bring everything up to date; idempotent."""
    services = open_services()
    bring_up_to_date(services.database.url)
    asyncio.run(_fill(services))


async def _fill(services: Services) -> None:
    async with services.database.transaction() as session:
        await store_catalogue(session)
    await ensure_admin(services.accounts.service)
    _tell(await services.roadmaps.sync.run())
    await services.close()


def _tell(report: SyncReport) -> None:
    """Tell whoever starts a server what the sync did."""
    for problem in report.problems:
        log.warning("content_problem", problem=str(problem))
    log.info("content_synced", summary=summary_of(report))
