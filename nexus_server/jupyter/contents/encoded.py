"""Files' contents as bytes on their way between a learner's page and the disk: only worker processes look inside."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import nbformat


@dataclass(frozen=True, slots=True)
class PreparedContent:
    """What is written to a file, as a worker process made it of a request."""

    data: bytes | bytearray


class EncodedNotebook(Mapping[str, Any]):
    """A notebook as JSON, which is sent to pages as it is; it is decoded where code of Jupyter Server's asks for it."""

    def __init__(self, data: bytes | bytearray) -> None:
        """Keep the notebook's JSON."""
        self.data = data

    @cached_property
    def decoded(self) -> Any:
        """The notebook as `nbformat` knows it."""
        return nbformat.from_dict(json.loads(self.data))

    def __getitem__(self, name: str) -> Any:
        """Return a part of the notebook."""
        return self.decoded[name]

    def __iter__(self) -> Iterator[str]:
        """Yield the names of the notebook's parts."""
        return iter(self.decoded)

    def __len__(self) -> int:
        """Return how many parts it has."""
        return len(self.decoded)


def notebook_json(content: Any) -> bytes:
    """Return a notebook's content as JSON; what is none is refused by whoever reads it."""
    return bytes(content.data) if isinstance(content, EncodedNotebook) else json.dumps(content).encode()
