"""`/`, where everybody arrives; it needs no script."""

from html import escape
from string import Template
from typing import TYPE_CHECKING, cast

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join

from nexus_server.accounts.application import PATHS
from nexus_server.languages import catalog_of
from nexus_server.web.language import take_choice
from nexus_server.web.nobody_yet import NobodyYet
from nexus_server.web.page_document import POLICY, render_document
from nexus_server.web.request_context import current_learner

if TYPE_CHECKING:
    from nexus_server.services import Services

_WELCOME = Template("""\
<h1>$welcome</h1>
<p class="nx-intro">$intro</p>
<p><a class="nx-submit" href="${nexus}/register">$register</a></p>
<p><a class="nx-provider" href="${nexus}/login">$log_in</a></p>
""")


class FrontPageHandler(NobodyYet, JupyterHandler):
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
        language = take_choice(self)
        gettext = catalog_of(language).gettext
        body = _WELCOME.substitute(
            nexus=escape(url_path_join(self.base_url, "nexus")),
            welcome=escape(gettext("Welcome to NexusAI")),
            intro=escape(
                gettext(
                    "Roadmaps with notes, quizzes and labs. Your code runs on this server, in a sandbox of your own; "
                    "there is nothing to install."
                )
            ),
            register=escape(gettext("Register")),
            log_in=escape(gettext("Log in")),
        )
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(render_document(gettext("Welcome"), body, self.base_url, language, query={}))
