"""Choose the tutor's model from configuration."""

from nexus_server.clock import Clock
from nexus_server.settings import secret
from nexus_server.tutor.errors import MissingAddressError
from nexus_server.tutor.models.model import TutorModel
from nexus_server.tutor.models.none import NoModel
from nexus_server.tutor.models.scripted import ScriptedTutor
from nexus_server.tutor.settings import TutorSettings

OPENAI = "openai"
KEY = "GEMINI_API_KEY"
OPENAI_KEY = "OPENAI_API_KEY"


def open_model(settings: TutorSettings, clock: Clock) -> TutorModel:
    """Return the configured model.

    Raises:
        MissingSecretError: Gemini is asked for by name, and there is neither a key nor a project.
        MissingAddressError: a compatible service is asked for, and its address is not set.
    """
    match settings.model:
        case "auto" if _has_gemini(settings):
            return _gemini(settings, clock)
        case "auto" | "openai" if settings.openai_base_url:
            return _openai(settings, clock)
        case "auto":
            return NoModel()
        case "openai":
            raise MissingAddressError
        case "gemini":
            return _gemini(settings, clock)
        case "scripted":
            return ScriptedTutor(settings.scripted_replies)
        case "none":
            return NoModel()
        case _:
            raise ValueError(settings.model)


def open_models(settings: TutorSettings, clock: Clock) -> list[TutorModel]:
    """Return the configured model, and behind it the others that policies may name.

    Raises:
        MissingSecretError, MissingAddressError: as for `open_model`.
    """
    first = open_model(settings, clock)
    others: list[TutorModel] = []
    if settings.model == "none":
        return [first]
    if first.source != "gemini" and _has_gemini(settings):
        others.append(_gemini(settings, clock))
    if first.source != OPENAI and settings.openai_base_url:
        others.append(_openai(settings, clock))
    return [first, *others]


def _has_gemini(settings: TutorSettings) -> bool:
    return bool(settings.vertex_project or secret(KEY, fallback=""))


def _gemini(settings: TutorSettings, clock: Clock) -> TutorModel:
    # Imported here: the SDK takes a second to load, and most installations run without a key.
    from nexus_server.tutor.models.gemini import GeminiModel  # noqa: PLC0415

    # Vertex AI has credentials of its own, which the SDK finds.
    key = "" if settings.vertex_project else secret(KEY)
    return GeminiModel(settings, key, clock)


def _openai(settings: TutorSettings, clock: Clock) -> TutorModel:
    # Imported here: its HTTP client takes a tenth of a second to load, and most sites have no such service.
    from nexus_server.tutor.models.openai_compatible import OpenAICompatibleModel  # noqa: PLC0415

    return OpenAICompatibleModel(settings, secret(OPENAI_KEY, fallback=""), clock)
