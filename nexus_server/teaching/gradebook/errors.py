"""What can go wrong in a gradebook."""

from nexus_server.errors import ConflictError, InvalidError


class UnknownStepsError(InvalidError):
    """The scheme names steps that the roadmap does not have."""

    code = "unknown_steps"


class BadGradeFileError(InvalidError):
    """The file has lines that cannot be taken over. Nothing was changed."""

    code = "bad_grade_file"


class GradebookChangedError(ConflictError):
    """The gradebook or the file changed since you looked at it. Look again; nothing was changed."""

    code = "gradebook_changed"


class NothingExportedError(ConflictError):
    """You have exported nothing from this gradebook yet."""

    code = "nothing_exported"
