"""Which of a submission's cells is which of the source's cells. Pure.

Each source cell is matched at most once: by its `grade_id`, else by its cell id, else by its text as it was released,
else as the one cell between the same neighbours. Copies and added cells match nothing. They keep their place: after the
nearest cell before them that stands in the source's order.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nbformat import NotebookNode

from nexus_server.notebook_format.cells import own_id
from nexus_server.notebook_format.metadata import ANSWER_ROLES, CellRole, cell_meta
from nexus_server.notebook_format.release import release

#: the place before the source's first cell
TOP = -1
#: the type of what another program wrote with a type of its own
UNTYPED = "raw"


@dataclass(frozen=True, slots=True)
class Matching:
    """Positions count the source's cells, indexes the submission's."""

    #: the index of the submission's cell, by position
    chosen: Mapping[int, int]
    #: indexes of copies and added cells, by the position after which they stand
    added: Mapping[int, list[int]]
    #: indexes of the cells that may be the answer at a position that has none
    candidates: Mapping[int, list[int]]


@dataclass(frozen=True, slots=True)
class _Anchor:
    """A matched cell that stands in the source's order."""

    index: int
    position: int


def match(submission: NotebookNode, source: NotebookNode) -> Matching:
    """Match the cells of a submission."""
    known = _known(submission, source)
    anchors = _in_order(known, source)
    chosen = _chosen(known, anchors, source)
    unknown = [i for i, cell in enumerate(submission.cells) if i not in known and cell.source.strip()]
    chosen |= _between(anchors, unknown, chosen, submission, source)
    taken = set(chosen.values())
    return Matching(
        chosen,
        _added(anchors, [index for index in range(len(submission.cells)) if index not in taken]),
        _candidates([index for index in unknown if index not in taken], chosen, submission, source),
    )


# --- by grade id, cell id and text ---


def _known(submission: NotebookNode, source: NotebookNode) -> dict[int, int]:
    """Return the positions of the cells that tell who they are, by index; copies of one cell share a position."""
    by_grade_id = {
        meta.grade_id: position for position, meta in enumerate(map(cell_meta, source.cells)) if meta.grade_id
    }
    known = {
        i: by_grade_id[name] for i, cell in enumerate(submission.cells) if (name := _grade_id(cell)) in by_grade_id
    }
    free = set(range(len(source.cells))) - set(known.values())
    by_cell_id = {name: position for position in free if (name := own_id(source.cells[position]))}
    for index, cell in enumerate(submission.cells):
        if index not in known and (name := own_id(cell)) in by_cell_id:
            known[index] = by_cell_id[name]
    free -= set(known.values())
    if free and len(known) < len(submission.cells):
        known |= _by_text(submission, known, _texts(source, free))
    return known


def _grade_id(cell: NotebookNode) -> str | None:
    raw = cell.metadata.get("nbgrader")
    grade_id = raw.get("grade_id") if isinstance(raw, dict) else None
    return grade_id if isinstance(grade_id, str) else None


_Text = tuple[str, str]


def _texts(source: NotebookNode, positions: Iterable[int]) -> dict[_Text, list[int]]:
    """Return the positions by what learners got there, in ascending order."""
    released = {cell.metadata.nbgrader.grade_id: cell for cell in release(source).cells if "nbgrader" in cell.metadata}
    texts: defaultdict[_Text, list[int]] = defaultdict(list)
    for position in sorted(positions):
        cell = source.cells[position]
        text = released.get(cell_meta(cell).grade_id, cell).source
        if text.strip():
            texts[cell.cell_type, text].append(position)
    return dict(texts)


def _by_text(submission: NotebookNode, known: Mapping[int, int], texts: dict[_Text, list[int]]) -> dict[int, int]:
    """Match each text once, where the source has it below what stands above the cell, if it does."""
    found: dict[int, int] = {}
    after = TOP
    for index, cell in enumerate(submission.cells):
        if index in known:
            after = known[index]
        elif positions := texts.get((cell.cell_type, cell.source)):
            at = bisect_left(positions, after)
            after = found[index] = positions.pop(at if at < len(positions) else 0)
    return found


