"""The answer to addresses that lead nowhere, and to routes of Jupyter's that are closed. It needs no script."""

import json
from html import escape
from string import Template
from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from tornado.web import HTTPError

from nexus_server.languages import catalog_of
from nexus_server.web.language import language_of
from nexus_server.web.page_document import POLICY, render_document

NOT_FOUND = 404

_NOT_FOUND = Template("""\
<h1>$title</h1>
<p class="nx-intro">$intro</p>
<p><a class="nx-submit" href="$start">$go</a></p>
""")


class NotFoundHandler(JupyterHandler):
    """Whatever else is asked for: a person gets a page, a program gets JSON, and nobody is asked to log in."""

    @property
    def content_security_policy(self) -> str:
        """Nothing of an address that leads nowhere may run."""
        return POLICY

    async def prepare(self, **_: Any) -> None:
        """Answer 404 whatever the method, without asking who calls.

        Raises:
            HTTPError: always.
        """
        raise HTTPError(NOT_FOUND)

    def write_error(self, status_code: int, **_: Any) -> None:
        """Say so in a page where a browser asks for one, else in the least words."""
        if status_code == NOT_FOUND and "text/html" in self.request.headers.get("Accept", ""):
            self.set_header("Content-Type", "text/html; charset=utf-8")
            language = language_of(self)
            gettext = catalog_of(language).gettext
            body = _NOT_FOUND.substitute(
                title=escape(gettext("There is no page here")),
                intro=escape(gettext("The address may be mistyped, or what was here has moved.")),
                start=escape(self.base_url),
                go=escape(gettext("Go to the start page")),
            )
            self.finish(render_document(gettext("Not found"), body, self.base_url, language))
            return
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps({"message": "Not Found" if status_code == NOT_FOUND else "Error", "reason": None}))
