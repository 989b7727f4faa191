"""What can go wrong on a roadmap."""

from nexus_server.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, UnavailableError


class RoadmapNotFoundError(NotFoundError):
    """There is no such roadmap."""

    code = "roadmap_not_found"


class NodeNotFoundError(NotFoundError):
    """There is no such node."""

    code = "node_not_found"


class NodeLockedError(ForbiddenError):
    """This step is still locked: finish what comes before it first."""

    code = "node_locked"


class LabNotOpenYetError(ForbiddenError):
    """This lab is not open yet."""

    code = "lab_not_open_yet"


class ExamNotStartedError(ForbiddenError):
    """This is a timed exam. Start it: from then on your time runs."""

    code = "exam_not_started"


class ExamClosedError(ForbiddenError):
    """It is too late to start this exam."""

    code = "exam_closed"


class ClosedInExamError(ForbiddenError):
    """An exam goes on. This opens again when it is over."""

    code = "closed_in_exam"


class LabNotOverError(ConflictError):
    """This lab goes on: practise when its deadline is over, and the results of an exam are released."""

    code = "lab_not_over"


class NotAnExamError(ConflictError):
    """This lab has no time limit: open it."""

    code = "not_an_exam"


class WrongNodeTypeError(ConflictError):
    """This step does not work that way."""

    code = "wrong_node_type"


class QuizRequiredError(ConflictError):
    """This step is completed by passing its quiz."""

    code = "quiz_required"


class NotWatchedError(ConflictError):
    """Watch the video first."""

    code = "not_watched"


class QuizNotFoundError(NotFoundError):
    """This step has no quiz."""

    code = "quiz_not_found"


class MisfitAnswersError(InvalidError):
    """Some answers don't fit their questions; perhaps the quiz has changed: open it again. No attempt was counted."""

    code = "misfit_answers"


class NoAttemptsLeftError(ConflictError):
    """You have no tries left."""

    code = "no_attempts_left"


class LabNotReleasedError(UnavailableError):
    """This lab has no student version; tell your instructor."""

    code = "lab_not_released"
