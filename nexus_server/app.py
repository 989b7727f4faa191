"""The Jupyter Server extension: the one place where objects are built and joined."""

from typing import Any

from jupyter_server.extension.application import ExtensionApp
from traitlets.config import Config, Configurable

from nexus_server.bus import EventBus
from nexus_server.clock import SystemClock
from nexus_server.handlers.pages import page_handlers
from nexus_server.handlers.routes import api_handlers
from nexus_server.services import Services
from nexus_server.settings import NexusSettings
from nexus_server.store.database import Database

#: every group of settings that `jupyter_config.py` may set
SETTINGS: list[type[Configurable]] = [NexusSettings]


def open_services(config: Config | None = None) -> Services:
    """Build every service from configuration; nothing is connected or started yet."""
    settings = NexusSettings(config=config)
    settings.data_path.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings.freeze()
    return Services(
        settings=settings,
        database=Database(settings.database_url),
        clock=SystemClock(),
        bus=EventBus(),
    )


class NexusApp(ExtensionApp):
    """NexusAI inside Jupyter Server."""

    name = "nexus_server"
    extension_url = "/lab"
    load_other_extensions = True
    classes = SETTINGS

    def initialize_settings(self) -> None:
        """Build the services and hand them to the handlers."""
        self.services = open_services(self.config)
        self.settings["nexus_services"] = self.services

    def initialize_handlers(self) -> None:
        """Add the HTTP API and the stand-alone pages."""
        self.handlers.extend([*page_handlers(), *api_handlers()])

    async def _start_jupyter_server_extension(self, serverapp: Any) -> None:  # noqa: ARG002  Jupyter's signature
        await self.services.start()

    async def stop_extension(self) -> None:
        """Stop in good order when the server stops."""
        await self.services.close()
