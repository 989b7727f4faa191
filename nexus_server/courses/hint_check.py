"""Authors' hints that give a solution away: learners read them before they have done anything."""

from collections.abc import Iterator

from nexus_server.notebook_format.notebooks import parse_notebook
from nexus_server.roadmaps.files.folder_reader import FolderReader
from nexus_server.roadmaps.files.lab_lines import line_of_cell
from nexus_server.roadmaps.files.problem import Problem, Severity
from nexus_server.roadmaps.files.source import NodeSource, RoadmapSource
from nexus_server.tutor.leak_filter.filter import GateLimits, Refusal, find_refusal
from nexus_server.tutor.lessons.stored_solutions import solution_code

#: the last hint may hold the form with gaps: its structure is the solution's, its lines are not
_FORM = frozenset({Refusal.TOO_MUCH_CODE, Refusal.SOLUTION_STRUCTURE})


def check_hints(source: RoadmapSource) -> Iterator[Problem]:
    """Yield an error for each hint that the leak filter would withhold if a model said it."""
    reader = FolderReader(source.folder)
    for node in source.nodes:
        yield from _hints_of(node, reader)


def _hints_of(node: NodeSource, reader: FolderReader) -> Iterator[Problem]:
    if node.lab is None:
        return
    text = reader.read_text(node.entry.file or "", node.path, 1)
    solution = solution_code(node.lab.source_notebook)
    known = "\n".join(cell.source for cell in parse_notebook(node.lab.release_notebook).cells)
    for index, cell in enumerate(parse_notebook(node.lab.source_notebook).cells):
        raw = cell.metadata.get("nexus")
        hints = raw.get("hints", ()) if isinstance(raw, dict) else ()
        for number, hint in enumerate(hints, start=1):
            refusal = find_refusal(hint, [solution], known=known, limits=GateLimits())
            if refusal and not (number == len(hints) > 1 and refusal in _FORM):
                message = f"metadata.nexus.hints: hint {number} gives the solution away ({refusal.value})"
                yield Problem(node.path, line_of_cell(text, node.path, index, 1), message, Severity.ERROR)
