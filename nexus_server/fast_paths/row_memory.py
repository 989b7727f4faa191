"""Rows that are read once and remembered until their version changes: a page then reads no more than the versions."""

from collections.abc import Callable, Iterable, Mapping
from typing import Generic, TypeVar
from uuid import UUID

T = TypeVar("T")

#: reads rows: their keys, versions and values
Load = Callable[[list[UUID]], Iterable[tuple[UUID, str, T]]]


class RowMemory(Generic[T]):
    """Values by key, each with its version."""

    def __init__(self, *, is_on: bool = True) -> None:
        """Know nothing. One that is not on reads everything each time."""
        self._is_on = is_on
        self._known: dict[UUID, tuple[str, T]] = {}

    def read(self, versions: Mapping[UUID, str], load: Load[T]) -> dict[UUID, T]:
        """Return the values of the keys; `load` reads those that are not known in the version given."""
        missing = [key for key, version in versions.items() if not self._knows(key, version)]
        loaded = {key: (version, value) for key, version, value in load(missing)} if missing else {}
        if self._is_on:
            self._known.update(loaded)
        return {key: (loaded.get(key) or self._known[key])[1] for key in versions}

    def _knows(self, key: UUID, version: str) -> bool:
        return key in self._known and self._known[key][0] == version
