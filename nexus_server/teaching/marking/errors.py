"""What can go wrong at the marking desk."""

from nexus_server.errors import ConflictError, InvalidError, NotFoundError


class QuestionNotFoundError(NotFoundError):
    """Nobody of this class answered such a question."""

    code = "question_not_found"


class AnswerNotFoundError(NotFoundError):
    """There is no such answer any more: a newer attempt may have come."""

    code = "answer_not_found"


class RubricItemInUseError(ConflictError):
    """This item of the rubric was given to answers. Retire it instead: marks keep it, and nobody is offered it."""

    code = "rubric_item_in_use"


class RubricChangedError(ConflictError):
    """Somebody else changed the rubric meanwhile. Read it again, then change it."""

    code = "rubric_changed"


class BadMarkError(InvalidError):
    """These marks do not fit the question."""

    code = "bad_mark"


class RegradeRequestNotFoundError(NotFoundError):
    """There is no such request."""

    code = "regrade_request_not_found"


class RegradeRequestedError(ConflictError):
    """You asked for another look at this already."""

    code = "regrade_requested"


class RegradeAnsweredError(ConflictError):
    """This request was answered already."""

    code = "regrade_answered"
