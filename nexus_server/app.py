"""The Jupyter Server extension: what a server starts, hands to its handlers, and stops."""

import asyncio
import time
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from jupyter_server.extension.application import ExtensionApp

from nexus_server.composition import SETTINGS, frozen, open_services
from nexus_server.fast_paths import gc_tuning as garbage
from nexus_server.handlers.routes import all_handlers
from nexus_server.intake.settings import IntakeSettings
from nexus_server.jupyter.front_door.body_limits import limit_bodies
from nexus_server.jupyter.front_door.gate import close_the_rest
from nexus_server.jupyter.front_door.take_in import take_in
from nexus_server.jupyter.front_door.wiring import join, page_config
from nexus_server.jupyter.kernels.adoption import adopt_kernels
from nexus_server.jupyter.passing.build import share_learners
from nexus_server.kept_secrets import kept_secret
from nexus_server.observability.access_log import AccessLog
from nexus_server.observability.logs import LogSettings
from nexus_server.services import ProcessRole
from nexus_server.web.compression import ReplyCompression
from nexus_server.web.forwarded import ForwardedRequests, proxies_of
from nexus_server.web.reply_cache import ReplyCache

log = structlog.get_logger()

#: seconds after which what still starts is cancelled once more, so that it has time to give back what it has
CANCEL_AGAIN_S = 5.0
#: where the data directory keeps what signs cookies
COOKIE_KEY = Path("keys", "cookies.key")


class NexusApp(ExtensionApp):
    """NexusAI inside Jupyter Server."""

    name = "nexus_server"
    extension_url = "/lab"
    load_other_extensions = True
    classes = SETTINGS

    #: starts the services; None: the server is not there yet
    _opening: "asyncio.Task[None] | None" = None
    _is_stopping: bool = False
    _closing: "asyncio.Task[None] | None" = None

    def initialize_settings(self) -> None:
        """Build the services and hand them to the handlers."""
        self.services = open_services(self.config, role=ProcessRole.SERVER)
        self.settings["nexus_services"] = self.services
        # Jupyter keeps its own beside its other files, where neither a backup nor another server of the site finds it.
        self.settings["cookie_secret"] = kept_secret("NEXUS_COOKIE_KEY", self.services.settings.data_path / COOKIE_KEY)
        self.settings["log_function"] = AccessLog(log_successes=frozen(LogSettings, self.config).log_successes)
        self.settings["page_config_hook"] = partial(page_config, self.services.tenancy)
        # Jupyter Server answers 403 to a Host that it does not know.
        self.settings["local_hostnames"] = [*self.settings["local_hostnames"], self.services.settings.public_host]
        join(self.serverapp, self.services)
        self.settings["nexus_replies"] = ReplyCache()
        self.services.bus.listeners.append(self.settings["nexus_replies"].hear)

    def initialize_handlers(self) -> None:
        """Add the HTTP API and the stand-alone pages."""
        self.handlers.extend(all_handlers())

    async def _start_jupyter_server_extension(self, serverapp: Any) -> None:
        # Every extension has added its routes by now, and no request was answered yet.
        close_the_rest(serverapp.web_app, serverapp.base_url, fast_paths=self.services.settings.fast_paths)
        serverapp.web_app.transforms.append(ReplyCompression)
        limit_bodies(serverapp, notebook_bytes=self.services.tenancy.max_notebook_bytes)
        intake = frozen(IntakeSettings, self.config)
        share_learners(serverapp, self.services, intake)
        # What proxies say is heard first, so that the intake knows who sends.
        take_in(serverapp, self.services, intake)
        self._hear_proxies(serverapp.http_server)
        if self._is_stopping:
            return
        self._opening = asyncio.create_task(self._open(serverapp.kernel_manager))
        await asyncio.wait({self._opening})
        if not self._opening.cancelled():
            self._opening.result()

    def _hear_proxies(self, server: Any) -> None:
        """Let each request tell who sent it and how, also where a trusted proxy handed it in."""
        site = self.services.settings
        proxies = proxies_of(site.proxy_networks, public_url=site.public_url, is_local=site.is_public_url_local)
        server.request_callback = ForwardedRequests(server.request_callback, proxies)

    async def _open(self, manager: Any) -> None:
        try:
            await self.services.start()
            await adopt_kernels(manager)
            if self.services.settings.fast_paths:
                garbage.settle()
        finally:
            self.services.opened.set()

    async def stop_extension(self) -> None:
        """Stop in good order when the server stops, also when it was told so before it had begun.

        Nothing is raised: Jupyter Server would not end then. A second signal waits for what the first one began.
        """
        self._is_stopping = True
        self._closing = self._closing or asyncio.create_task(self._close())
        await asyncio.wait({self._closing})

    async def _close(self) -> None:
        if self._opening is not None:
            # What starts beside what stops would be left running, and the server with it.
            await _end(self._opening, limit_s=self.services.settings.stop_timeout_s)
        # Jupyter would end the kernels after this, when there is no database any more to write it down in.
        manager: Any = self.settings["kernel_manager"]
        for step in (manager.shutdown_all, self.services.close):
            try:
                await step()
            except Exception:  # whatever it is, the server has to end
                log.exception("did_not_stop_in_order", step=step.__qualname__)


async def _end(opening: "asyncio.Task[None]", *, limit_s: float) -> None:
    """Cancel a task until it ends, or the limit is over: what it awaits may lose a cancellation."""
    end = time.monotonic() + limit_s
    while not opening.done() and time.monotonic() < end:
        opening.cancel()
        await asyncio.wait({opening}, timeout=min(CANCEL_AGAIN_S, limit_s))
    if not opening.done():
        log.error("did_not_stop_in_order", step="opening")
