"""Streaming through the gate: a learner sees only what has passed it."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable

from nexus_server.tutor.errors import AnswerRefusedError, ModelUnavailableError
from nexus_server.tutor.leak_filter.filter import Refusal
from nexus_server.tutor.models.model import Piece

Gate = Callable[[str], Refusal | None]

#: where a text may be cut: behind a line, or behind a sentence
_CUT = re.compile(r"\n|(?<=[.!?:]) ")
_FENCE = re.compile(r"^[ ]{0,3}(?:```|~~~)", re.MULTILINE)


class GatedAnswer:
    """A model's answer on its way to the learner. After the stream, `text` and `usage` hold the whole."""

    def __init__(self, pieces: AsyncIterator[Piece], gate: Gate) -> None:
        """Read `pieces`, and ask `gate` about all text so far before any of it is released: beside the event loop."""
        self._pieces = pieces
        self._gate = gate
        self.text = ""
        self.usage: dict[str, int] = {}

    async def deltas(self) -> AsyncIterator[str]:
        """Yield the text in parts that passed the gate: sentences, lines, whole code blocks.

        Raises:
            AnswerRefusedError: the text, as far as it came, may not be shown.
            ModelUnavailableError: the model stopped in the middle, or said nothing.
        """
        released = 0
        async for piece in self._pieces:
            self.text += piece.text
            self.usage.update(piece.usage)
            end = _last_cut(self.text)
            if end > released:
                await self._check()
                yield self.text[released:end]
                released = end
        await self._check()
        if not self.text.strip():
            raise ModelUnavailableError("The model gave no answer.")
        if self.text[released:]:
            yield self.text[released:]

    async def _check(self) -> None:
        if refusal := await asyncio.to_thread(self._gate, self.text):
            raise AnswerRefusedError(reason=refusal.value)


def _last_cut(text: str) -> int:
    """Return the end of the last complete part; an open code block is not complete."""
    fences = list(_FENCE.finditer(text))
    limit = fences[-1].start() if len(fences) % 2 else len(text)
    cuts = [match.end() for match in _CUT.finditer(text, 0, limit)]
    complete = [cut for cut in cuts if text.count("`", 0, cut) % 2 == 0]
    return complete[-1] if complete else 0
