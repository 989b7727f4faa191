"""Exercise notebooks become labs: each solution is an answer, and no learner reads it."""

import json

from nexus_server.courses.imports.formats import import_bundle
from nexus_server.notebook_format.metadata import CellRole, cell_meta
from nexus_server.notebook_format.notebooks import parse_notebook
from nexus_server.notebook_format.release import release
from nexus_server.notebook_format.validation import require_valid
from tests.unit.courses.imports.otter_notebooks import code, text, written

BOTH = """```{exercise} Sum
Add them.
```

Think first.

````{solution} Sum
Like this:

```{code-block} python
sum(numbers)
```
````"""
GATED = written(
    text("# Lists\n\nSome text."),
    text("```{exercise-start}\n:label: ex1\n```\nReverse a list.\n```{exercise-end}\n```"),
    text("````{solution-start} ex1\n:class: dropdown\n````"),
    text("Slices do it."),
    code("numbers = [1, 2]\nnumbers[::-1]"),
    text("```{solution-end}\n```"),
    text(BOTH),
    code("shown = 1"),
    code("double = 2 * shown", tags=("solution",)),
    text("```{solution} words\nBecause of the ends.\n```"),
)


def test_solutions_are_answers_that_a_person_marks_and_nobody_else_reads() -> None:
    [step] = import_bundle({"ex.ipynb": GATED})
    lab = parse_notebook(step.content)
    require_valid(lab)
    manual = [(cell.source, cell_meta(cell).points) for cell in lab.cells if cell_meta(cell).role is CellRole.MANUAL]
    assert manual == [
        ("numbers = [1, 2]\nnumbers[::-1]", 1),
        ("sum(numbers)", 1),
        ("double = 2 * shown", 1),
        ("Because of the ends.", 1),
    ]
    said = "\n".join(cell.source for cell in release(lab).cells)
    for kept in ("Reverse a list.", "Add them.", "Think first.", "shown = 1", "# Lists"):
        assert kept in said
    for answer in ("Slices do it", "[::-1]", "sum(numbers)", "2 * shown", "Because of the ends", "Like this"):
        assert answer not in said


def test_each_cell_has_its_line() -> None:
    [step] = import_bundle({"ex.ipynb": GATED})
    places = {report.place for report in step.reports}
    assert places == {f"cell {number}" for number in range(1, len(json.loads(GATED)["cells"]) + 1)}
