"""What can go wrong between a learner and the tutor."""

from nexus_server.errors import ForbiddenError, InvalidError, NotFoundError, RateLimitedError, UnavailableError


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
