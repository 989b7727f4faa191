import pytest
from traitlets.config import Config

from nexus_server.clock import SystemClock
from nexus_server.errors import MissingSecretError
from nexus_server.tutor.errors import MissingAddressError, ModelUnavailableError
from nexus_server.tutor.models.model import Prompt, Speaker, Turn
from nexus_server.tutor.models.open import open_model
from nexus_server.tutor.models.scripted import SILENCE
from nexus_server.tutor.settings import TutorSettings

PROMPT = Prompt("be kind", (Turn(Speaker.LEARNER, "why?"),))


def settings(**values: object) -> TutorSettings:
    return TutorSettings(config=Config(TutorSettings=values))


def test_without_a_key_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GEMINI_API_KEY", raising=False)
    model = open_model(settings(), SystemClock())
    assert model.source == "static"
    with pytest.raises(ModelUnavailableError):
        model.stream(PROMPT)


async def test_with_a_key_gemini_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEMINI_API_KEY", "k")
    model = open_model(settings(), SystemClock())
    assert model.source == "gemini"
    await model.close()


@pytest.mark.parametrize("choice", ["auto", "gemini"])
async def test_with_a_project_vertex_is_asked_without_a_key(monkeypatch: pytest.MonkeyPatch, choice: str) -> None:
    monkeypatch.delenv("GEMINI_API_KEY", raising=False)
    model = open_model(settings(model=choice, vertex_project="school-1"), SystemClock())
    assert model.source == "gemini"
    await model.close()


def test_gemini_by_name_needs_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GEMINI_API_KEY", raising=False)
    with pytest.raises(MissingSecretError, match="GEMINI_API_KEY"):
        open_model(settings(model="gemini"), SystemClock())


@pytest.mark.parametrize("choice", ["auto", "openai"])
async def test_a_service_in_the_house_is_asked_where_its_address_is_set(
    monkeypatch: pytest.MonkeyPatch, choice: str
) -> None:
    monkeypatch.delenv("GEMINI_API_KEY", raising=False)
    model = open_model(settings(model=choice, openai_base_url="http://localhost:1/v1"), SystemClock())
    assert model.source == "openai"
    await model.close()


def test_a_service_by_name_needs_its_address() -> None:
    with pytest.raises(MissingAddressError, match="openai_base_url"):
        open_model(settings(model="openai"), SystemClock())


async def test_the_scripted_tutor_says_its_lines_in_turn() -> None:
    model = open_model(settings(model="scripted", scripted_replies=["Look closer.", SILENCE]), SystemClock())
    pieces = [piece async for piece in model.stream(PROMPT)]
    assert "".join(p.text for p in pieces).strip() == "Look closer."
    assert pieces[-1].usage["output_tokens"] == 2
    with pytest.raises(ModelUnavailableError):
        await anext(model.stream(PROMPT))
