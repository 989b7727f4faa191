"""What can go wrong around XP, badges and leaderboards."""

from nexus_server.errors import InvalidError, NotFoundError


class LearnerNotFoundError(NotFoundError):
    """There is no such learner."""

    code = "learner_not_found"


class BadgeNotFoundError(NotFoundError):
    """There is no such badge."""

    code = "badge_not_found"


class NoSuchBoardError(InvalidError):
    """Leagues and last week are of `weekly_xp` alone; a league is no class."""

    code = "no_such_board"


class BoardNotFoundError(NotFoundError):
    """There is no such class, or you are not in it."""

    code = "board_not_found"


class BoardsOffError(NotFoundError):
    """This class does without leaderboards."""

    code = "boards_off"


class GoalOutOfRangeError(InvalidError):
    """A week has room for 1 to 7 days, 100 steps or 10,000 XP."""

    code = "goal_out_of_range"
