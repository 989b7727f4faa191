"""Google's Gemini behind the tutor's seam. The only module that imports google.genai."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from time import monotonic
from typing import Any

import httpx
import stamina
import structlog
from google import genai
from google.genai import errors, types

from nexus_server.clock import Clock
from nexus_server.tutor.errors import ModelUnavailableError
from nexus_server.tutor.models.breaker import CircuitBreaker
from nexus_server.tutor.models.model import Piece, Prompt, Speaker
from nexus_server.tutor.settings import TutorSettings

log = structlog.get_logger(__name__)

_TRANSIENT = frozenset({408, 429, 500, 502, 503, 504})
_ROLES = {Speaker.LEARNER: "user", Speaker.TUTOR: "model"}

Chunks = AsyncIterator[types.GenerateContentResponse]


def is_transient(error: Exception) -> bool:
    """Return whether asking again may help."""
    if isinstance(error, errors.APIError):
        return error.code in _TRANSIENT
    return isinstance(error, httpx.TransportError)


class GeminiModel:
    """Streams answers; retries what may pass, and leaves a failing service alone for a while."""

    source = "gemini"

    def __init__(self, settings: TutorSettings, api_key: str, clock: Clock) -> None:
        """Connect nothing yet; `api_key` goes into a request header and nowhere else."""
        self._settings = settings
        self._breaker = CircuitBreaker(
            clock, threshold=settings.breaker_threshold, cooldown_s=settings.breaker_cooldown_s
        )
        # Our own HTTP client, so that we know which exceptions it raises and close it ourselves.
        self._http = httpx.AsyncClient(timeout=settings.timeout_s)
        self._client = genai.Client(
            api_key=api_key,
            http_options=types.HttpOptions(
                base_url=settings.gemini_base_url or None,
                api_version=settings.gemini_api_version,
                httpx_async_client=self._http,
            ),
        )

    @property
    def is_resting(self) -> bool:
        """Whether Gemini failed so often that it is left alone now."""
        return self._breaker.is_open

    async def stream(self, prompt: Prompt) -> AsyncIterator[Piece]:
        """Yield the answer piece by piece, the usage last.

        Raises:
            ModelUnavailableError: Gemini cannot be reached, refuses, or takes too long.
        """
        if not self._breaker.allows():
            raise ModelUnavailableError
        deadline = monotonic() + self._settings.timeout_s
        try:
            chunk, chunks = await asyncio.wait_for(self._begin(prompt), self._settings.timeout_s)
            while chunk is not None:
                yield Piece(_text_of(chunk), _usage_of(chunk))
                chunk = await asyncio.wait_for(anext(chunks, None), deadline - monotonic())
        except (errors.APIError, httpx.HTTPError, TimeoutError, ValueError) as error:
            # ValueError: the SDK could not read the reply (JSON or schema).
            self._breaker.failed()
            log.warning("model_failed", kind=type(error).__name__, status=getattr(error, "code", None))
            raise ModelUnavailableError from error
        self._breaker.succeeded()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _begin(self, prompt: Prompt) -> tuple[types.GenerateContentResponse | None, Chunks]:
        """Return the first chunk and the stream of the others; what fails before it may be tried again."""
        async for attempt in stamina.retry_context(
            on=is_transient,
            attempts=self._settings.attempts,
            timeout=self._settings.timeout_s,
            wait_initial=0.2,
            wait_max=2.0,
        ):
            with attempt:
                chunks = await self._client.aio.models.generate_content_stream(
                    model=self._settings.gemini_model, contents=_contents(prompt), config=_config(prompt)
                )
                return await anext(chunks, None), chunks
        raise ModelUnavailableError  # pragma: no cover  the last attempt raises by itself


def _contents(prompt: Prompt) -> list[Any]:
    return [types.Content(role=_ROLES[t.speaker], parts=[types.Part(text=t.text)]) for t in prompt.turns]


def _config(prompt: Prompt) -> types.GenerateContentConfig:
    return types.GenerateContentConfig(
        system_instruction=prompt.instructions,
        max_output_tokens=prompt.max_output_tokens,
        temperature=0.3,
        candidate_count=1,
        # Thinking would be paid for out of the few output tokens that a hint has.
        thinking_config=types.ThinkingConfig(thinking_budget=0),
    )


def _text_of(chunk: types.GenerateContentResponse) -> str:
    parts = chunk.candidates[0].content.parts if chunk.candidates and chunk.candidates[0].content else None
    return "".join(part.text for part in parts or [] if part.text and not part.thought)


def _usage_of(chunk: types.GenerateContentResponse) -> Mapping[str, int]:
    usage = chunk.usage_metadata
    if usage is None:
        return {}
    return {
        "prompt_tokens": usage.prompt_token_count or 0,
        "output_tokens": usage.candidates_token_count or 0,
    }
