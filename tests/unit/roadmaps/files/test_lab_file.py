"""Labs as they are read from a roadmap's files."""

import json

import nbformat
import pytest

from nexus_server.roadmaps.files.lab_file import make_lab
from tests.plugins import lab_notebooks as lab


@pytest.mark.parametrize("name", ["python3", "conda-env-stats-py", "nexus-python"])
def test_student_version_asks_for_the_roadmaps_kernel(name: str) -> None:
    source = lab.square_lab()
    source.metadata.kernelspec = {"name": name, "display_name": "Theirs", "language": "python"}
    made = make_lab(str(nbformat.writes(source)), "lab.ipynb", [], kernel="nexus-data")
    spec = json.loads(made.release_notebook)["metadata"]["kernelspec"]
    assert spec == {"name": "nexus-data", "display_name": "nexus-data", "language": "python"}


def test_kernel_that_fits_already_keeps_its_words() -> None:
    source = lab.square_lab()
    source.metadata.kernelspec = {"name": "nexus-data", "display_name": "Data", "language": "python"}
    made = make_lab(str(nbformat.writes(source)), "lab.ipynb", [], kernel="nexus-data")
    assert json.loads(made.release_notebook)["metadata"]["kernelspec"]["display_name"] == "Data"
