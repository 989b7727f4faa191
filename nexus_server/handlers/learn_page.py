"""`/nexus/learn`: the document that starts the learner's application, whatever page of it is asked for."""

import asyncio
from typing import TYPE_CHECKING, cast

from jupyter_server.base.handlers import JupyterHandler
from tornado.web import authenticated

from nexus_server.handlers.first_data import find_first_data
from nexus_server.jupyter.contents.learner_dirs import state_of
from nexus_server.jupyter.lab.theme import read_theme
from nexus_server.tasks import once
from nexus_server.web.compression import CompressedFiles
from nexus_server.web.language import language_of
from nexus_server.web.learn_document import POLICY, render_learn
from nexus_server.web.nobody_yet import NobodyYet
from nexus_server.web.page_document import STATIC_ROOT
from nexus_server.web.request_context import current_learner

if TYPE_CHECKING:
    from nexus_server.services import Services

#: what the build writes there carries a hash of its content in its name
BUNDLE_ROOT = STATIC_ROOT / "learn"
#: built by developers only, with `make gallery`; its names stay the same
GALLERY_ROOT = STATIC_ROOT / "gallery"


class LearnPageHandler(NobodyYet, JupyterHandler):
    """GET /nexus/learn and every address below it: reloading a page of the application stays on it."""

    @property
    def content_security_policy(self) -> str:
        """Only our own scripts run."""
        return POLICY

    @authenticated
    async def get(self, page: str | None = None) -> None:
        """Send the document, with the XSRF cookie that the application's requests need."""
        _ = self.xsrf_token  # reading it sets the cookie
        services, learner = cast("Services", self.settings["nexus_services"]), current_learner()
        theme = await asyncio.to_thread(read_theme, state_of(services.settings, learner, "lab-settings"))
        if services.servers.is_home_of(learner.id):
            # who comes to learn opens a lab next: its files are made ready while the page loads
            once("workspace-ahead", lambda: services.kernels.workspaces.open(learner.id))
        found = None if page else await find_first_data(services, learner)
        first = None if found is None else found.model_dump_json()
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.finish(render_learn(self.base_url, BUNDLE_ROOT, theme, language_of(self), is_home=not page, first=first))


class LearnStaticHandler(CompressedFiles, NobodyYet, JupyterHandler):
    """The application's built files; another content has another name, so they may be cached for ever."""

    @property
    def content_security_policy(self) -> str:
        """An opened file runs nothing either."""
        return POLICY

    def set_headers(self) -> None:
        """Keep what never changes."""
        super().set_headers()
        self.set_header("Cache-Control", "public, max-age=31536000, immutable")


class GalleryHandler(CompressedFiles, NobodyYet, JupyterHandler):
    """The gallery of components: there where somebody built it, and nowhere else."""

    @property
    def content_security_policy(self) -> str:
        """Only our own scripts run."""
        return POLICY
