"""Put the intake before the application, and tell it who sends a request."""

from typing import Any

from tornado.httputil import HTTPHeaders, HTTPServerConnectionDelegate, parse_cookie

from nexus_server.intake.connections import FindCaller, Intake
from nexus_server.intake.settings import IntakeSettings
from nexus_server.jupyter.front_door.identity import BEARER
from nexus_server.services import Services
from nexus_server.web.cookies import ACCESS


def take_in(serverapp: Any, services: Services, settings: IntakeSettings) -> None:
    """Let the server's connections come through an intake; no request was answered yet."""
    server = serverapp.http_server
    server.conn_params.header_timeout = settings.idle_timeout_s
    server.conn_params.body_timeout = settings.body_timeout_s
    server.request_callback = intake_of(serverapp, services, settings, server.request_callback)


def intake_of(
    serverapp: Any, services: Services, settings: IntakeSettings, application: HTTPServerConnectionDelegate
) -> Intake:
    """Return an intake before `application`; what learners may send is counted for all intakes together."""
    return Intake(
        application,
        settings,
        bodies=services.large_bodies,
        find_caller=caller_finder(services),
        base_url=serverapp.base_url,
        max_body_bytes=services.tenancy.max_notebook_bytes,
    )


def caller_finder(services: Services) -> FindCaller:
    """Return what tells by a request's headers and scheme whose token it has; the login may have ended meanwhile."""

    def find_caller(headers: HTTPHeaders, protocol: str) -> str | None:
        token = _token_of(headers, protocol)
        user_id = services.accounts.sessions.find_user_id(token) if token else None
        return str(user_id) if user_id is not None else None

    return find_caller


def _token_of(headers: HTTPHeaders, protocol: str) -> str | None:
    header = headers.get("Authorization", "")
    if header:
        return header[len(BEARER) :].strip() if header[: len(BEARER)].casefold() == BEARER else None
    name = f"__Host-{ACCESS}" if protocol == "https" else ACCESS
    return parse_cookie(headers.get("Cookie", "")).get(name)
