"""``/files/``: a learner's own files as they are, so that no page among them can act in the learner's name."""

import asyncio
import mimetypes

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import JupyterHandler
from tornado.web import HTTPError, authenticated

from nexus_server.files.errors import NoSuchFileError
from nexus_server.files.paths import is_hidden
from nexus_server.jupyter.contents.learner_dirs import current_files

#: media types that browsers may show in place; everything else is downloaded
SHOWN_IN_PLACE = ("image/png", "image/jpeg", "image/gif", "image/webp", "audio/", "video/", "text/plain")


class LearnerFilesHandler(JupyterHandler):
    """GET and HEAD of a file in the workspace of whoever asks."""

    auth_resource = "contents"

    @property
    def content_security_policy(self) -> str:
        """No scripts, no forms, an origin of its own."""
        return "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"

    @authenticated
    @authorized(action="read", resource="contents")
    async def head(self, path: str) -> None:
        """Answer like GET; Tornado leaves the body out."""
        await self._serve(path)

    @authenticated
    @authorized(action="read", resource="contents")
    async def get(self, path: str) -> None:
        """Send the file."""
        await self._serve(path)

    async def _serve(self, path: str) -> None:
        self.check_xsrf_cookie()  # other sites may not include a learner's files
        if is_hidden(path):
            raise NoSuchFileError
        files = await current_files()
        entry, data = await asyncio.to_thread(files.read, path)
        media_type = _media_type(entry.name)
        if self.get_argument("download", None) or not media_type.startswith(SHOWN_IN_PLACE):
            self.set_attachment_header(entry.name)
        self.set_header("Content-Type", media_type)
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        self.set_header("Cache-Control", "private, no-cache")
        self.finish(data)

    def write_error(self, status_code: int, **kwargs: object) -> None:
        """Say it in plain text."""
        error = kwargs.get("exc_info", (None, None))[1]  # type: ignore[index]
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(error.log_message if isinstance(error, HTTPError) and error.log_message else str(status_code))


def _media_type(name: str) -> str:
    if name.endswith(".ipynb"):
        return "application/x-ipynb+json"
    guessed, encoding = mimetypes.guess_type(name)
    if encoding is not None or guessed is None:
        return "application/octet-stream"
    return "text/plain; charset=UTF-8" if guessed == "text/plain" else guessed
