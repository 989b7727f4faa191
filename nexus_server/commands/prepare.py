"""What has to be done once before the platform can serve: the schema, the badges, the content, the first admin."""

import asyncio

from nexus_server.accounts.first_admin import ensure_admin
from nexus_server.app import open_services
from nexus_server.commands.content import log_report
from nexus_server.gamify.badge_awards import store_catalogue
from nexus_server.services import Services
from nexus_server.store.migrate import upgrade


def prepare() -> None:
    """Bring everything up to date; idempotent."""
    services = open_services()
    upgrade(services.database.url)
    asyncio.run(_fill(services))


async def _fill(services: Services) -> None:
    async with services.database.transaction() as session:
        await store_catalogue(session)
    await ensure_admin(services.accounts.service)
    log_report(await services.roadmaps.sync.run())
    await services.close()
