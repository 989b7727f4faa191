"""What can go wrong with practice."""

from nexus_server.errors import ConflictError, NotFoundError


class NotPractisedYetError(ConflictError):
    """This quiz is practised once you have passed it."""

    code = "not_practised_yet"


class NoSuchItemError(NotFoundError):
    """There is no such question any more."""

    code = "no_such_item"


class NoSuchTaskError(NotFoundError):
    """There is no such code task to practise any more."""

    code = "no_such_task"
