"""What can go wrong around XP, badges and leaderboards."""

from nexus_server.errors import NotFoundError


class LearnerNotFoundError(NotFoundError):
    """There is no such learner."""

    code = "learner_not_found"


class BadgeNotFoundError(NotFoundError):
    """There is no such badge."""

    code = "badge_not_found"
