"""`/`, where everybody arrives; it needs no script."""

from html import escape
from string import Template
from typing import TYPE_CHECKING, cast

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join

from nexus_server.accounts.application import PATHS
from nexus_server.web.page_document import POLICY, STATIC_ROOT, bundle_version, render_document
from nexus_server.web.request_context import current_learner

if TYPE_CHECKING:
    from nexus_server.services import Services

_WELCOME = Template("""\
<h1>Welcome to NexusAI</h1>
<p class="nx-intro">Roadmaps with notes, quizzes and labs. Your code runs on this server, in a sandbox of your own; \
there is nothing to install.</p>
<p><a class="nx-submit" href="${nexus}/register">Register</a></p>
<p><a class="nx-provider" href="${nexus}/login">Log in</a></p>
""")


class FrontPageHandler(JupyterHandler):
    """GET / and /nexus: a welcome with the ways in, or for those who are logged in, on to where they learn."""

    @property
    def content_security_policy(self) -> str:
        """Stricter than the server's own."""
        return POLICY

    @allow_unauthenticated
    async def get(self) -> None:
        """Welcome, or lead on."""
        self.set_header("Cache-Control", "no-store")
        if self.current_user:
            services = cast("Services", self.settings["nexus_services"])
            application = await services.accounts.profiles.find_application(current_learner())
            self.redirect(url_path_join(self.base_url, PATHS[application]))
            return
        body = _WELCOME.substitute(nexus=escape(url_path_join(self.base_url, "nexus")))
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(render_document("Welcome", body, self.base_url, bundle_version(STATIC_ROOT)))
