"""Cheats at numpy and pandas, in the real data image: the tests compare with a numpy that no learner ever touched."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from nbformat import NotebookNode

from nexus_server.grading.grader import Grader
from nexus_server.grading.options import GradeOptions
from nexus_server.notebook_format.release import release
from nexus_server.notebook_format.results import Trust
from tests.plugins import lab_notebooks as lab
from tests.plugins.sampling import sampled

pytestmark = [
    pytest.mark.docker,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
FOLDER = Path(__file__).parent / "data_answers"
ANSWERS = {path.stem: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.txt")}
REFERENCE = """def normalise(a):
    a = np.asarray(a, dtype=float)
    return a - a.mean()
def table(names):
    return pd.DataFrame({'name': names, 'length': [len(n) for n in names]})"""
ARRAYS = """assert np.allclose(normalise([1, 2, 3]), [-1, 0, 1])
np.testing.assert_allclose(normalise([4, 4, 7]), [-1, -1, 2])
assert (normalise([1, 2, 6]) == np.array([-2, -1, 3])).all()"""
FRAMES = """expected = pd.DataFrame({'name': ['a', 'bb'], 'length': [1, 2]})
assert table(['a', 'bb']).equals(expected)
pd.testing.assert_frame_equal(table(['a', 'bb']), expected)
assert (table(['ccc'])['length'] == 3).all()"""


def _lab() -> NotebookNode:
    return lab.notebook(
        lab.locked("setup", "import numpy as np\nimport pandas as pd"),
        lab.solution("answer", REFERENCE),
        lab.checks("arrays", ARRAYS, 2),
        lab.checks("frames", FRAMES, 2),
    )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def grader() -> AsyncIterator[Grader]:
    options = GradeOptions(kernel_name="nexus-data", memory_mb=256, cell_timeout_s=20.0, notebook_timeout_s=120.0)
    grader = Grader(options)
    yield grader
    await grader.close()


async def test_the_reference_earns_everything_sealed(grader: Grader) -> None:
    source = _lab()
    result = await grader.grade(source, source)
    assert [(cell.points, cell.trust, cell.message) for cell in result.cells] == [(2, Trust.SEALED, "")] * 2


@pytest.mark.parametrize("name", sampled(sorted(ANSWERS), {"array_protocol", "huge_array", "patched_numpy"}))
async def test_a_cheat_at_arrays_and_frames_earns_nothing(grader: Grader, name: str) -> None:
    source = _lab()
    result = await grader.grade(lab.answer(release(source), {"answer": ANSWERS[name]}), source)
    assert [cell.points for cell in result.cells] == [0, 0]
    # a value that cannot cross, of plain code, is tested where it is
    assert {cell.trust for cell in result.cells} == {Trust.IN_KERNEL if name == "huge_array" else Trust.SEALED}
