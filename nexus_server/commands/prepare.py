"""What has to be done once before the platform can serve: the schema, the content, the first admin."""

from traitlets.config import Config

from nexus_server.settings import NexusSettings
from nexus_server.store.database import async_url
from nexus_server.store.migrate import upgrade


def prepare(config: Config | None = None) -> None:
    """Bring everything up to date; idempotent."""
    settings = NexusSettings(config=config)
    settings.data_path.mkdir(parents=True, exist_ok=True, mode=0o700)
    upgrade(async_url(settings.database_url))
