"""GeminiModel against a local server that speaks Gemini's REST dialect."""

import json
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from traitlets.config import Config

from nexus_server.clock import ManualClock
from nexus_server.tutor.errors import ModelUnavailableError
from nexus_server.tutor.models.gemini import GeminiModel
from nexus_server.tutor.settings import TutorSettings
from tests.integration.tutor.model_server import KEY, PROMPT, ModelHandler, ModelServer, answer, serving


def chunk(text: str, ending: str | None = None, **more: Any) -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"role": "model", "parts": [{"text": text}]}}
    return {"candidates": [{**candidate, "finishReason": ending} if ending else candidate], **more}


ANSWER = [
    chunk("Look at "),
    chunk("line 2.", "STOP", usageMetadata={"promptTokenCount": 40, "candidatesTokenCount": 5, "totalTokenCount": 45}),
]


RETRY_INFO = {"@type": "type.googleapis.com/google.rpc.RetryInfo"}


@dataclass(frozen=True)
class Busy:
    """A 429 that says when to come again."""

    delay: str


class _Handler(ModelHandler):
    """Steps are a status, a list of chunks (or of raw strings), "hang" or "cut"."""

    async def post(self, _model: str) -> None:
        gemini = self.server
        gemini.requests.append(
            {
                "path": self.request.uri,
                "key": self.request.headers.get("x-goog-api-key"),
                "body": json.loads(self.request.body),
            }
        )
        step = gemini.next_step()
        if isinstance(step, int | Busy):
            status = step if isinstance(step, int) else 429
            more = {"details": [RETRY_INFO | {"retryDelay": step.delay}]} if isinstance(step, Busy) else {}
            self.set_status(status)
            self.finish({"error": {"code": status, "message": "no", "status": "NO", **more}})
            return
        self.set_header("Content-Type", "text/event-stream")
        for part in ANSWER[:1] if isinstance(step, str) else step:
            text = part if isinstance(part, str) else json.dumps(part)
            self.write(f"data: {text}\r\n\r\n")
            await self.flush()
            if step == "hang":
                await gemini.released.wait()
        if step == "cut":
            self.detach().close()


@pytest.fixture
async def gemini() -> AsyncIterator[ModelServer]:
    async with serving(r"/v1beta/models/(.+):streamGenerateContent", _Handler, [ANSWER]) as server:
        yield server


MakeModel = Callable[..., GeminiModel]


@pytest.fixture
async def make_model(gemini: ModelServer) -> AsyncIterator[MakeModel]:
    made: list[GeminiModel] = []

    def make(**values: object) -> GeminiModel:
        settings = TutorSettings(config=Config(TutorSettings={"gemini_base_url": gemini.url, **values}))
        made.append(GeminiModel(settings, KEY, ManualClock(datetime(2026, 1, 1, tzinfo=UTC))))
        return made[-1]

    yield make
    for model in made:
        await model.close()


async def test_the_answer_streams_with_its_usage(gemini: ModelServer, make_model: MakeModel) -> None:
    pieces = [piece async for piece in make_model().stream(PROMPT)]
    assert [piece.text for piece in pieces] == ["Look at ", "line 2."]
    assert pieces[-1].usage == {"prompt_tokens": 40, "output_tokens": 5}
    (request,) = gemini.requests
    assert request["path"] == "/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse"
    assert request["key"] == KEY
    body = request["body"]
    assert [(c["role"], c["parts"][0]["text"]) for c in body["contents"]] == [
        ("user", "Hi"),
        ("model", "Hello"),
        ("user", "Why?"),
    ]
    assert body["systemInstruction"]["parts"][0]["text"] == "Be kind."
    assert body["generationConfig"]["maxOutputTokens"] == 123


async def test_what_may_pass_is_tried_again(gemini: ModelServer, make_model: MakeModel) -> None:
    gemini.plan = [503, 429, ANSWER]
    assert await answer(make_model()) == "Look at line 2."
    assert len(gemini.requests) == 3


async def test_the_service_says_when_to_come_again(gemini: ModelServer, make_model: MakeModel) -> None:
    gemini.plan = [Busy("0.1s"), ANSWER]
    assert await answer(make_model()) == "Look at line 2."
    assert len(gemini.requests) == 2


async def test_a_learner_does_not_wait_for_as_long_as_the_service_likes(
    gemini: ModelServer, make_model: MakeModel
) -> None:
    gemini.plan = [Busy("3600s")]
    with pytest.raises(ModelUnavailableError):
        await answer(make_model())
    assert len(gemini.requests) == 1


async def test_a_wrong_key_is_not_tried_again(gemini: ModelServer, make_model: MakeModel) -> None:
    gemini.plan = [403]
    with pytest.raises(ModelUnavailableError):
        await answer(make_model())
    assert len(gemini.requests) == 1


async def test_a_stream_that_hangs_is_given_up(gemini: ModelServer, make_model: MakeModel) -> None:
    gemini.plan = ["hang"]
    pieces = make_model(timeout_s=0.5).stream(PROMPT)
    assert (await anext(pieces)).text == "Look at "
    with pytest.raises(ModelUnavailableError):
        await anext(pieces)


async def test_nobody_listening_is_unavailable(make_model: MakeModel) -> None:
    with pytest.raises(ModelUnavailableError):
        await answer(make_model(gemini_base_url="http://127.0.0.1:1", attempts=1))


async def test_nonsense_is_unavailable(gemini: ModelServer, make_model: MakeModel) -> None:
    gemini.plan = [["{not json"]]
    with pytest.raises(ModelUnavailableError):
        await answer(make_model())


async def test_a_failing_service_is_left_alone_for_a_while(gemini: ModelServer, make_model: MakeModel) -> None:
    gemini.plan = [500, 500, ANSWER]
    model = make_model(attempts=1, breaker_threshold=2, breaker_cooldown_s=60)
    for _ in range(4):
        with pytest.raises(ModelUnavailableError):
            await answer(model)
    assert len(gemini.requests) == 2
    model._breaker._clock.time += timedelta(seconds=61)  # type: ignore[attr-defined]
    assert await answer(model) == "Look at line 2."


@pytest.mark.parametrize(
    "step",
    [
        "cut",
        [chunk("Look at ")],
        [chunk("Look at ", "MAX_TOKENS")],
        [{"candidates": [{"finishReason": "SAFETY"}]}],
        [{"promptFeedback": {"blockReason": "SAFETY"}}],
    ],
    ids=["cut", "no end", "too long", "withheld", "blocked"],
)
async def test_an_answer_without_a_proper_end_is_none(gemini: ModelServer, make_model: MakeModel, step: object) -> None:
    gemini.plan = [step]
    with pytest.raises(ModelUnavailableError):
        await answer(make_model())


async def test_the_key_is_never_logged(
    gemini: ModelServer, make_model: MakeModel, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    gemini.plan = [503, 403]
    with pytest.raises(ModelUnavailableError) as failed:
        await answer(make_model())
    out, err = capsys.readouterr()
    assert "model_failed" in caplog.text + out + err
    assert KEY not in caplog.text + out + err + str(failed.value) + repr(failed.value.__cause__)
