"""In which language somebody is answered: what the account says, else what was chosen, else what the browser likes."""

import json
from dataclasses import replace
from uuid import uuid4

import pytest
from jupyter_server.base.call_context import CallContext
from tornado.httputil import HTTPHeaders, HTTPServerRequest, RequestStartLine
from tornado.web import Application, RequestHandler

from nexus_server.errors import InvalidError
from nexus_server.languages import UserLanguage, translate
from nexus_server.learner import Learner, Role
from nexus_server.phrases import phrase
from nexus_server.web.language import language_of, preferred_language, take_choice
from nexus_server.web.problems import problem_of
from nexus_server.web.request_context import http_error


class Connection:
    """As much of one as a handler asks for."""

    class context:  # noqa: N801  Tornado's name
        protocol = "http"

    def set_close_callback(self, callback: object) -> None:
        """Nothing is ever closed."""


class User:
    """Who asks, as the identity provider leaves them in a handler."""

    def __init__(self, language: UserLanguage | None) -> None:
        self.learner = replace(Learner(uuid4(), "ada@example.org", "Ada", Role.STUDENT), language=language)


def handler(uri: str = "/", *, accept: str = "", cookie: str = "", user: User | None = None) -> RequestHandler:
    headers = HTTPHeaders({"Host": "localhost", "Accept-Language": accept, "Cookie": cookie})
    request = HTTPServerRequest(
        start_line=RequestStartLine("GET", uri, "HTTP/1.1"),
        headers=headers,
        connection=Connection(),  # type: ignore[arg-type]
    )
    made = RequestHandler(Application(), request)
    made._jupyter_current_user = user  # type: ignore[attr-defined]
    return made


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("es-MX", "es"),
        ("fr, es;q=0.3, de;q=0.7", "de"),
        ("fr,it", "en"),
        ("de;q=0, es;q=0.1", "es"),
        ("*", "en"),
        ("de;q=much, es", "es"),
        ("ES", "es"),
    ],
)
def test_the_browsers_wishes_are_followed_in_their_order(accept: str, language: str) -> None:
    assert preferred_language(accept) == language


def test_the_account_comes_before_the_link_and_the_link_before_the_browser() -> None:
    assert language_of(handler(accept="de")) is UserLanguage.GERMAN
    assert language_of(handler(accept="de", cookie="nexus_language=es")) is UserLanguage.SPANISH
    english = User(UserLanguage.ENGLISH)
    assert language_of(handler(accept="de", cookie="nexus_language=es", user=english)) is UserLanguage.ENGLISH
    assert language_of(handler(accept="de", user=User(None))) is UserLanguage.GERMAN


def test_a_cookie_of_another_language_counts_for_nothing() -> None:
    assert language_of(handler(accept="de", cookie="nexus_language=tlh")) is UserLanguage.GERMAN


def test_a_link_is_remembered_and_a_wrong_one_is_not() -> None:
    asked = handler("/nexus/login?language=es", accept="de")
    assert take_choice(asked) is UserLanguage.SPANISH
    assert asked._new_cookie["nexus_language"].value == "es"
    wrong = handler("/nexus/login?language=xx", accept="de")
    assert take_choice(wrong) is UserLanguage.GERMAN
    assert not hasattr(wrong, "_new_cookie")


def test_an_error_and_its_fields_are_told_in_the_language() -> None:
    fields = [{"field": "points", "message": phrase("at most {limit:g}", limit=2.5)}]
    told = problem_of("invalid", "Some fields are not valid.", {"fields": fields, "count": 3}, UserLanguage.SPANISH)
    assert json.loads(json.dumps(told)) == {
        "code": "invalid",
        "message": "Algunos campos no son válidos.",
        "details": {"fields": [{"field": "points", "message": "como mucho 2.5"}], "count": 3},
    }
    assert translate("What a learner wrote.", UserLanguage.SPANISH) == "What a learner wrote."


def test_what_jupyters_handlers_are_told_is_in_the_language() -> None:
    CallContext.set(CallContext.JUPYTER_HANDLER, handler(accept="es"))
    assert http_error(InvalidError()).log_message == "Algunos campos no son válidos."
    CallContext.set(CallContext.JUPYTER_HANDLER, None)
    assert http_error(InvalidError()).log_message == "Some fields are not valid."
