"""Any service that speaks OpenAI's chat protocol behind the tutor's seam: vLLM, Ollama, llama.cpp, or OpenAI itself.

A school that runs one keeps its learners' words in the house. The protocol is
https://platform.openai.com/docs/api-reference/chat/create, streamed as server-sent events.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from time import monotonic
from typing import Any

import httpx
import stamina
import structlog

from nexus_server.clock import Clock
from nexus_server.tutor.errors import CutAnswerError, ModelUnavailableError
from nexus_server.tutor.models.breaker import CircuitBreaker
from nexus_server.tutor.models.model import Piece, Prompt, Speaker
from nexus_server.tutor.settings import TutorSettings

log = structlog.get_logger(__name__)

_TRANSIENT = frozenset({408, 409, 429, 500, 502, 503, 504})
_ROLES = {Speaker.LEARNER: "user", Speaker.TUTOR: "assistant"}
_DATA = "data:"
_DONE = "[DONE]"


class OpenAICompatibleModel:
    """Streams answers; retries what may pass, and leaves a failing service alone for a while."""

    source = "openai"

    def __init__(self, settings: TutorSettings, api_key: str, clock: Clock) -> None:
        """Connect nothing yet; without `api_key`, as most local servers have it, no such header is sent."""
        self._settings = settings
        self._breaker = CircuitBreaker(
            clock, threshold=settings.breaker_threshold, cooldown_s=settings.breaker_cooldown_s
        )
        self._http = httpx.AsyncClient(
            base_url=settings.openai_base_url.rstrip("/") + "/",
            headers={"Authorization": f"Bearer {api_key}"} if api_key else {},
            timeout=settings.timeout_s,
        )

    @property
    def is_resting(self) -> bool:
        """Whether the service failed so often that it is left alone now."""
        return self._breaker.is_open

    async def stream(self, prompt: Prompt) -> AsyncIterator[Piece]:
        """Yield the answer piece by piece, the usage last.

        Raises:
            ModelUnavailableError: the service cannot be reached, refuses, takes too long, or breaks off.
        """
        if not self._breaker.allows():
            raise ModelUnavailableError
        deadline = monotonic() + self._settings.timeout_s
        response = None
        try:
            response = await asyncio.wait_for(self._begin(prompt), self._settings.timeout_s)
            pieces = _pieces(response.aiter_lines())
            while (piece := await asyncio.wait_for(anext(pieces, None), deadline - monotonic())) is not None:
                yield piece
        except CutAnswerError as error:
            # A service that says why an answer ends is well.
            (self._breaker.succeeded if error.details["ending"] else self._breaker.failed)()
            raise
        except (httpx.HTTPError, TimeoutError, ValueError) as error:
            # ValueError: what came is no JSON, or not of the protocol's shape.
            self._breaker.failed()
            status = error.response.status_code if isinstance(error, httpx.HTTPStatusError) else None
            log.warning("model_failed", kind=type(error).__name__, status=status)
            raise ModelUnavailableError(cause=type(error).__name__) from error
        finally:
            if response is not None:
                await response.aclose()
        self._breaker.succeeded()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _begin(self, prompt: Prompt) -> httpx.Response:
        """Return the open reply; what fails before it begins may be tried again."""
        async for attempt in stamina.retry_context(
            on=self._pause,
            attempts=self._settings.attempts,
            timeout=self._settings.timeout_s,
            wait_initial=0.2,
            wait_max=2.0,
        ):
            with attempt:
                request = self._http.build_request("POST", "chat/completions", json=self._body(prompt))
                response = await self._http.send(request, stream=True)
                if response.is_error:
                    await response.aclose()
                    response.raise_for_status()
                return response
        raise ModelUnavailableError  # pragma: no cover  the last attempt raises by itself

    def _pause(self, error: Exception) -> bool | float:
        """Return whether to ask again: as soon as usual, or after the seconds that the service asks for."""
        if not isinstance(error, httpx.HTTPStatusError):
            return isinstance(error, httpx.TransportError)
        if error.response.status_code not in _TRANSIENT:
            return False
        asked = error.response.headers.get("Retry-After", "")
        if not asked.isascii() or not asked.isdigit():
            return True
        # A learner does not wait for longer than for an answer: then the rules' text stands.
        return int(asked) <= self._settings.timeout_s and float(asked)

    def _body(self, prompt: Prompt) -> dict[str, Any]:
        turns = [{"role": _ROLES[turn.speaker], "content": turn.text} for turn in prompt.turns]
        return {
            "model": self._settings.openai_model,
            "messages": [{"role": "system", "content": prompt.instructions}, *turns],
            "max_tokens": prompt.max_output_tokens,
            "temperature": 0.3,
            "stream": True,
            "stream_options": {"include_usage": True},
        }


async def _pieces(lines: AsyncIterator[str]) -> AsyncIterator[Piece]:
    """Read the events of a reply.

    Raises:
        CutAnswerError: it ends otherwise than a whole answer does.
        ValueError: this is not the protocol.
    """
    ending = None
    async for line in lines:
        if not line.startswith(_DATA):
            continue  # blank lines, comments and event names
        text = line[len(_DATA) :].strip()
        if text == _DONE:
            break
        event = json.loads(text)
        if not isinstance(event, dict) or "error" in event:
            raise ValueError("the service reports an error in the middle of its answer")
        choice = _choice(event)
        ending = choice.get("finish_reason") or ending
        yield Piece(_text_of(choice), _usage_of(event))
    if ending != "stop":
        raise CutAnswerError(ending=ending)


def _choice(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the first choice; the event that carries the usage has none."""
    choices = event.get("choices") or [{}]
    if not isinstance(choices, list) or not isinstance(choices[0], dict):
        raise ValueError("choices are not a list of objects")  # noqa: TRY004  it is about what came over the wire
    return choices[0]


def _text_of(choice: Mapping[str, Any]) -> str:
    delta = choice.get("delta") or {}
    text = delta.get("content") if isinstance(delta, dict) else None
    return text if isinstance(text, str) else ""


def _usage_of(event: Mapping[str, Any]) -> Mapping[str, int]:
    usage = event.get("usage")
    if not isinstance(usage, dict):
        return {}
    names = {"prompt_tokens": "prompt_tokens", "completion_tokens": "output_tokens"}
    return {ours: usage[theirs] for theirs, ours in names.items() if isinstance(usage.get(theirs), int)}
