"""XP, badges, leaderboards and the bell over HTTP."""

from datetime import datetime
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from nexus_server.errors import NotFoundError
from nexus_server.gamify.boards import BoardPage, BoardWanted, ListedPlace
from nexus_server.gamify.leaderboard import Board
from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.lists import FromAttributes, PageOut, PageQuery
from nexus_server.handlers.operation import Route, operation
from nexus_server.languages import translate


class LedgerRowOut(FromAttributes):
    """One payment of XP."""

    id: UUID
    amount: int
    reason: str
    award_key: str
    node_id: UUID | None
    awarded_at: datetime


class LedgerOut(PageOut[LedgerRowOut]):
    """The ledger, newest first."""


class BadgeOut(FromAttributes):
    """A badge with the learner's progress towards it."""

    id: UUID
    slug: str
    name: str
    icon_url: str
    criteria: str
    progress: int
    goal: int
    earned_at: datetime | None


class BadgesOut(BaseModel):
    """Every badge, earned ones first."""

    items: list[BadgeOut]
    next: None = None


class NotificationOut(FromAttributes):
    """One line under the bell."""

    id: UUID
    type: str
    payload: dict[str, Any]
    created_at: datetime
    read_at: datetime | None


class NotificationsOut(PageOut[NotificationOut]):
    """Notifications, newest first."""


class BoardQuery(BaseModel):
    """Which part of a board: a page from the top, or the places around the asking learner."""

    model_config = ConfigDict(extra="forbid")
    limit: int = Field(20, ge=1, le=100)
    offset: int = Field(0, ge=0, le=1_000_000)
    around: Literal["me"] | None = None
    #: of one of my classes
    cohort: UUID | None = None
    #: of my league
    league: Literal["mine"] | None = None
    week: Literal["this", "last"] = "this"
    span: int = Field(5, ge=1, le=50)

    @model_validator(mode="after")
    def _one_group(self) -> Self:
        if self.cohort is not None and self.league is not None:
            raise ValueError("give either `cohort` or `league`, not both")
        return self


class PlaceOut(BaseModel):
    """A learner's place on a board."""

    rank: int
    display_name: str
    user_id: UUID
    xp: int
    me: bool


class BoardOut(BaseModel):
    """A part of a board; `me` is None for learners who are not listed. A pseudonym has a `user_id` of its own."""

    items: list[PlaceOut]
    total: int
    me: PlaceOut | None
    #: percentage of the listed learners who have at most my XP
    percentile: int | None
    period: str
    #: the class or the league; None for the whole site
    name: str | None
    next: None = None


class LedgerHandler(NexusHandler):
    """GET /me/xp."""

    @operation("My XP ledger", query=PageQuery, reply=LedgerOut)
    async def get(self, query: PageQuery) -> LedgerOut:
        """Return the newest payments."""
        page = await self.services.gamify.ledger(self.learner, limit=query.limit, after=query.cursor)
        return LedgerOut.model_validate(page)


class MyBadgesHandler(NexusHandler):
    """GET /me/badges and GET /badges."""

    @operation("Every badge, with my progress", reply=BadgesOut)
    async def get(self) -> BadgesOut:
        """Return the catalogue, earned badges first."""
        views = await self.services.gamify.badges(self.learner.id)
        criteria = [{"criteria": translate(view.criteria, self.language)} for view in views]
        items = [
            BadgeOut.model_validate(view).model_copy(update=own) for view, own in zip(views, criteria, strict=True)
        ]
        return BadgesOut(items=items)


class NotificationsHandler(NexusHandler):
    """GET /me/notifications."""

    @operation("What is under the bell", query=PageQuery, reply=NotificationsOut)
    async def get(self, query: PageQuery) -> NotificationsOut:
        """Return the newest notifications."""
        page = await self.services.notifications.newest(self.learner, limit=query.limit, after=query.cursor)
        return NotificationsOut.model_validate(page)


class NotificationsReadHandler(NexusHandler):
    """POST /me/notifications/read."""

    @operation("Mark every notification as read", status=204)
    async def post(self) -> None:
        """Mark them."""
        await self.services.notifications.mark_read(self.learner)


class LeaderboardHandler(NexusHandler):
    """GET /leaderboards/{board}."""

    @operation("A leaderboard", query=BoardQuery, reply=BoardOut, cache_s=2)
    async def get(self, board: str, query: BoardQuery) -> BoardOut:
        """Return a page, or the places around the learner.

        Raises:
            NotFoundError: there is no such board, or class.
            InvalidError: a group has no such board.
        """
        if board not in set(Board):
            raise NotFoundError("There are two boards: weekly_xp and all_time_xp.")
        boards = self.services.boards
        wanted = BoardWanted(Board(board), query.cohort, query.league is not None, query.week == "last")
        if query.around == "me":
            return _shape(await boards.around(self.learner, wanted, span=query.span))
        return _shape(await boards.page(self.learner, wanted, limit=query.limit, offset=query.offset))


def _shape(page: BoardPage) -> BoardOut:
    return BoardOut(
        items=[_shape_place(item) for item in page.items],
        total=page.total,
        me=_shape_place(page.me) if page.me else None,
        percentile=page.percentile,
        period=page.period,
        name=page.name,
    )


def _shape_place(item: ListedPlace) -> PlaceOut:
    place = item.place
    return PlaceOut(rank=place.rank, display_name=item.display_name, user_id=item.shown_id, xp=place.xp, me=item.me)


ROUTES = [
    Route("/me/xp", LedgerHandler),
    Route("/me/badges", MyBadgesHandler),
    Route("/me/notifications", NotificationsHandler),
    Route("/me/notifications/read", NotificationsReadHandler),
    Route("/badges", MyBadgesHandler),
    Route("/leaderboards/{board}", LeaderboardHandler),
]
