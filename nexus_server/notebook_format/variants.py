"""Variants of a lab: values of its parameters that are drawn for each learner, and written into the notebook. Pure.

``metadata.nexus.parameters`` lists what is drawn. A read-only cell of code with the tag ``parameters`` gives each of
them a value, which the drawn one takes the place of; text cells name them as ``{{ name }}``. The same seed always draws
the same values, so what a learner gets is what their work is graded against.
"""

import copy
import json
import random
import re
from collections.abc import Iterator, Mapping

from nbformat import NotebookNode
from pydantic import ValidationError

from nexus_server.notebook_format.author_metadata import NotebookMetadata, Range, Scalar
from nexus_server.notebook_format.languages import PYTHON, notebook_language
from nexus_server.notebook_format.metadata import CellRole, cell_meta, checksum

TAG = "parameters"
Values = Mapping[str, Scalar]
_NAMED = re.compile(r"\{\{ *([A-Za-z_][A-Za-z0-9_]*) *\}\}")
_ASSIGNMENT = re.compile(r"^(?P<head>(?:(?:const|let|var) +)?(?P<name>[A-Za-z_][A-Za-z0-9_]*) *(?:=|<-)(?!=) *)")
#: decimals of a drawn number: what sums of steps add to it is not the author's
_DECIMALS = 12


def parameters_of(source: NotebookNode) -> Mapping[str, list[Scalar] | Range]:
    """Return what is drawn for each learner; nothing where the author's keys have mistakes."""
    try:
        return NotebookMetadata.model_validate(source.metadata.get("nexus", {})).parameters
    except ValidationError:
        return {}


def draw(source: NotebookNode, seed: str) -> Values:
    """Return the values of a source's parameters for a seed; another parameter changes none of the others."""
    return {
        name: _drawn(choice, random.Random(f"{seed}/{name}"))  # noqa: S311  a variant, not a secret
        for name, choice in parameters_of(source).items()
    }


def _drawn(choice: list[Scalar] | Range, chance: random.Random) -> Scalar:
    if isinstance(choice, list):
        return choice[chance.randrange(len(choice))]
    count = int((choice.max - choice.min) / choice.step + 1e-9) + 1
    value = choice.min + chance.randrange(count) * choice.step
    return value if isinstance(value, int) else round(value, _DECIMALS)


def seed_of_learner(learner_id: object, node_id: object) -> str:
    """Return the seed of a learner's variant of a lab: the same as long as both are there."""
    return f"{learner_id}/{node_id}"


def varied(notebook: NotebookNode, values: Values) -> NotebookNode:
    """Return a source or a release with drawn values; without values it is what it was."""
    if not values:
        return notebook
    found = copy.deepcopy(notebook)
    language = notebook_language(found)
    for cell in found.cells:
        if cell.cell_type == "code":
            cell.source = _assigned(cell.source, values, language) if is_of_parameters(cell) else cell.source
        else:
            cell.source = _NAMED.sub(lambda match: _shown(match, values), cell.source)
        if cell_meta(cell).checksum is not None:
            cell.metadata.nbgrader["checksum"] = checksum(cell)
    return found


def is_of_parameters(cell: NotebookNode) -> bool:
    """Whether a cell gives the parameters their values."""
    return cell.cell_type == "code" and TAG in cell.metadata.get("tags", [])


def _assigned(source: str, values: Values, language: str) -> str:
    return "\n".join(_assigned_line(line, values, language) for line in source.split("\n"))


def _assigned_line(line: str, values: Values, language: str) -> str:
    found = _ASSIGNMENT.match(line)
    if found is None or found["name"] not in values:
        return line
    value = values[found["name"]]
    written = repr(value) if language == PYTHON else json.dumps(value)
    return f"{found['head']}{written}{';' if line.rstrip().endswith(';') else ''}"


def _shown(match: re.Match[str], values: Values) -> str:
    return str(values[match[1]]) if match[1] in values else match[0]


def variant_faults(source: NotebookNode) -> Iterator[tuple[int | None, str]]:
    """Yield each mistake in a source's parameters: its cell, from 0, and what is wrong."""
    parameters = parameters_of(source)
    if not parameters:
        return
    given: dict[str, int] = {}
    is_given = False
    for index, cell in enumerate(source.cells):
        if is_of_parameters(cell):
            is_given = True
            if cell_meta(cell).role is not CellRole.LOCKED:
                yield index, f"The cell with the tag {TAG!r} has to be read-only: learners could choose the values."
            lines = (_ASSIGNMENT.match(line) for line in cell.source.split("\n"))
            given |= {found["name"]: index for found in lines if found}
        elif cell.cell_type != "code":
            for name in _NAMED.findall(cell.source):
                if name not in parameters:
                    yield index, f"There is no parameter {name!r}."
    # Without such a cell the values are for texts alone.
    for name in parameters if is_given else ():
        if name not in given:
            yield None, f"No read-only cell with the tag {TAG!r} gives the parameter {name!r} a value."
