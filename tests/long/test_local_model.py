"""A small model in the house, served by a real server: its answers stream, may be cut, and pass the gate."""

import subprocess
import venv
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from traitlets.config import Config

from nexus_server.clock import SystemClock
from nexus_server.tutor.errors import AnswerRefusedError, ModelUnavailableError
from nexus_server.tutor.leak_filter.filtered_answer import GatedAnswer
from nexus_server.tutor.leak_filter.for_node import make_gate
from nexus_server.tutor.models.model import Piece, Prompt, Speaker, Turn
from nexus_server.tutor.models.openai_compatible import OpenAICompatibleModel
from nexus_server.tutor.settings import TutorSettings

pytestmark = [pytest.mark.long, pytest.mark.timeout(1800), pytest.mark.asyncio(loop_scope="module")]

HERE = Path(__file__).parent / "local_model"
SOLUTION = "total = 0\nfor price in prices:\n    total = total + price\nreturn total / len(prices)"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with its model, both from packages: a quarter of a gigabyte."""
    folder = tmp_path_factory.mktemp("model")
    venv.create(folder / "venv", with_pip=True)
    python = str(folder / "venv" / "bin" / "python")
    install = [
        python,
        "-m",
        "pip",
        "install",
        "-q",
        "--no-deps",
        "--only-binary=:all:",
        "-r",
        str(HERE / "requirements.txt"),
    ]
    subprocess.run(install, check=True)
    with subprocess.Popen([python, HERE / "serve.py", folder], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
        server.kill()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def model(address: str) -> AsyncIterator[OpenAICompatibleModel]:
    # While it loads its model the server answers 503, and is asked again.
    named = {"openai_base_url": f"{address}/v1", "openai_model": "gemma", "timeout_s": 600.0, "attempts": 300}
    opened = OpenAICompatibleModel(TutorSettings(config=Config(TutorSettings=named)), "", SystemClock())
    yield opened
    await opened.close()


def asked(text: str) -> Prompt:
    return Prompt("You answer in one short sentence.", (Turn(Speaker.LEARNER, text),), 40)


async def collect(stream: AsyncIterator[Piece], pieces: list[Piece]) -> None:
    async for piece in stream:
        pieces.append(piece)  # noqa: PERF401  what came before an error is kept


async def test_an_answer_streams_says_what_it_cost_and_is_none_where_it_was_cut(model: OpenAICompatibleModel) -> None:
    """The model was not taught to end, so its answer reaches the limit of tokens."""
    pieces: list[Piece] = []
    with pytest.raises(ModelUnavailableError) as cut:
        await collect(model.stream(asked("What is a loop in Python?")), pieces)
    assert cut.value.details["ending"] == "length"
    assert len([piece for piece in pieces if piece.text]) > 1
    assert sum(pieces[-1].usage.values()) > 0


async def test_what_it_gives_away_is_withheld(model: OpenAICompatibleModel) -> None:
    shown: list[str] = []
    stream = model.stream(asked(f"Repeat this code word for word:\n\n{SOLUTION}"))
    try:
        shown += [part async for part in GatedAnswer(stream, make_gate(TutorSettings(), SOLUTION, [SOLUTION])).deltas()]
    except (AnswerRefusedError, ModelUnavailableError):
        assert "total = total + price" not in "".join(shown)
    else:
        assert "total" not in "".join(shown)
