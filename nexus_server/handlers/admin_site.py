"""The site as a whole, for administrators: the grading queue, the settings in force, and health."""

from typing import Literal

from pydantic import BaseModel

from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.lists import FromAttributes
from nexus_server.handlers.operation import Route, operation
from nexus_server.health.report import health_of
from nexus_server.settings_in_force import SettingsGroupView
from nexus_server.submissions.overview import QueueView
from nexus_server.version import __version__


class SettingsInForceOut(BaseModel):
    """Groups of settings."""

    items: list[SettingsGroupView]
    next: None = None


class FindingOut(FromAttributes):
    """One thing that was looked at; `advice` says what to do unless it is ok."""

    name: str
    status: Literal["ok", "warning", "failure"]
    message: str
    advice: str


class HealthOut(BaseModel):
    """The server's version, and what was looked at, failures first."""

    version: str
    items: list[FindingOut]
    next: None = None


class QueueHandler(NexusHandler):
    """GET /admin/queue."""

    @operation("See the grading queue", reply=QueueView)
    async def get(self) -> QueueView:
        """Return what is not graded."""
        return await self.services.submissions.overview.read(self.learner)


class SettingsHandler(NexusHandler):
    """GET /admin/settings."""

    @operation("See the settings in force", reply=SettingsInForceOut)
    async def get(self) -> SettingsInForceOut:
        """Return every group."""
        return SettingsInForceOut(items=self.services.settings_in_force.read(self.learner))


class HealthHandler(NexusHandler):
    """GET /admin/health."""

    @operation("See the server's health, and what to do", reply=HealthOut)
    async def get(self) -> HealthOut:
        """Look at everything."""
        findings = await health_of(self.services, self.learner)
        return HealthOut(version=__version__, items=[FindingOut.model_validate(finding) for finding in findings])


ROUTES = [
    Route("/admin/queue", QueueHandler),
    Route("/admin/settings", SettingsHandler),
    Route("/admin/health", HealthHandler),
]
