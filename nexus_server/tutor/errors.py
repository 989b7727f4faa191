"""What can go wrong between a learner and the tutor."""

from nexus_server.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    RateLimitedError,
    UnavailableError,
)


class HintNotFoundError(NotFoundError):
    """There is no such hint."""

    code = "hint_not_found"


class NothingToHintError(InvalidError):
    """There is neither an error nor a task that a hint could be about."""

    code = "nothing_to_hint"


class HintLimitError(RateLimitedError):
    """You have used today's hints; new ones come tomorrow."""

    code = "hint_limit"


class ChatLimitError(RateLimitedError):
    """You have sent today's messages to the tutor; you can go on tomorrow."""

    code = "chat_limit"


class HelpNotFoundError(NotFoundError):
    """There is no such request for help."""

    code = "help_not_found"


class NothingToHelpWithError(InvalidError):
    """Send a cell, or say in words what does not go on."""

    code = "nothing_to_help_with"


class NobodyToHelpError(ConflictError):
    """You are in no class, so there is no instructor to ask; the forum is open to everybody."""

    code = "nobody_to_help"


class HelpLimitError(ConflictError):
    """Some of your questions wait for an answer already."""

    code = "help_limit"


class EmptyMessageError(InvalidError):
    """Write something first."""

    code = "empty_message"


class ModelUnavailableError(UnavailableError):
    """The language model does not answer right now."""

    code = "model_unavailable"


class BudgetUsedError(ModelUnavailableError):
    """Today's budget for the language model is used up."""

    code = "budget_used"


class TutorOffError(ForbiddenError):
    """The tutor is switched off here."""

    code = "tutor_off"


class ChatOffError(ForbiddenError):
    """The chat with the tutor is switched off here."""

    code = "chat_off"


class CutAnswerError(ModelUnavailableError):
    """The model's answer has no proper end: it broke off, met its limit of tokens, or the service withheld the rest."""

    code = "answer_cut"


class AnswerRefusedError(UnavailableError):
    """The model's answer was withheld because it came too close to a solution."""

    code = "answer_refused"


class MissingAddressError(InvalidError):
    """c.TutorSettings.model is 'openai', but c.TutorSettings.openai_base_url is not set."""

    code = "missing_address"
