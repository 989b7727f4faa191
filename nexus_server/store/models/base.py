"""What all tables share: UUID keys, aware UTC times, portable JSON, named constraints."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, ColumnElement, DateTime, MetaData, String, Uuid, type_coerce
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlalchemy.types import NullType, TypeDecorator

# Alembic can only drop what has a name, on either database.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time; SQLite, which keeps no zone, gives it back as aware too."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Refuse naive times, which would be read as another zone's."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime given to the database")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return an aware UTC time."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def as_stored(column: SQLCoreOperations[UUID]) -> ColumnElement[Any]:
    """Return a column of ids as the driver gives them, which differs by database: fit for looking up, no more.

    SQLite's are made into UUIDs one by one, which takes longer than all else with tens of thousands of rows.
    """
    return type_coerce(column, NullType())


def now() -> datetime:
    """Return the present moment, for column defaults only; services take a `Clock`."""
    return datetime.now(UTC)


PortableJSON = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

Key = Annotated[UUID, mapped_column(Uuid, primary_key=True, default=uuid4)]
Created = Annotated[datetime, mapped_column(UtcDateTime, default=now)]
Slug = Annotated[str, mapped_column(String(120))]


class Base(DeclarativeBase):
    """The parent of all models."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012  SQLAlchemy reads this as a plain class attribute
        datetime: UtcDateTime,
        UUID: Uuid,
        dict[str, Any]: PortableJSON,
        list[Any]: PortableJSON,
    }
