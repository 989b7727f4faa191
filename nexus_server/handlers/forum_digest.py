"""The forum's mail a day: whether somebody gets it, and the address in it that ends it."""

from html import escape
from string import Template
from typing import Annotated

from pydantic import BaseModel, StringConstraints

from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.operation import Route, operation
from nexus_server.languages import catalog_of
from nexus_server.web.page_document import POLICY, render_document

HTML = "text/html"

_ASKED = Template("""\
<h1>$title</h1>
<p class="nx-intro">$intro</p>
<form method="post"><p><button class="nx-submit">$end</button></p></form>
""")
_ENDED = Template("""\
<h1>$title</h1>
<p class="nx-intro">$intro</p>
""")


class DigestIn(BaseModel):
    """Whether I want a mail a day about what is new."""

    wanted: bool


class UnsubscribeQuery(BaseModel):
    """What the mail came with."""

    token: Annotated[str, StringConstraints(min_length=1, max_length=64)]


class DigestHandler(NexusHandler):
    """GET and PUT /forum/digest."""

    @operation("Whether I get a mail a day about what is new in the forum", reply=DigestIn)
    async def get(self) -> DigestIn:
        """Say so."""
        return DigestIn(wanted=await self.services.forum.digests.is_wanted(self.learner))

    @operation("Get a mail a day about what is new in the forum, or none", body=DigestIn, status=204)
    async def put(self, body: DigestIn) -> None:
        """Begin or end it."""
        await self.services.forum.digests.set_wanted(self.learner, wanted=body.wanted)


class UnsubscribeHandler(NexusHandler):
    """GET and POST /forum/digest/unsubscribe: the token in the address says who asks.

    Mail programs post without a cookie (RFC 8058). Those that know no such thing open the address in a browser, and
    programs that look for harm in mails open each address: so opening it ends nothing, and shows a button.
    """

    carries_credentials = True

    @property
    def content_security_policy(self) -> str:
        """The page needs its style and its form."""
        return POLICY

    @operation("A page with a button that ends the mails", query=UnsubscribeQuery, public=True, media_types=(HTML,))
    async def get(self, query: UnsubscribeQuery) -> None:  # noqa: ARG002  whether it is known is told to nobody
        """Ask."""
        gettext = catalog_of(self.language).gettext
        title = gettext("No more mails from the forum?")
        body = _ASKED.substitute(
            title=escape(title),
            intro=escape(gettext("What is new stays under the bell. You can have the mails again, in the forum.")),
            end=escape(gettext("End the mails")),
        )
        self._finish_page(title, body)

    @operation("End the mails, with one click in the mail program", query=UnsubscribeQuery, status=204, public=True)
    async def post(self, query: UnsubscribeQuery) -> None:
        """End them; a token that is unknown or was used says nothing. A person gets a page."""
        await self.services.forum.digests.unsubscribe(query.token)
        if HTML in self.request.headers.get("Accept", ""):
            gettext = catalog_of(self.language).gettext
            title = gettext("You get no more mails from the forum")
            intro = gettext("What is new stays under the bell. You can have the mails again, in the forum.")
            self._finish_page(title, _ENDED.substitute(title=escape(title), intro=escape(intro)))

    def _finish_page(self, title: str, body: str) -> None:
        self.set_header("Content-Type", f"{HTML}; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.finish(render_document(title, body, self.base_url, self.language))


ROUTES = [Route("/forum/digest", DigestHandler), Route("/forum/digest/unsubscribe", UnsubscribeHandler)]
