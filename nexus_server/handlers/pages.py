"""The stand-alone pages outside JupyterLab: log in, register, reset the password, verify the e-mail address.

`labextension/` builds them into `nexus_server/static/`; these handlers serve the empty page that starts the bundle.
"""

import json
from collections.abc import Mapping, Sequence
from html import escape
from string import Template
from typing import TYPE_CHECKING, cast

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import JupyterHandler
from tornado.web import StaticFileHandler

from nexus_server.accounts.oidc.settings import Provider
from nexus_server.languages import UserLanguage, catalog_of
from nexus_server.web.compression import CompressedFiles
from nexus_server.web.language import take_choice
from nexus_server.web.nobody_yet import NobodyYet
from nexus_server.web.page_document import POLICY, render_document

if TYPE_CHECKING:
    from nexus_server.services import Services

PAGES = ("login", "register", "reset-password", "verify-email")

_START = Template("""\
<div id="nexus-page" data-page="$page" data-base-url="$base_url" data-providers="$providers" data-mail="$mail"></div>
<noscript>$needs_script</noscript>
""")


def title_of(page: str, language: UserLanguage) -> str:
    """Return the title of a page of the bundle."""
    gettext = catalog_of(language).gettext
    titles = {
        "login": gettext("Log in"),
        "register": gettext("Create your account"),
        "reset-password": gettext("Reset your password"),
        "verify-email": gettext("Confirm your e-mail address"),
    }
    return titles[page]


def render_page(
    page: str,
    base_url: str,
    language: UserLanguage,
    providers: Sequence[Provider] = (),
    *,
    sends_mail: bool = True,
    query: Mapping[str, str] | None = None,
) -> str:
    """Return the HTML that starts `page` of the bundle; people may log in at `providers`, too."""
    start = _START.substitute(
        page=escape(page),
        base_url=escape(base_url),
        mail="sent" if sends_mail else "kept",
        providers=escape(json.dumps([{"name": each.name, "label": each.label} for each in providers])),
        needs_script=escape(catalog_of(language).gettext("NexusAI needs JavaScript.")),
    )
    return render_document(title_of(page, language), start, base_url, language, has_script=True, query=query)


class PageHandler(NobodyYet, JupyterHandler):
    """GET /nexus/login and its siblings."""

    @property
    def content_security_policy(self) -> str:
        """Stricter than the server's own."""
        return POLICY

    @allow_unauthenticated
    def get(self, page: str) -> None:
        """Send the page, with the XSRF cookie that its forms need."""
        _ = self.xsrf_token  # reading it sets the cookie
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        services = cast("Services", self.settings["nexus_services"])
        accounts = services.accounts
        providers = accounts.single_sign_on.providers
        # the addresses of the other pages carry a token that no link may lose
        names = self.request.query_arguments if page in {"login", "register"} else None
        query = None if names is None else {name: self.get_query_argument(name) for name in names}
        language, sends_mail = take_choice(self), accounts.sends_mail
        self.finish(render_page(page, self.base_url, language, providers, sends_mail=sends_mail, query=query))


class PageStaticHandler(CompressedFiles, NobodyYet, JupyterHandler, StaticFileHandler):
    """The built bundle; its addresses carry a version, so it may be cached for ever."""

    @property
    def content_security_policy(self) -> str:
        """An opened file runs nothing either."""
        return POLICY

    @allow_unauthenticated
    async def get(self, path: str, *, include_body: bool = True) -> None:  # type: ignore[override]
        """Send one file of the bundle."""
        await CompressedFiles.get(self, path, include_body)

    @allow_unauthenticated
    async def head(self, path: str) -> None:
        """Send its headers."""
        await CompressedFiles.get(self, path, include_body=False)

    def set_headers(self) -> None:
        """Cache what is addressed by version."""
        super().set_headers()
        if "v" in self.request.query_arguments:
            self.set_header("Cache-Control", "public, max-age=31536000, immutable")
