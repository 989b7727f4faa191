"""`/logout`, where JupyterLab's menu leads: a page that asks, and a form that ends the session.

Opening an address ends nothing: a picture in a foreign page could do that.
"""

from html import escape
from string import Template
from typing import TYPE_CHECKING, cast

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join

from nexus_server.languages import catalog_of
from nexus_server.web.cookies import clear_cookies
from nexus_server.web.language import language_of
from nexus_server.web.page_document import POLICY, render_document

if TYPE_CHECKING:
    from nexus_server.services import Services

LOGIN_PAGE = "/nexus/login"
_PAGE = Template("""\
<h1>$title</h1>
<p class="nx-intro">$intro</p>
<form method="post" action="$action">$xsrf<button type="submit" class="nx-submit">$log_out</button></form>
<p><a class="nx-provider" href="$work">$back</a></p>
""")


class LogoutPage(JupyterHandler):
    """GET asks, POST ends the session of this browser."""

    @property
    def content_security_policy(self) -> str:
        """Stricter than the server's own."""
        return POLICY

    @allow_unauthenticated
    def get(self) -> None:
        """Ask, or show the login page to whom nobody knows."""
        if self.current_user is None:
            self.redirect(url_path_join(self.base_url, LOGIN_PAGE))
            return
        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Type", "text/html; charset=utf-8")
        language = language_of(self)
        gettext = catalog_of(language).gettext
        intro = gettext("You are logged in as {name}. What runs in your kernels goes on for a while.")
        body = _PAGE.substitute(
            title=escape(gettext("Log out?")),
            intro=escape(intro.format(name=self.current_user.display_name)),
            log_out=escape(gettext("Log out")),
            back=escape(gettext("Back to work")),
            action=escape(url_path_join(self.base_url, "logout")),
            xsrf=self.xsrf_form_html(),
            work=escape(url_path_join(self.base_url, "nexus")),
        )
        self.finish(render_document(gettext("Log out"), body, self.base_url, language))

    @allow_unauthenticated
    async def post(self) -> None:
        """End the session, and show the login page."""
        learner = getattr(self.current_user, "learner", None)
        if learner is not None and learner.session_id is not None:
            services = cast("Services", self.settings["nexus_services"])
            await services.accounts.sessions.revoke(learner.session_id, "logout")
        clear_cookies(self)
        self.redirect(url_path_join(self.base_url, LOGIN_PAGE))
