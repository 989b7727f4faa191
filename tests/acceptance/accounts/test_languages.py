"""Each person reads the product's own words in their language: as they chose, else as their browser asks."""

import re
from uuid import uuid4

import httpx
import pytest

from tests.plugins.server import LiveServer

CATALOG = re.compile(r'<link id="nexus-words"[^>]* href="([^"]+)">')


def page(server: LiveServer, learner: httpx.Client, path: str, **headers: str) -> str:
    reply = learner.get(f"{server.url}{path}", headers=headers)
    assert reply.status_code == 200
    return reply.text


def test_a_person_is_answered_in_the_chosen_language_whatever_the_browser_asks(live_server: LiveServer) -> None:
    learner = live_server.learner()
    assert learner.get("/me").json()["language"] == ""
    assert learner.patch("/me", json={"language": "es"}).json()["language"] == "es"
    refused = learner.get(f"/nodes/{uuid4()}", headers={"Accept-Language": "de"})
    assert refused.status_code == 404
    assert refused.json()["error"]["message"] == "Ese paso no existe."
    wrong = learner.patch("/me", json={"display_name": "", "timezone": "Mars"}).json()["error"]
    assert wrong["message"] == "Algunos campos no son válidos."
    assert {field["message"] for field in wrong["details"]["fields"]} == {
        "El texto debe tener al menos 1 caracteres",
        "Esto no es una zona horaria IANA, como Europe/Madrid.",
    }
    assert learner.patch("/me", json={"language": ""}).json()["language"] == ""
    refused = learner.get(f"/nodes/{uuid4()}", headers={"Accept-Language": "de-AT, en;q=0.5"})
    assert refused.json()["error"]["message"] == "Diesen Schritt gibt es nicht."


def test_there_are_three_languages(live_server: LiveServer) -> None:
    assert live_server.learner().patch("/me", json={"language": "tlh"}).status_code == 422


def test_the_learning_pages_get_the_catalog_of_their_reader_and_english_needs_none(live_server: LiveServer) -> None:
    learner = live_server.learner()
    english = page(live_server, learner, "/nexus/learn")
    assert '<html lang="en"' in english
    assert CATALOG.search(english) is None
    learner.patch("/me", json={"language": "de"})
    german = page(live_server, learner, "/nexus/learn")
    assert '<html lang="de"' in german
    found = CATALOG.search(german)
    assert found is not None
    catalog = learner.get(f"{live_server.url}{found[1]}", headers={"Accept-Encoding": "br"})
    assert catalog.headers["Content-Encoding"] == "br"
    assert "immutable" in catalog.headers["Cache-Control"]
    plain = learner.get(f"{live_server.url}{found[1]}", headers={"Accept-Encoding": "identity"}).json()
    assert plain["Submit"] == ["Abgeben"]
    assert plain["%1 day"] == ["%1 Tag", "%1 Tage"]


@pytest.mark.parametrize(
    ("language", "submit", "stop"), [("de", "Abgeben", "Abbrechen"), ("es", "Entregar", "Cancelar")]
)
def test_jupyterlab_reads_the_same_catalog_beside_its_own(
    live_server: LiveServer, language: str, submit: str, stop: str
) -> None:
    learner = live_server.learner()
    learner.patch("/me", json={"language": language})
    data = learner.get(f"{live_server.url}/lab/api/translations/default").json()["data"]
    assert data["nexusai"]["Submit"] == [submit]
    assert data["jupyterlab"]["Cancel"] == [stop]
    assert data["nexusai"][""]["language"] == f"{language}-{language.upper()}"


def test_before_the_login_a_link_chooses_and_the_browser_is_asked(live_server: LiveServer) -> None:
    with httpx.Client(base_url=live_server.url) as visitor:
        asked = visitor.get("/nexus/login?next=/lab", headers={"Accept-Language": "es"})
        assert '<html lang="es">' in asked.text
        assert 'href="?next=%2Flab&amp;language=de" lang="de" hreflang="de">Deutsch</a>' in asked.text
        chosen = visitor.get("/?language=de")
        assert "<h1>Willkommen bei NexusAI</h1>" in chosen.text
        refused = visitor.post("/nexus/api/v1/auth/login", json={"email": "nobody@example.org", "password": "x"})
        assert refused.json()["error"]["message"] == "Die E-Mail-Adresse oder das Passwort ist falsch."
        lost = visitor.get("/nowhere", headers={"Accept": "text/html"})
        assert "<h1>Hier ist keine Seite</h1>" in lost.text
