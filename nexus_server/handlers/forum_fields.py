"""What several routes of the forum take and give."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, StringConstraints

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
