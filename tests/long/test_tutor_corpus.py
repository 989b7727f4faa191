"""The images word their errors as the corpus of the hints has them: a new version that words one otherwise is found."""

import pytest

from tests.plugins.tutor_corpus import IMAGES, every_set, read_cells, record

pytestmark = [pytest.mark.long, pytest.mark.docker]


@pytest.mark.parametrize("image", IMAGES)
async def test_each_cell_fails_as_it_was_recorded(image: str) -> None:
    cells = {cell.id: cell for folder in every_set() for cell in read_cells(folder) if cell.image == image}
    found = await record(image, {cell.id: cell.code for cell in cells.values()})
    words = {cell_id: (error["ename"], error["evalue"]) for cell_id, error in found.items()}
    assert words == {cell_id: (cell.ename, cell.evalue) for cell_id, cell in cells.items()}
