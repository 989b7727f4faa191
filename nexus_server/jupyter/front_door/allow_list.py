"""The allow-list: which of Jupyter Server's and JupyterLab's routes are open, with which methods, to whom.

A route that is not here is closed, whoever brought it: JupyterLab, an extension that is enabled because it is
installed, or a new version of Jupyter Server. Our own routes are not here: their operations refuse anonymous requests
themselves.
"""

from dataclasses import dataclass
from enum import Enum, auto

from tornado.web import RequestHandler

from nexus_server.jupyter.contents import contents_handler
from nexus_server.jupyter.front_door import status_handler
from nexus_server.jupyter.kernels import handlers as kernel_handlers
from nexus_server.jupyter.kernels import spec_handlers as kernelspec_handlers
from nexus_server.jupyter.kernels.socket import LearnerKernelSocket
from nexus_server.jupyter.lab import handlers as lab_handlers
from nexus_server.jupyter.sessions import handlers as session_handlers
from nexus_server.web.not_found import NotFoundHandler


class Audience(Enum):
    """Who may use a route."""

    #: anybody, logged in or not
    PUBLIC = auto()
    #: any learner, for what is theirs
    LEARNER = auto()
    ADMIN = auto()


@dataclass(frozen=True, slots=True)
class Opening:
    """How far a route is open."""

    methods: frozenset[str]
    audience: Audience = Audience.LEARNER
    #: our handler for it, where Jupyter's own would show or change what is shared
    instead: type[RequestHandler] | None = None
    #: whether it opens the learner's files or kernels, which are at their home among the servers of a site
    needs_home: bool = False


def _open(methods: str, *, instead: type[RequestHandler] | None = None) -> Opening:
    return Opening(frozenset(methods.split()), Audience.LEARNER, instead)


def _at_home(methods: str, *, instead: type[RequestHandler] | None = None) -> Opening:
    return Opening(frozenset(methods.split()), Audience.LEARNER, instead, needs_home=True)


def _public(methods: str = "GET HEAD") -> Opening:
    return Opening(frozenset(methods.split()), Audience.PUBLIC)


_PATH = r"(?P<path>(?:(?:/[^/]+)+|/?))"
_KERNEL = r"/api/kernels/(?P<kernel_id>\w+-\w+-\w+-\w+-\w+)"

#: by the route's regular expression without base URL and final ``$``
OPENINGS: dict[str, Opening] = {
    # assets, the way in and the way out
    r"/static/(.*)": _public(),
    r"/static/lab/(.*)": _public(),
    r"/lab/extensions/(.*)": _public(),
    r"/(favicon\.ico)": _public(),
    r"/(robots\.txt)": _public(),
    r"/login": _public("GET"),
    r"/logout": _public("GET POST"),
    r"/": _public("GET"),
    r"/?": _public("GET"),
    r"(.*)": Opening(
        frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}), Audience.PUBLIC, instead=NotFoundHandler
    ),
    # files
    rf"/api/contents{_PATH}": _at_home("GET POST PUT PATCH DELETE", instead=contents_handler.LearnerContentsHandler),
    rf"/api/contents{_PATH}/checkpoints": _at_home("GET POST"),
    rf"/api/contents{_PATH}/checkpoints/(?P<checkpoint_id>[\w-]+)": _at_home("POST DELETE"),
    rf"/api/contents{_PATH}/trust": _at_home("POST"),
    r"/files/(.*)": _at_home("GET HEAD"),
    # kernels
    r"/api/kernels": _at_home("GET POST", instead=kernel_handlers.KernelsHandler),
    _KERNEL: _at_home("GET DELETE", instead=kernel_handlers.KernelHandler),
    rf"{_KERNEL}/(?P<action>restart|interrupt)": _at_home("POST", instead=kernel_handlers.KernelActionHandler),
    rf"{_KERNEL}/channels": _at_home("GET", instead=LearnerKernelSocket),
    r"/api/sessions": _at_home("GET POST", instead=session_handlers.SessionsHandler),
    r"/api/sessions/(?P<session_id>\w+-\w+-\w+-\w+-\w+)": _at_home(
        "GET PATCH DELETE", instead=session_handlers.SessionHandler
    ),
    r"/api/kernelspecs": _open("GET", instead=kernelspec_handlers.KernelSpecsHandler),
    r"/api/kernelspecs/(?P<kernel_name>[\w\.\-%]+)": _open("GET", instead=kernelspec_handlers.KernelSpecHandler),
    r"/kernelspecs/(?P<kernel_name>[\w\.\-%]+)/(?P<path>.*)": _open(
        "GET", instead=kernelspec_handlers.KernelSpecLogoHandler
    ),
    # who I am, and how the server is
    r"/api": _open("GET"),
    r"/api/me": _open("GET"),
    r"/api/status": _at_home("GET", instead=status_handler.StatusHandler),
    r"/metrics": Opening(frozenset({"GET"}), Audience.ADMIN),
    # JupyterLab
    r"/(?P<mode>lab|doc)(?P<workspace>/workspaces/[a-zA-Z0-9\-\_]+)?(?P<tree>/tree/.*)?": _open("GET"),
    r"/lab/.*": _open("GET"),
    r"/lab/api/settings/?": _open("GET", instead=lab_handlers.LearnerSettingsHandler),
    r"/lab/api/settings/(?P<schema_name>.+)": _open("GET PUT", instead=lab_handlers.LearnerSettingsHandler),
    r"/lab/api/workspaces/?": _open("GET", instead=lab_handlers.LearnerWorkspacesHandler),
    r"/lab/api/workspaces/(?P<space_name>.+)": _open("GET PUT DELETE", instead=lab_handlers.LearnerWorkspacesHandler),
    r"/lab/api/translations/?": _open("GET", instead=lab_handlers.LearnerTranslationsHandler),
    r"/lab/api/translations/(?P<locale>.*)": _open("GET", instead=lab_handlers.LearnerTranslationsHandler),
    r"/lab/api/themes/(.*)": _open("GET"),
}
