"""Choose the tutor's model from configuration."""

from nexus_server.clock import Clock
from nexus_server.settings import secret
from nexus_server.tutor.errors import MissingAddressError
from nexus_server.tutor.models.model import TutorModel
from nexus_server.tutor.models.none import NoModel
from nexus_server.tutor.models.openai_compatible import OpenAICompatibleModel
from nexus_server.tutor.models.scripted import ScriptedTutor
from nexus_server.tutor.settings import TutorSettings

KEY = "GEMINI_API_KEY"
OPENAI_KEY = "OPENAI_API_KEY"


def open_model(settings: TutorSettings, clock: Clock) -> TutorModel:
    """Return the configured model.

    Raises:
        MissingSecretError: Gemini is asked for by name, and there is no key.
        MissingAddressError: a compatible service is asked for, and its address is not set.
    """
    match settings.model:
        case "auto" if secret(KEY, fallback=""):
            return _gemini(settings, clock)
        case "auto" | "openai" if settings.openai_base_url:
            return OpenAICompatibleModel(settings, secret(OPENAI_KEY, fallback=""), clock)
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


def _gemini(settings: TutorSettings, clock: Clock) -> TutorModel:
    # Imported here: the SDK takes a second to load, and most installations run without a key.
    from nexus_server.tutor.models.gemini import GeminiModel  # noqa: PLC0415

    return GeminiModel(settings, secret(KEY), clock)