# --- places ---


def _in_order(known: Mapping[int, int], source: NotebookNode) -> list[_Anchor]:
    """Return a longest run of matched cells whose positions ascend: what stands elsewhere was moved, or is a copy.

    Of the copies of one cell the first is part of it, but of an answer the last, where both fit.
    """
    #: the best end of a run of each length
    ends: list[_Anchor] = []
    before: dict[int, _Anchor | None] = {}
    for index, position in sorted(known.items()):
        length = bisect_left(ends, position, key=lambda end: end.position)
        is_copy = length < len(ends) and ends[length].position == position
        if is_copy and not _is_answer(source, position):
            continue
        before[index] = ends[length - 1] if length else None
        ends[length : length + 1] = [_Anchor(index, position)]
    return _traced(ends[-1] if ends else None, before)


def _traced(end: _Anchor | None, before: Mapping[int, _Anchor | None]) -> list[_Anchor]:
    run: list[_Anchor] = []
    while end is not None:
        run.append(end)
        end = before[end.index]
    return run[::-1]


def _is_answer(source: NotebookNode, position: int) -> bool:
    return cell_meta(source.cells[position]).role in ANSWER_ROLES


def _chosen(known: Mapping[int, int], anchors: Iterable[_Anchor], source: NotebookNode) -> dict[int, int]:
    """Return one cell for each position: of an answer's copies the last, as nbgrader does."""
    chosen: dict[int, int] = {}
    for index, position in sorted(known.items()):
        if position not in chosen or _is_answer(source, position):
            chosen[position] = index
    placed = {anchor.position: anchor.index for anchor in anchors if not _is_answer(source, anchor.position)}
    return chosen | placed


def _between(
    anchors: list[_Anchor],
    unknown: Iterable[int],
    chosen: Mapping[int, int],
    submission: NotebookNode,
    source: NotebookNode,
) -> dict[int, int]:
    """Match answers that lost their metadata: between the same neighbours, as many of the kind as the source has."""
    indexes = _by_gap(unknown, [anchor.index for anchor in anchors], submission)
    missing = [i for i in range(len(source.cells)) if i not in chosen and _is_answer(source, i)]
    positions = _by_gap(missing, [anchor.position for anchor in anchors], source)
    return {
        position: index
        for gap, found in positions.items()
        if len(found) == len(indexes.get(gap, ()))
        for position, index in zip(found, indexes[gap], strict=True)
    }


def _by_gap(numbers: Iterable[int], borders: list[int], notebook: NotebookNode) -> dict[tuple[int, str], list[int]]:
    """Sort cells by the two borders that they stand between, and by cell type."""
    gaps: defaultdict[tuple[int, str], list[int]] = defaultdict(list)
    for number in numbers:
        gaps[bisect_left(borders, number), notebook.cells[number].cell_type].append(number)
    return dict(gaps)


def _added(anchors: list[_Anchor], indexes: Iterable[int]) -> dict[int, list[int]]:
    borders = [anchor.index for anchor in anchors]
    added: defaultdict[int, list[int]] = defaultdict(list)
    for index in indexes:
        number = bisect_left(borders, index)
        added[anchors[number - 1].position if number else TOP].append(index)
    return dict(added)


def _candidates(
    unknown: Iterable[int], chosen: Mapping[int, int], submission: NotebookNode, source: NotebookNode
) -> dict[int, list[int]]:
    """Return what may be the answer to each question for a person that seems to have none."""
    unknown = list(unknown)
    lost = (i for i, cell in enumerate(source.cells) if i not in chosen and cell_meta(cell).role is CellRole.MANUAL)
    may_be = {
        position: [i for i in unknown if submission.cells[i].cell_type in (source.cells[position].cell_type, UNTYPED)]
        for position in lost
    }
    return {position: found for position, found in may_be.items() if found}
