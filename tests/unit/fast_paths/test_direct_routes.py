"""Looking a path up leads where trying every rule leads."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from tornado.httputil import HTTPHeaders, HTTPServerRequest, RequestStartLine
from tornado.web import Application, RequestHandler

from nexus_server.fast_paths.direct_routes import DirectRoutes
from nexus_server.handlers.routes import ROUTES, api_handlers, pattern_of
from nexus_server.jupyter.front_door.gate import ClosedHandler, close_the_rest, routes_of

PREFIX = "/nexus/api/v1"


class Elsewhere(RequestHandler):
    """A route that is not ours."""


class Shadow(RequestHandler):
    """A route that comes first and fits one of our paths, too."""


def request_for(path: str) -> HTTPServerRequest:
    line = RequestStartLine("GET", path, "HTTP/1.1")
    headers = HTTPHeaders({"Host": "localhost"})
    return HTTPServerRequest(start_line=line, headers=headers, connection=cast("Any", SimpleNamespace(context=None)))


def handler_of(application: Application, path: str) -> Any:
    delegate: Any = application.find_handler(request_for(path))
    return delegate.handler_class, delegate.path_kwargs


@pytest.mark.parametrize("base_url", ["/", "/base/"])
def test_every_path_of_the_api_leads_where_it_led(base_url: str) -> None:
    base = base_url.rstrip("/")
    handlers = [(base + pattern, *rest) for pattern, *rest in [(r"/lab/(.*)", Elsewhere), *api_handlers()]]
    before, after = Application(list(handlers)), Application(list(handlers))
    close_the_rest(after, base_url)
    direct = after.default_router.rules[0].target
    looked_up = 0
    for route in ROUTES:
        path = base + PREFIX + route.path.replace("{path*}", "a/b").replace("{", "x").replace("}", "")
        assert handler_of(after, path) == handler_of(before, path)
        assert handler_of(after, path)[0] is route.handler
        assert (path in direct) == ("{" not in route.path)
        looked_up += path in direct
    assert looked_up > 30
    assert handler_of(after, f"{base}{PREFIX}/nothing") == handler_of(before, f"{base}{PREFIX}/nothing")


def test_a_rule_that_comes_first_stays_first() -> None:
    application = Application([(r"/nexus/api/v1/m.", Shadow), *api_handlers()])
    close_the_rest(application)
    assert "/nexus/api/v1/me" not in application.default_router.rules[0].target
    assert handler_of(application, "/nexus/api/v1/me")[0] is ClosedHandler, "it is not on the list"


def test_without_fast_paths_every_rule_is_tried() -> None:
    application = Application(api_handlers())
    close_the_rest(application, fast_paths=False)
    assert not [rule for rule in application.default_router.rules if isinstance(rule.target, DirectRoutes)]
    assert handler_of(application, f"{PREFIX}/me") == handler_of(Application(api_handlers()), f"{PREFIX}/me")


def test_the_table_is_no_route_of_its_own() -> None:
    application = Application(api_handlers())
    close_the_rest(application)
    close_the_rest(application)
    assert [path for path, _ in routes_of(application)] == [
        *(pattern_of(route.path) for route in ROUTES),
        f"{PREFIX}(?:/.*)?",
    ]
