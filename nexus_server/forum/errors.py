"""What can go wrong in the forum."""

from nexus_server.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError


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
    """Only moderators see reports and settle them, and close or pin threads."""

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


class HiddenPostError(ConflictError):
    """This post is hidden: nobody votes for it or accepts it until moderators show it again."""

    code = "post_hidden"


class NotBlockableError(ConflictError):
    """You can block other learners, but neither teachers nor yourself."""

    code = "not_blockable"


class NothingToAppealError(ConflictError):
    """Only a post of yours that moderators or reports have hidden can be appealed, once."""

    code = "nothing_to_appeal"


class SpoilerTitleError(InvalidError):
    """The title shows the solution of a lab. Say in it what the problem is, and put the code into the text."""

    code = "spoiler_title"
