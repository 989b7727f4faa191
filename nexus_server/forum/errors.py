"""What can go wrong in the forum."""

from nexus_server.errors import ConflictError, ForbiddenError, NotFoundError


class ThreadNotFoundError(NotFoundError):
    """There is no such thread."""

    code = "thread_not_found"


class PostNotFoundError(NotFoundError):
    """There is no such post."""

    code = "post_not_found"


class NotYourPostError(ForbiddenError):
    """Only the author or a moderator may change this post."""

    code = "not_your_post"


class NotYourThreadError(ForbiddenError):
    """Only who asked, or a moderator, may accept an answer."""

    code = "not_your_thread"


class NotModeratorError(ForbiddenError):
    """Only moderators see reports and settle them."""

    code = "not_moderator"


class ThreadLockedError(ConflictError):
    """This thread is locked: nobody may answer any more."""

    code = "thread_locked"


class OwnPostVoteError(ConflictError):
    """You cannot vote for your own post."""

    code = "own_post"


class QuestionNotAnswerError(ConflictError):
    """The question itself cannot be its answer."""

    code = "question_not_answer"
