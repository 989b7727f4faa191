"""A tutor that says what its configuration tells it to: for tests and demonstrations without a network."""

from collections.abc import AsyncIterator, Sequence
from itertools import cycle

from nexus_server.tutor.errors import ModelUnavailableError
from nexus_server.tutor.models.model import Piece, Prompt

#: a script line that stands for a model that does not answer
SILENCE = "<unavailable>"


class ScriptedTutor:
    """Gives the configured replies in turn, word by word, and remembers what it was asked."""

    source = "scripted"
    is_resting = False

    def __init__(self, replies: Sequence[str]) -> None:
        """Prepare to say `replies`, over and over; `SILENCE` fails instead."""
        self._replies = cycle(replies or [SILENCE])
        self.prompts: list[Prompt] = []

    async def stream(self, prompt: Prompt) -> AsyncIterator[Piece]:
        """Yield the next reply.

        Raises:
            ModelUnavailableError: the script says so.
        """
        self.prompts.append(prompt)
        reply = next(self._replies)
        if reply == SILENCE:
            raise ModelUnavailableError
        for word in reply.split(" "):
            yield Piece(word + " ")
        yield Piece("", {"prompt_tokens": len(prompt.turns[-1].text.split()), "output_tokens": len(reply.split())})

    async def close(self) -> None:
        """Do nothing."""
