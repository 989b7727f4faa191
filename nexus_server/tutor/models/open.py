"""Choose the tutor's model from configuration."""

from nexus_server.clock import Clock
from nexus_server.settings import secret
from nexus_server.tutor.models.model import TutorModel
from nexus_server.tutor.models.none import NoModel
from nexus_server.tutor.models.scripted import ScriptedTutor
from nexus_server.tutor.settings import TutorSettings

KEY = "GEMINI_API_KEY"


def open_model(settings: TutorSettings, clock: Clock) -> TutorModel:
    """Return the configured model.

    Raises:
        MissingSecretError: Gemini is asked for by name, and there is no key.
    """
    match settings.model:
        case "auto":
            return _gemini(settings, clock) if secret(KEY, fallback="") else NoModel()
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
