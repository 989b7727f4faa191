"""Work for a whole site, in parts that one task may do."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")

#: whose work it is to read and prepare the labs' solutions, as the worker processes count it
SOLUTIONS = "solutions"


def parts_of(sized: Iterable[tuple[Item, int]], most: int) -> Iterator[list[Item]]:
    """Yield the items, each given with its size, in lists of at most `most` together; a larger item stands alone."""
    part: list[Item] = []
    total = 0
    for item, size in sized:
        if part and total + size > most:
            yield part
            part, total = [], 0
        part.append(item)
        total += size
    if part:
        yield part
