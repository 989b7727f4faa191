"""What can go wrong with drafts of roadmaps and with publishing them."""

from nexus_server.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    TooLargeError,
    UnavailableError,
)


class NotAnAuthorError(ForbiddenError):
    """You are not an author of this roadmap. Ask one of its authors, or an administrator."""

    code = "not_an_author"


class DraftNotFoundError(NotFoundError):
    """There is no such draft."""

    code = "draft_not_found"


class DraftExistsError(ConflictError):
    """You have a draft of this roadmap already."""

    code = "draft_exists"


class DraftFolderTakenError(ConflictError):
    """There is a folder of this name among your drafts: rename it first."""

    code = "draft_folder_taken"


class DraftBusyError(ConflictError):
    """This draft is being checked or published: wait until that is done."""

    code = "draft_busy"


class DraftConflictError(ConflictError):
    """Somebody has published other changes since this draft was begun. Nothing was overwritten."""

    code = "draft_conflict"


class NothingToPublishError(ConflictError):
    """This draft is the same as what is published."""

    code = "nothing_to_publish"


class DraftTooLargeError(TooLargeError):
    """This draft has too many files, or too large ones."""

    code = "draft_too_large"


class VersionNotFoundError(NotFoundError):
    """There is no such version of this roadmap."""

    code = "version_not_found"


class NotALabFileError(InvalidError):
    """This is not the notebook of a lab in this draft."""

    code = "not_a_lab_file"


class NotATextFileError(InvalidError):
    """This is not a text file of the draft."""

    code = "not_a_text_file"


class TextNotFoundError(NotFoundError):
    """There is no text file of this name in the draft."""

    code = "text_not_found"


class UnreadableOutlineError(InvalidError):
    """`roadmap.yaml` cannot be read; it has to be mended as a text first."""

    code = "unreadable_outline"


class UnreadableQuizError(InvalidError):
    """This quiz has mistakes; its file has to be mended as a text first."""

    code = "unreadable_quiz"


class NotAPictureError(InvalidError):
    """Pictures are PNG, JPEG, GIF, SVG or WebP; videos are WebM or MP4, with captions in WebVTT."""

    code = "not_a_picture"


class StepNotFoundError(NotFoundError):
    """There is no such step in this draft."""

    code = "step_not_found"


class GitUnavailableError(UnavailableError):
    """The site's content repository cannot be used; ask the administrator to look into the server's log."""

    code = "git_unavailable"
