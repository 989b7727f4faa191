"""The short tasks of a drill, each by itself: what it asks, the code to begin with, and its visible test. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: kernels whose cells may be put one after the other into one program
KERNELS = frozenset({"nexus-python", "nexus-data", "nexus-javascript"})


@dataclass(frozen=True, slots=True)
class CodeTask:
    """A task. `item` is the id of its graded cell."""

    item: str
    #: Markdown
    prompt: str
    code: str
    test: str
    #: what cells before it prepare for all of the drill
    setup: str = ""

    def program(self, answer: str) -> str:
        """Return what is run to judge an answer."""
        return "\n\n".join(part for part in (self.setup, answer, self.test) if part)


def tasks_of(release: str) -> list[CodeTask]:
    """Return the tasks of a drill's release: an answer's cell, and the test right behind it."""
    found: list[CodeTask] = []
    prompt, code, setup = "", None, list[str]()
    for cell in json.loads(release)["cells"]:
        source, meta = _source(cell), cell["metadata"].get("nbgrader", {})
        if cell["cell_type"] == "markdown":
            prompt = source
        elif meta.get("grade") and code is not None:
            found.append(CodeTask(meta["grade_id"], prompt, code, source, "\n\n".join(setup)))
            code = None
        elif meta.get("solution"):
            code = source
        elif cell["cell_type"] == "code":
            setup.append(source)
    return found


def _source(cell: Mapping[str, Any]) -> str:
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)
