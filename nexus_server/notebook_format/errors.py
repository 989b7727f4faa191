"""What can go wrong with a notebook before or while it is graded."""

from nexus_server.errors import InvalidError, MalformedError, TooLargeError, UnavailableError


class NotANotebookError(MalformedError):
    """This is not a Jupyter notebook."""

    code = "not_a_notebook"


class NotebookTooLargeError(TooLargeError):
    """This notebook is larger than allowed."""

    code = "notebook_too_large"


class InvalidSourceError(InvalidError):
    """The instructor's notebook has mistakes in its grading cells."""

    code = "invalid_source"


class UnbalancedMarkersError(InvalidError):
    """A region marker has no partner."""

    code = "unbalanced_markers"


class SandboxUnavailableError(UnavailableError):
    """No kernel could be started to grade in."""

    code = "sandbox_unavailable"

    #: whether the container engine is away: nothing can be graded until it is back
    is_outage = False


class EngineLostError(SandboxUnavailableError):
    """The container engine went away while a submission was graded."""

    is_outage = True


class StarvedError(SandboxUnavailableError):
    """This machine has too much to do: the work did not get the processor time that it is due."""

    code = "starved"


class BadSignatureError(InvalidError):
    """The signature does not belong to this result, or was made with another key."""

    code = "bad_signature"


class UnwritableTableError(InvalidError):
    """The table of grades cannot be written here."""

    code = "unwritable_table"
