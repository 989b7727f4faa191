"""A person's profile, as the API shows it."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from nexus_server.accounts.application import Application
from nexus_server.accounts.profile import Profile
from nexus_server.handlers.lists import FromAttributes
from nexus_server.languages import UserLanguage
from nexus_server.learner import Role


class NextRankOut(FromAttributes):
    """The rank above, and the XP at which it begins."""

    name: str
    from_xp: int


class EarnedBadgeOut(FromAttributes):
    """A badge that the learner earned."""

    id: UUID
    slug: str
    name: str
    icon_url: str
    earned_at: datetime


class ProfileOut(BaseModel):
    """A person, to themselves."""

    id: UUID
    email: str
    display_name: str
    role: Role
    timezone: str
    #: empty: as the browser asks
    language: UserLanguage | Literal[""]
    xp: int
    rank: str
    next_rank: NextRankOut | None
    streak_count: int
    longest_streak: int
    last_login: datetime | None
    badges: list[EarnedBadgeOut]
    leaderboard_opt_out: bool
    #: what leaderboards call the learner; empty: the display name
    leaderboard_name: str
    #: false where a class of the learner does without
    shows_boards: bool
    shows_xp: bool
    application: Application
    #: whether a failed cell is explained without a click
    hints_by_themselves: bool
    #: whether no language model is asked about the learner's work
    no_ai: bool
    email_verified: bool
    has_password: bool


def profile_out(profile: Profile) -> ProfileOut:
    """Shape a profile for the contract."""
    return ProfileOut(
        id=profile.id,
        email=profile.email,
        display_name=profile.display_name,
        role=profile.role,
        timezone=profile.timezone,
        language=profile.language or "",
        xp=profile.xp,
        rank=profile.standing.rank.name,
        next_rank=NextRankOut.model_validate(profile.standing.next_rank) if profile.standing.next_rank else None,
        streak_count=profile.streak_count,
        longest_streak=profile.longest_streak,
        last_login=profile.last_login,
        badges=[EarnedBadgeOut.model_validate(badge) for badge in profile.standing.badges],
        leaderboard_opt_out=profile.leaderboard_opt_out,
        leaderboard_name=profile.leaderboard_name,
        shows_boards=profile.shows_boards,
        shows_xp=profile.shows_xp,
        application=profile.application,
        hints_by_themselves=profile.hints_by_themselves,
        no_ai=profile.no_ai,
        email_verified=profile.email_verified,
        has_password=profile.has_password,
    )
