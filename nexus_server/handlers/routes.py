"""Every route of the product: the HTTP API in one list, and the stand-alone pages. Nothing else imports a handler."""

import re
from typing import Any

from nexus_server.handlers import (
    account_lists,
    admin_kernels,
    admin_servers,
    admin_site,
    admin_users,
    auth,
    authoring,
    chat,
    cohorts,
    content_files,
    draft_forms,
    draft_steps,
    events,
    exams,
    forum,
    forum_digest,
    forum_people,
    gamify,
    gradebook,
    groups,
    health,
    help_requests,
    hints,
    lessons,
    limits,
    marking,
    mastery,
    me,
    nodes,
    notebook_versions,
    overrides,
    own_activity,
    own_sessions,
    playground,
    practice,
    quizzes,
    recovery,
    regrade_requests,
    roadmaps,
    search,
    single_sign_on,
    submissions,
    teaching,
    tutor_policies,
)
from nexus_server.handlers.base import UnknownRouteHandler
from nexus_server.handlers.front_page import FrontPageHandler
from nexus_server.handlers.learn_page import (
    BUNDLE_ROOT,
    GALLERY_ROOT,
    GalleryHandler,
    LearnPageHandler,
    LearnStaticHandler,
)
from nexus_server.handlers.openapi import openapi_route
from nexus_server.handlers.operation import Route
from nexus_server.handlers.pages import PAGES, PageHandler, PageStaticHandler
from nexus_server.web.contract import API
from nexus_server.web.page_document import STATIC_ROOT

#: one module of handlers per line; each has its ROUTES
MODULES = (
    account_lists,
    admin_kernels,
    admin_servers,
    admin_site,
    admin_users,
    auth,
    authoring,
    content_files,
    draft_forms,
    draft_steps,
    cohorts,
    chat,
    events,
    exams,
    forum,
    forum_digest,
    forum_people,
    gamify,
    gradebook,
    groups,
    health,
    help_requests,
    hints,
    lessons,
    limits,
    marking,
    mastery,
    me,
    nodes,
    notebook_versions,
    overrides,
    own_activity,
    own_sessions,
    playground,
    practice,
    quizzes,
    regrade_requests,
    roadmaps,
    search,
    recovery,
    single_sign_on,
    submissions,
    teaching,
    tutor_policies,
)

ROUTES: list[Route] = [route for module in MODULES for route in module.ROUTES]
ROUTES.append(openapi_route(ROUTES))


def pattern_of(path: str) -> str:
    """Return the regular expression of a path template: ``{id}`` matches one segment, ``{path*}`` one or more."""
    one_segment = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path.replace(".", r"\."))
    return API + re.sub(r"\{(\w+)\*\}", r"(?P<\1>.+)", one_segment)


def api_handlers() -> list[tuple[Any, ...]]:
    """Return Tornado's handler list of the API, ending with the 404 in our shape."""
    return [*((pattern_of(route.path), route.handler) for route in ROUTES), (f"{API}(?:/.*)?", UnknownRouteHandler)]


def page_handlers() -> list[tuple[Any, ...]]:
    """Return Tornado's handler list of the stand-alone pages."""
    names = "|".join(PAGES)
    return [
        (r"/", FrontPageHandler),
        (r"/nexus/?", FrontPageHandler),
        (rf"/nexus/({names})", PageHandler),
        (r"/nexus/learn(/.*)?", LearnPageHandler),
        (r"/nexus/static/learn/([\w-]+\.[\w.-]+)", LearnStaticHandler, {"path": str(BUNDLE_ROOT)}),
        (
            r"/nexus/gallery/([\w-]*(?:\.[\w.-]+)?)",
            GalleryHandler,
            {"path": str(GALLERY_ROOT), "default_filename": "index.html"},
        ),
        (r"/nexus/static/((?:pages|favicon)\.[a-z]+)", PageStaticHandler, {"path": str(STATIC_ROOT)}),
    ]


def all_handlers() -> list[tuple[Any, ...]]:
    """Return Tornado's handler list of the product: the pages, then the API."""
    return [*page_handlers(), *api_handlers()]
