"""Exercise notebooks as labs: those of Jupyter Book's exercises and solutions, and those whose cells are tagged.

They have no tests. An answer is marked by a person until its author adds some.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode

from nexus_server.courses.imports.companions import Bundle, companions, files_beside
from nexus_server.courses.imports.lab_writing import LabWriter
from nexus_server.courses.imports.prose.blocks import Fenced, Lines, blocks
from nexus_server.courses.imports.report import ImportedStep, PartOutcome
from nexus_server.courses.imports.titles import title_of
from nexus_server.notebook_format.kernel_choice import code_of, kernel_by_imports

#: what an exercise gives until its author says otherwise
POINTS = 1.0
_EXERCISE, _SOLUTION = "exercise", "solution"
_DIRECTIVE = re.compile(r"^ {0,3}(?:`{3,}|:{3,}|~{3,}) *\{(?:exercise|solution)(?:-start|-end)?\}", re.MULTILINE)
_GATE = re.compile(r"^(exercise|solution)-(start|end)$")
_TAGS = frozenset({"solution", "exercise-solution"})


def is_exercise_notebook(notebook: NotebookNode) -> bool:
    """Whether a notebook has exercises with their solutions."""
    return any(
        _is_tagged(cell) or (cell.cell_type == "markdown" and _DIRECTIVE.search(cell.source)) for cell in notebook.cells
    )


def import_exercises(notebook: NotebookNode, bundle: Bundle, path: str) -> ImportedStep:
    """Make a lab in which each solution is an answer that a person marks."""
    writer = LabWriter()
    in_solution = False
    for number, cell in enumerate(notebook.cells, 1):
        place = f"cell {number}"
        if cell.cell_type == "code" and (in_solution or _is_tagged(cell)):
            _answer(cell.source, place, writer)
        elif cell.cell_type == "markdown" and _DIRECTIVE.search(cell.source):
            in_solution = _write_text(cell.source, place, writer, in_solution=in_solution)
        elif in_solution or _is_tagged(cell):
            writer.for_staff(cell)
            writer.say(place, PartOutcome.CHANGED, "a part of a solution, for staff alone")
        elif cell.cell_type == "raw":
            writer.say(place, PartOutcome.LEFT_OUT, "a raw cell, which learners could neither read nor run")
        else:
            writer.keep(place, cell)
    spec = notebook.metadata.get("kernelspec", {"name": "python3", "display_name": "Python 3", "language": "python"})
    lab = nbformat.v4.new_notebook(metadata={"kernelspec": spec}, cells=writer.cells)
    files, more = companions(lab, files_beside(bundle, path))
    content = (str(nbformat.writes(lab)) + "\n").encode()
    reports = (*writer.in_order(), *more)
    return ImportedStep("lab", title_of(notebook, path), content, reports, files, kernel_by_imports([code_of(lab)]))


def _is_tagged(cell: NotebookNode) -> bool:
    return not _TAGS.isdisjoint(cell.metadata.get("tags", []))


def _answer(source: str, place: str, writer: LabWriter, name: str = "exercise") -> None:
    writer.by_hand("code", source, writer.free_id(name), POINTS)
    writer.say(
        place, PartOutcome.CHANGED, "a solution: an answer of 1 point that a person marks, until there are tests"
    )


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a text cell: what learners read, or a solution."""

    text: str
    is_solution: bool
    #: of the code in a solution
    code: str = ""


def _write_text(source: str, place: str, writer: LabWriter, *, in_solution: bool) -> bool:
    """Write a cell with directives; return whether the cells after it belong to a solution."""
    for piece, is_inside in _pieces(source, in_solution=in_solution):
        in_solution = is_inside
        if piece is None:
            writer.say(
                place, PartOutcome.CHANGED, "it begins or ends an exercise or a solution, which the cells say here"
            )
            continue
        text = nbformat.v4.new_markdown_cell(piece.text)
        if not piece.is_solution:
            writer.keep(place, text, "the text of an exercise, or beside it")
            continue
        if piece.text.strip():
            writer.for_staff(text)
            writer.say(place, PartOutcome.CHANGED, "the text of a solution, for staff alone")
        if piece.code:
            _answer(piece.code, place, writer)
        elif piece.text.strip():
            writer.by_hand("markdown", piece.text, writer.free_id("exercise"), POINTS)
            writer.say(place, PartOutcome.CHANGED, "a solution in words: an answer of 1 point that a person marks")
    return in_solution


def _pieces(source: str, *, in_solution: bool) -> Iterator[tuple[_Piece | None, bool]]:
    """Yield the parts of a text cell, each with whether a solution is open behind it."""
    for block in blocks(source.split("\n")):
        if isinstance(block, Lines):
            if text := "\n".join(block.lines).strip():
                yield _Piece(text, in_solution), in_solution
        elif gate := _GATE.match(block.name):
            in_solution = gate[1] == _SOLUTION and gate[2] == "start"
            text = "\n".join(block.body).strip()
            yield (
                (_Piece(f"**Exercise.** {text}", is_solution=False) if text and gate[1] == _EXERCISE else None),
                in_solution,
            )
        elif block.name == _EXERCISE:
            yield (
                _Piece(f"**{block.argument or 'Exercise'}**\n\n" + "\n".join(block.body), is_solution=False),
                in_solution,
            )
        elif block.name == _SOLUTION:
            yield _solution(block), in_solution
        else:
            yield _Piece(_as_written(block), in_solution), in_solution


def _solution(block: Fenced) -> _Piece:
    texts, codes = [], []
    for inner in blocks(block.body):
        if isinstance(inner, Fenced):
            codes.append("\n".join(inner.body))
        else:
            texts.append("\n".join(inner.lines))
    return _Piece("\n".join(texts).strip(), is_solution=True, code="\n\n".join(codes))


def _as_written(block: Fenced) -> str:
    return "\n".join([f"```{block.argument}", *block.body, "```"])
