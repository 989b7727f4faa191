"""OpenAICompatibleModel against a local server that speaks the chat protocol, well and badly."""

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
from nexus_server.tutor.models.openai_compatible import OpenAICompatibleModel
from nexus_server.tutor.settings import TutorSettings
from tests.integration.tutor.model_server import KEY, PROMPT, ModelHandler, ModelServer, answer, serving

DONE = "[DONE]"


def chunk(text: str | None, ending: str | None = None) -> dict[str, Any]:
    delta = {} if text is None else {"role": "assistant", "content": text}
    return {
        "id": "c1",
        "object": "chat.completion.chunk",
        "choices": [{"index": 0, "delta": delta, "finish_reason": ending}],
    }


USAGE = {"id": "c1", "choices": [], "usage": {"prompt_tokens": 40, "completion_tokens": 5, "total_tokens": 45}}
ANSWER: list[Any] = [chunk("Look at "), chunk("line 2."), chunk(None, "stop"), USAGE, DONE]


@dataclass(frozen=True)
class Refused:
    """A status, with the header that says when to come again."""

    status: int
    retry_after: str = ""


@dataclass(frozen=True)
class Hanging:
    """Some events, and then silence until the test ends."""

    events: tuple[Any, ...]


@dataclass(frozen=True)
class Cut:
    """Some events, and then the connection is gone."""

    events: tuple[Any, ...]


class _Completions(ModelHandler):
    async def post(self) -> None:
        service = self.server
        service.requests.append(
            {"key": self.request.headers.get("Authorization"), "body": json.loads(self.request.body)}
        )
        step = service.next_step()
        if isinstance(step, Refused):
            self.set_status(step.status)
            if step.retry_after:
                self.set_header("Retry-After", step.retry_after)
            self.finish({"error": {"message": "no", "type": "refused", "code": step.status}})
            return
        self.set_header("Content-Type", "text/event-stream")
        for event in step if isinstance(step, list) else step.events:
            self.write(f"data: {event if isinstance(event, str) else json.dumps(event)}\n\n")
            await self.flush()
        if isinstance(step, Cut):
            self.detach().close()
        elif isinstance(step, Hanging):
            await service.released.wait()


@pytest.fixture
async def service() -> AsyncIterator[ModelServer]:
    async with serving("/v1/chat/completions", _Completions, [ANSWER]) as server:
        yield server


MakeModel = Callable[..., OpenAICompatibleModel]


@pytest.fixture
async def make_model(service: ModelServer) -> AsyncIterator[MakeModel]:
    made: list[OpenAICompatibleModel] = []

    def make(key: str = KEY, **values: object) -> OpenAICompatibleModel:
        given = {"openai_base_url": f"{service.url}/v1", "openai_model": "small", **values}
        settings = TutorSettings(config=Config(TutorSettings=given))
        made.append(OpenAICompatibleModel(settings, key, ManualClock(datetime(2026, 1, 1, tzinfo=UTC))))
        return made[-1]

    yield make
    for model in made:
        await model.close()


async def test_the_answer_streams_with_its_usage(service: ModelServer, make_model: MakeModel) -> None:
    pieces = [piece async for piece in make_model().stream(PROMPT)]
    assert [piece.text for piece in pieces if piece.text] == ["Look at ", "line 2."]
    assert pieces[-1].usage == {"prompt_tokens": 40, "output_tokens": 5}
    (request,) = service.requests
    assert request["key"] == f"Bearer {KEY}"
    body = request["body"]
    assert body["model"] == "small"
    assert body["messages"] == [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Hello"},
        {"role": "user", "content": "Why?"},
    ]
    assert body["max_tokens"] == 123
    assert body["stream"] is True
    assert body["stream_options"] == {"include_usage": True}


