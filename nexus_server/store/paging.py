"""The query of one page of a list, newest first."""

from datetime import datetime
from typing import TypeVarTuple
from uuid import UUID

from sqlalchemy import Select, and_, or_
from sqlalchemy.orm import InstrumentedAttribute

from nexus_server.paging import Position

Columns = TypeVarTuple("Columns")


def newest_first(
    query: Select[*Columns],
    moment: InstrumentedAttribute[datetime],
    key: InstrumentedAttribute[UUID],
    *,
    after: Position | None,
    limit: int,
) -> Select[*Columns]:
    """Order a query by `moment` and `key`, and return what comes after a position: `limit` rows and one to tell by."""
    if after is not None:
        query = query.where(or_(moment < after.moment, and_(moment == after.moment, key < after.id)))
    return query.order_by(moment.desc(), key.desc()).limit(limit + 1)
