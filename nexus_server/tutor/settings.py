"""How the tutor is configured. Keys come from the environment: GEMINI_API_KEY and OPENAI_API_KEY."""

from traitlets import Enum, Float, Int, List, Unicode

from nexus_server.settings import FrozenConfigurable


class TutorSettings(FrozenConfigurable):
    """Hints and chat."""

    model = Enum(
        ["auto", "gemini", "openai", "scripted", "none"],
        default_value="auto",
        help="Who writes hints: 'auto' is Gemini when GEMINI_API_KEY or `vertex_project` is set, else the service at "
        "`openai_base_url` when that is set, else the rules alone. 'gemini' and 'openai' fail at start without those; "
        "'scripted' says `scripted_replies`; 'none' never asks a model.",
    ).tag(config=True)
    gemini_model = Unicode("gemini-2.5-flash", help="Name of the Gemini model.").tag(config=True)
    gemini_base_url = Unicode("", help="Address of a Gemini-compatible service or proxy. Empty: Google's own.").tag(
        config=True
    )
    gemini_api_version = Unicode(
        "v1beta", help="Version in the service's paths. System instructions and thinking budgets are part of v1beta."
    ).tag(config=True)
    gemini_temperature = Float(
        0.3, min=0.0, max=2.0, help="How freely Gemini chooses its words: 0 is the likeliest word each time."
    ).tag(config=True)
    gemini_thinking_tokens = Int(
        0,
        min=-1,
        help="Tokens that Gemini may think with before it answers; a hint has few, and thinking is paid for out of "
        "them. -1: as many as the model likes. Some models cannot do without.",
    ).tag(config=True)
    vertex_project = Unicode(
        "",
        help="Google Cloud project whose Vertex AI is asked in place of the Gemini API. Its credentials are Google's "
        "own, as GOOGLE_APPLICATION_CREDENTIALS in the environment names them; no GEMINI_API_KEY is needed.",
    ).tag(config=True)
    vertex_location = Unicode("global", help="Where Vertex AI computes, such as 'europe-west4'.").tag(config=True)
    vertex_api_version = Unicode("v1beta1", help="Version in the paths of Vertex AI.").tag(config=True)
    openai_base_url = Unicode(
        "",
        help="Address of a service that speaks OpenAI's chat protocol, such as vLLM, Ollama or llama.cpp: "
        "http://localhost:11434/v1. Its key, where it wants one, is OPENAI_API_KEY in the environment.",
    ).tag(config=True)
    openai_model = Unicode("", help="Name of the model, as that service calls it.").tag(config=True)
    timeout_s = Float(20.0, help="Longest wait for a whole answer of the model, in seconds.").tag(config=True)
    attempts = Int(3, min=1, help="Tries to get an answer begun, before the rules answer instead.").tag(config=True)
    breaker_threshold = Int(5, min=1, help="Failures in a row after which the model is left alone for a while.").tag(
        config=True
    )
    breaker_cooldown_s = Float(60.0, help="How long a failing model is left alone, in seconds.").tag(config=True)
    hints_per_day = Int(50, min=1, help="Hints that one learner may get in a day of the learner's time zone.").tag(
        config=True
    )
    messages_per_day = Int(100, min=1, help="Chat messages that one learner may send in such a day.").tag(config=True)
    level_wait_s = Float(
        20.0,
        min=0.0,
        help="Seconds after which the third and the fourth level of a hint open in a lab. They open at once when the "
        "cell was changed and failed again. Classes and labs may say otherwise.",
    ).tag(config=True)
    trial_time_limit_s = Float(
        5.0,
        min=0.0,
        help="Seconds that a learner's function may take in a sandbox of its own, to find out what a failed check got. "
        "Then hints say what can be read in the code alone. 0: nothing is tried out.",
    ).tag(config=True)
    input_price_per_million_tokens = Float(
        0.0, min=0.0, help="What a million tokens of questions cost, in the money that daily budgets count."
    ).tag(config=True)
    output_price_per_million_tokens = Float(
        0.0, min=0.0, help="The same for a million tokens of answers. Without prices no budget in money can be kept."
    ).tag(config=True)
    escalation_hours = Float(24.0, help="Hours after which the levels of hints for an error start again.").tag(
        config=True
    )
    history_turns = Int(12, min=0, help="Earlier chat messages that the model is shown.").tag(config=True)
    code_block_lines = Int(5, min=1, help="Lines that one code block of a model's answer may have.").tag(config=True)
    scripted_replies = List(Unicode(), help="What the scripted tutor says, in turn ('<unavailable>' fails).").tag(
        config=True
    )