async def test_a_server_in_the_house_needs_no_key(service: ModelServer, make_model: MakeModel) -> None:
    assert await answer(make_model(key="")) == "Look at line 2."
    assert service.requests[0]["key"] is None


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_what_may_pass_is_tried_again(service: ModelServer, make_model: MakeModel, status: int) -> None:
    service.plan = [Refused(status, "0"), Refused(status, "0"), ANSWER]
    assert await answer(make_model()) == "Look at line 2."
    assert len(service.requests) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404])
async def test_what_stays_wrong_is_not_tried_again(service: ModelServer, make_model: MakeModel, status: int) -> None:
    service.plan = [Refused(status)]
    with pytest.raises(ModelUnavailableError):
        await answer(make_model())
    assert len(service.requests) == 1


async def test_a_learner_does_not_wait_for_as_long_as_the_service_likes(
    service: ModelServer, make_model: MakeModel
) -> None:
    service.plan = [Refused(429, "3600")]
    with pytest.raises(ModelUnavailableError):
        await answer(make_model())
    assert len(service.requests) == 1


async def test_a_stream_that_hangs_is_given_up(service: ModelServer, make_model: MakeModel) -> None:
    service.plan = [Hanging((chunk("Look at "),))]
    pieces = make_model(timeout_s=2).stream(PROMPT)
    assert (await anext(pieces)).text == "Look at "
    with pytest.raises(ModelUnavailableError):
        await anext(pieces)


@pytest.mark.parametrize(
    "step",
    [
        Cut((chunk("Look at "),)),
        [chunk("Look at ")],
        [chunk("Look at "), chunk(None, "length"), DONE],
        [chunk("Look"), chunk(None, "content_filter"), DONE],
        [chunk("Look"), {"error": {"message": "overloaded"}}],
        ["{not json"],
        ['["no object"]'],
        [{"choices": "none"}],
        [{"choices": ["none"]}],
    ],
    ids=["cut", "no end", "too long", "filtered", "error", "no JSON", "a list", "no choices", "no choice"],
)
async def test_an_answer_without_a_proper_end_is_none(
    service: ModelServer, make_model: MakeModel, step: object
) -> None:
    service.plan = [step]
    with pytest.raises(ModelUnavailableError):
        await answer(make_model())


async def test_odd_events_are_read_as_far_as_they_go(service: ModelServer, make_model: MakeModel) -> None:
    odd = {"choices": [{"delta": {"reasoning_content": "hm"}}], "usage": {"prompt_tokens": "many"}}
    service.plan = [[odd, {"choices": None}, {"choices": [{"delta": None}]}, chunk("Yes.", "stop")]]
    pieces = [piece async for piece in make_model().stream(PROMPT)]
    assert "".join(piece.text for piece in pieces) == "Yes."
    assert not any(piece.usage for piece in pieces)


async def test_nobody_listening_is_unavailable(make_model: MakeModel) -> None:
    with pytest.raises(ModelUnavailableError):
        await answer(make_model(openai_base_url="http://127.0.0.1:1/v1", attempts=1))


async def test_a_failing_service_is_left_alone_for_a_while(service: ModelServer, make_model: MakeModel) -> None:
    service.plan = [Refused(500), Refused(500), ANSWER]
    model = make_model(attempts=1, breaker_threshold=2, breaker_cooldown_s=60)
    for _ in range(4):
        with pytest.raises(ModelUnavailableError):
            await answer(model)
    assert len(service.requests) == 2
    assert model.is_resting
    clock = model._breaker._clock
    assert isinstance(clock, ManualClock)
    clock.time += timedelta(seconds=61)
    assert await answer(model) == "Look at line 2."
    assert not model.is_resting


async def test_the_key_is_never_logged(
    service: ModelServer, make_model: MakeModel, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    service.plan = [Refused(401)]
    with pytest.raises(ModelUnavailableError) as failed:
        await answer(make_model())
    out, err = capsys.readouterr()
    assert "model_failed" in caplog.text + out + err
    assert KEY not in caplog.text + out + err + str(failed.value) + repr(failed.value.__cause__)
