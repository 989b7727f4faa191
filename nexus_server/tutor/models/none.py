"""The tutor without a language model: everything comes from the rules and the notes."""

from collections.abc import AsyncIterator

from nexus_server.tutor.errors import ModelUnavailableError
from nexus_server.tutor.models.model import Piece, Prompt

STATIC = "static"
#: what the author of a lab wrote
AUTHOR = "author"


class NoModel:
    """Never answers, so that every text is the static one."""

    source = STATIC
    is_resting = False

    def stream(self, prompt: Prompt) -> AsyncIterator[Piece]:  # noqa: ARG002  the protocol's signature
        """Refuse.

        Raises:
            ModelUnavailableError: always.
        """
        raise ModelUnavailableError("No language model is configured.")

    async def close(self) -> None:
        """Do nothing."""
