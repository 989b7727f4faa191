"""What can go wrong with a submission."""

from nexus_server.errors import ConflictError, InvalidError, NotFoundError, TooLargeError


class SubmissionNotFoundError(NotFoundError):
    """There is no such submission."""

    code = "submission_not_found"


class NotALabError(ConflictError):
    """Only labs take submissions."""

    code = "wrong_node_type"


class NothingToSubmitError(ConflictError):
    """Your workspace has no notebook of this lab: open it first."""

    code = "nothing_to_submit"


class NoSubmissionsLeftError(ConflictError):
    """You have no submissions left for this lab."""

    code = "no_attempts_left"


class PracticeCopyError(ConflictError):
    """This is a practice copy: it is never handed in. Open the lab itself."""

    code = "practice_copy"


class ExamOverError(ConflictError):
    """Your time is over. What was saved at the end was handed in for you."""

    code = "exam_over"


class ResultsHeldError(ConflictError):
    """Your instructor has not released the results of this exam yet."""

    code = "results_held"


class SubmissionsFullError(TooLargeError):
    """All that you handed in takes more room than you have. Ask your instructor."""

    code = "submissions_full"


class NotGradedYetError(ConflictError):
    """This submission is not graded yet."""

    code = "not_graded_yet"


class BadManualScoreError(InvalidError):
    """These points do not fit the notebook's cells."""

    code = "bad_manual_score"
