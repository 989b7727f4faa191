import threading
from collections.abc import AsyncIterator

import pytest

from nexus_server.tutor.errors import AnswerRefusedError, ModelUnavailableError
from nexus_server.tutor.leak_filter.filter import Refusal, find_refusal
from nexus_server.tutor.leak_filter.filtered_answer import GatedAnswer
from nexus_server.tutor.models.model import Piece


async def pieces(text: str, size: int = 3) -> AsyncIterator[Piece]:
    for start in range(0, len(text), size):
        yield Piece(text[start : start + size])
    yield Piece("", {"output_tokens": 7})


def gate(text: str) -> Refusal | None:
    return find_refusal(text, ["return total / count"])


async def collect(answer: GatedAnswer) -> list[str]:
    return [delta async for delta in answer.deltas()]


async def test_parts_join_to_the_whole_and_end_at_sentences() -> None:
    text = "Look at line 2. Which name is new there?\nThink about it."
    answer = GatedAnswer(pieces(text), gate)
    parts = await collect(answer)
    assert "".join(parts) == answer.text == text
    assert parts[0] == "Look at line 2. "
    assert answer.usage == {"output_tokens": 7}


async def test_nothing_of_a_forbidden_line_is_released() -> None:
    answer = GatedAnswer(pieces("A mean is a share.\nWrite `return total / count` there. Then run it."), gate)
    seen: list[str] = []

    async def read() -> None:
        async for part in answer.deltas():
            seen.append(part)  # noqa: PERF401  what was seen before the refusal matters

    with pytest.raises(AnswerRefusedError) as refused:
        await read()
    assert "".join(seen) == "A mean is a share.\n"
    assert refused.value.details == {"reason": "solution_line"}


async def test_a_code_block_is_held_until_it_is_closed() -> None:
    parts = await collect(GatedAnswer(pieces("See:\n```\nx = 1\ny = 2\n```\nDone."), gate))
    assert any(part.count("```") == 2 for part in parts)
    assert not any(part.count("```") == 1 for part in parts)


async def test_an_open_block_at_the_end_is_checked_too() -> None:
    code = "\n".join(f"x{i} = {i}" for i in range(7))
    with pytest.raises(AnswerRefusedError):
        await collect(GatedAnswer(pieces(f"See:\n```\n{code}"), gate))


async def test_silence_is_no_answer() -> None:
    with pytest.raises(ModelUnavailableError):
        await collect(GatedAnswer(pieces(" \n "), gate))


async def test_texts_are_compared_beside_the_event_loop() -> None:
    threads: set[int] = set()

    def slow_gate(text: str) -> Refusal | None:
        threads.add(threading.get_ident())
        return gate(text)

    await collect(GatedAnswer(pieces("One sentence. Another one."), slow_gate))
    assert threads
    assert threading.get_ident() not in threads
