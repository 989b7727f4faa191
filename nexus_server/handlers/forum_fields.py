"""What several routes of the forum have in common: what they take and give, and when they are closed."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, StringConstraints

from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.lists import FromAttributes

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=400)]


class ReportIn(BaseModel):
    """Why moderators should look at a post."""

    reason: Reason


class AuthorOut(FromAttributes):
    """Who wrote it."""

    id: UUID | None
    display_name: str
    is_staff: bool


class ForumHandler(NexusHandler):
    """What people say to each other, which whoever sits an exam may have to do without."""

    exam_aid = "forum"
