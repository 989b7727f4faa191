"""Google's Gemini behind the tutor's seam. The only module that imports google.genai."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from functools import partial
from time import monotonic
from typing import Any

import httpx
import stamina
import structlog
from google import genai
from google.auth.exceptions import GoogleAuthError
from google.genai import errors, types

from nexus_server.clock import Clock
from nexus_server.tutor.errors import CutAnswerError, ModelUnavailableError
from nexus_server.tutor.models.breaker import CircuitBreaker
from nexus_server.tutor.models.model import Piece, Prompt, Speaker
from nexus_server.tutor.settings import TutorSettings

log = structlog.get_logger(__name__)

_TRANSIENT = frozenset({408, 429, 500, 502, 503, 504})
_ROLES = {Speaker.LEARNER: "user", Speaker.TUTOR: "model"}

Chunks = AsyncIterator[types.GenerateContentResponse]


def pause(error: Exception, longest_s: float) -> bool | float:
    """Return whether to ask again: as soon as usual, or after the seconds that the service asks for."""
    if not isinstance(error, errors.APIError):
        return isinstance(error, httpx.TransportError)
    if error.code not in _TRANSIENT:
        return False
    asked = _asked_pause_s(error.details)
    # A learner does not wait for longer than for an answer: then the rules' text stands.
    return True if asked is None else asked <= longest_s and asked


def _asked_pause_s(details: Any) -> float | None:
    """Return the seconds of an error's RetryInfo (https://google.aip.dev/193), or None."""
    told = details.get("error", details).get("details") if isinstance(details, dict) else None
    for part in told if isinstance(told, list) else []:
        delay = part.get("retryDelay") if isinstance(part, dict) else None
        if isinstance(delay, str) and (found := re.fullmatch(r"(\d+(?:\.\d+)?)s", delay, re.ASCII)):
            return float(found[1])
    return None


class GeminiModel:
    """Streams answers; retries what may pass, and leaves a failing service alone for a while."""

    source = "gemini"

    def __init__(self, settings: TutorSettings, api_key: str, clock: Clock) -> None:
        """Connect nothing yet; `api_key` goes into a request header and nowhere else. Vertex AI needs none."""
        self._settings = settings
        self._breaker = CircuitBreaker(
            clock, threshold=settings.breaker_threshold, cooldown_s=settings.breaker_cooldown_s
        )
        # Our own HTTP client, so that we know which exceptions it raises and close it ourselves.
        self._http = httpx.AsyncClient(timeout=settings.timeout_s)
        self._client = _client(settings, api_key, self._http)

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
            ending = None
            while chunk is not None:
                ending = _ending_of(chunk) or ending
                yield Piece(_text_of(chunk), _usage_of(chunk))
                chunk = await asyncio.wait_for(anext(chunks, None), deadline - monotonic())
        except (errors.APIError, httpx.HTTPError, GoogleAuthError, TimeoutError, ValueError) as error:
            # ValueError: the SDK could not read the reply (JSON or schema).
            # GoogleAuthError: Vertex AI without credentials, or with ones that are refused.
            self._breaker.failed()
            log.warning("model_failed", kind=type(error).__name__, status=getattr(error, "code", None))
            raise ModelUnavailableError from error
        # The SDK ends in silence when the connection is cut between two events.
        (self._breaker.succeeded if ending else self._breaker.failed)()
        if ending != types.FinishReason.STOP.value:
            raise CutAnswerError(ending=ending)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _begin(self, prompt: Prompt) -> tuple[types.GenerateContentResponse | None, Chunks]:
        """Return the first chunk and the stream of the others; what fails before it may be tried again."""
        async for attempt in stamina.retry_context(
            on=partial(pause, longest_s=self._settings.timeout_s),
            attempts=self._settings.attempts,
            timeout=self._settings.timeout_s,
            wait_initial=0.2,
            wait_max=2.0,
        ):
            with attempt:
                chunks = await self._client.aio.models.generate_content_stream(
                    model=self._settings.gemini_model,
                    contents=_contents(prompt),
                    config=_config(prompt, self._settings),
                )
                return await anext(chunks, None), chunks
        raise ModelUnavailableError  # pragma: no cover  the last attempt raises by itself


def _client(settings: TutorSettings, api_key: str, http: httpx.AsyncClient) -> genai.Client:
    """Return a client of the Gemini API, or of Vertex AI where a project is set."""
    options = types.HttpOptions(
        base_url=settings.gemini_base_url or None,
        api_version=settings.vertex_api_version if settings.vertex_project else settings.gemini_api_version,
        httpx_async_client=http,
    )
    if not settings.vertex_project:
        return genai.Client(api_key=api_key, http_options=options)
    return genai.Client(
        vertexai=True, project=settings.vertex_project, location=settings.vertex_location, http_options=options
    )


def _contents(prompt: Prompt) -> list[Any]:
    return [types.Content(role=_ROLES[t.speaker], parts=[types.Part(text=t.text)]) for t in prompt.turns]


def _config(prompt: Prompt, settings: TutorSettings) -> types.GenerateContentConfig:
    return types.GenerateContentConfig(
        system_instruction=prompt.instructions,
        max_output_tokens=prompt.max_output_tokens,
        temperature=settings.gemini_temperature,
        candidate_count=1,
        thinking_config=types.ThinkingConfig(thinking_budget=settings.gemini_thinking_tokens),
    )


def _text_of(chunk: types.GenerateContentResponse) -> str:
    parts = chunk.candidates[0].content.parts if chunk.candidates and chunk.candidates[0].content else None
    return "".join(part.text for part in parts or [] if part.text and not part.thought)


def _ending_of(chunk: types.GenerateContentResponse) -> str | None:
    """Return why the answer ends here, or None while it goes on."""
    if chunk.prompt_feedback and chunk.prompt_feedback.block_reason:
        return str(chunk.prompt_feedback.block_reason.value)
    reason = chunk.candidates[0].finish_reason if chunk.candidates else None
    return str(reason.value) if reason else None


def _usage_of(chunk: types.GenerateContentResponse) -> Mapping[str, int]:
    usage = chunk.usage_metadata
    if usage is None:
        return {}
    return {
        "prompt_tokens": usage.prompt_token_count or 0,
        "output_tokens": usage.candidates_token_count or 0,
    }
