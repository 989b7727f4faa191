"""Of many cases of one kind, `make test` tries a sample and `make test-long` all; the test is the same."""

from collections.abc import Collection, Sequence
from typing import Any

import pytest


def sampled(values: Sequence[Any], sample: Collection[Any], ids: Sequence[str] | None = None) -> list[Any]:
    """Return every value as a test's parameter; those outside of `sample` are marked `long`.

    `sample` has values, or ids where `ids` names the values. A tuple is one value, and gives several arguments.
    """
    names = values if ids is None else ids
    assert set(sample) <= set(names), "the sample names what is not there"
    return [
        pytest.param(
            *(value if isinstance(value, tuple) else (value,)),
            id=None if ids is None else name,
            marks=() if name in sample else pytest.mark.long,
        )
        for value, name in zip(values, names, strict=True)
    ]
