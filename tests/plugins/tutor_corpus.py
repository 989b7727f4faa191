"""Cells that fail as learners' cells do: `tests/tutor_corpus`, and what the sandboxes' kernels say about each of them.

A cell names the line (from 1, within the cell) and the concept that a good teacher would name. The errors beside the
cells were recorded in the images: ``python -m tests.plugins.tutor_corpus`` records them again; with paths of YAML files
behind it, those alone. The sets below `HELD_OUT` were written by somebody who did not look at the rules.
"""

import asyncio
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from nexus_server.kernels.sandbox import SandboxRequest
from nexus_server.tutor.failure import Failure, Language, strip_ansi
from nexus_server.tutor.traceback_text import trim_traceback
from tests.plugins.kernels import Outcome, open_kernel

CORPUS = Path(__file__).resolve().parent.parent / "tutor_corpus"
#: cells that no rule was written for; each set met the rules once before anything was mended for it
HELD_OUT = CORPUS / "held_out"
#: the folder of a kernel's cells, and the image that they run in
IMAGES = {"python": "nexus-python", "data": "nexus-data", "javascript": "nexus-javascript"}
#: characters of a traceback that are kept
TRACEBACK_CHARS = 3_000
#: seconds: IPython formats a long traceback slowly where others work, too, and a kernel starts slowly
CELL_TIMEOUT_S = 180

#: what makes a Python kernel like new
_FORGET = "get_ipython().reset(new_session=False)"
_CHAINED = re.compile(r"^\S+:\d+: (ChainedAssignmentError): (.*?)(?=^\S+:\d+: |\Z)", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class FailingCell:
    """A learner's cell, what is wrong with it, and how its kernel words the error."""

    id: str
    image: str
    line: int
    concept: str
    #: concepts that a good teacher might name instead
    also: tuple[str, ...]
    code: str
    ename: str
    evalue: str
    traceback: str

    @property
    def failure(self) -> Failure:
        """What the tutor is asked about."""
        language = Language.JAVASCRIPT if self.image == "javascript" else Language.PYTHON
        return Failure(self.code, self.ename, self.evalue, self.traceback, language)


@cache
def read_cells(folder: Path = CORPUS) -> tuple[FailingCell, ...]:
    """Return the cells of a set; the corpus unless told otherwise."""
    return tuple(cell for image in IMAGES for cell in _cells_of(folder, image))


def every_set() -> tuple[Path, ...]:
    """Return the folders of the corpus and of the sets that were held out."""
    return (CORPUS, *sorted(path for path in HELD_OUT.iterdir() if path.is_dir()))


def concepts() -> list[str]:
    """Return the closed list of concepts that cells and hints name."""
    return [str(item["id"]) for item in yaml.safe_load((CORPUS / "concepts.yaml").read_text(encoding="utf-8"))]


def _cells_of(folder: Path, image: str) -> Iterator[FailingCell]:
    for path in sorted((folder / image).glob("*.yaml")):
        errors = json.loads(path.with_suffix(".errors.json").read_text(encoding="utf-8"))
        for cell in yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader):
            known = {**cell, "also": tuple(cell.get("also", ())), "code": cell["code"].rstrip("\n")}
            yield FailingCell(image=image, **known, **errors[cell["id"]])


async def record(image: str, codes: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Run cells, by id, one after another in the image's kernel; return the error of each that fails.

    A Python kernel forgets everything between two cells; a JavaScript kernel cannot, and is started anew.
    """
    kernel = await open_kernel(IMAGES[image], sandbox=SandboxRequest(cpu_share=1.0, memory_mb=512))
    found = {}
    try:
        for cell_id, code in codes.items():
            if image == "javascript":
                await kernel.km.restart_kernel(now=True)
                await kernel.kc.wait_for_ready(timeout=CELL_TIMEOUT_S)
            else:
                await kernel.run(_FORGET, silent=True, timeout=CELL_TIMEOUT_S)
            if (error := _error_of(await kernel.run(code, timeout=CELL_TIMEOUT_S))) is not None:
                found[cell_id] = error
    finally:
        await kernel.close()
    return found


def _error_of(outcome: Outcome) -> dict[str, str] | None:
    error = next((o["content"] for o in outcome.outputs if o["msg_type"] == "error"), None)
    if error is None and outcome.status == "error":
        error = outcome.reply["content"]
    if error is not None:
        return _plain(error["ename"], error["evalue"], "\n".join(error.get("traceback", [])))
    # pandas says that an assignment did nothing, and goes on.
    printed = [o["content"]["text"] for o in outcome.outputs if o["content"].get("name") == "stderr"]
    warned = _CHAINED.search("".join(printed))
    return _plain(warned[1], warned[2].strip(), warned[0]) if warned else None


def _plain(ename: str, evalue: str, traceback: str) -> dict[str, str]:
    """Return the error without colours, and without numbers that differ from run to run."""
    short = trim_traceback(strip_ansi(traceback), TRACEBACK_CHARS)
    return {"ename": ename, "evalue": _stable(strip_ansi(evalue)), "traceback": _stable(short)}


def _stable(text: str) -> str:
    text = re.sub(r"In\s?\[\d+\]", "In[1]", text)
    text = re.sub(r"ipykernel_\d+/\d+\.py", "ipykernel_1/1.py", text)
    text = re.sub(r"\(\d{6,}\.py", "(1.py", text)
    return re.sub(r"0x[0-9a-f]{6,}", "0x1", text)


def main(paths: Sequence[str]) -> None:
    """Record the errors of the cells in the YAML files `paths`, or of all cells, and write them beside the cells."""
    everything = (
        path for folder in every_set() for image in IMAGES for path in sorted((folder / image).glob("*.yaml"))
    )
    for path in map(Path, paths) if paths else everything:
        cells = yaml.safe_load(path.read_text(encoding="utf-8"))
        errors = asyncio.run(record(path.parent.name, {cell["id"]: cell["code"].rstrip("\n") for cell in cells}))
        text = json.dumps(errors, indent=1, ensure_ascii=False) + "\n"
        path.with_suffix(".errors.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
