"""A page about the content itself: what each node holds, and where each concept is taught, practised and tested."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nexus_server.courses.cases import read_cases
from nexus_server.courses.lab_measures import LabMeasure
from nexus_server.courses.reading import Reading, reading_of
from nexus_server.notebook_format.metadata import CellRole, cell_meta
from nexus_server.notebook_format.notebooks import parse_notebook
from nexus_server.roadmaps.files.concept_file import Concept
from nexus_server.roadmaps.files.folder_reader import FolderReader
from nexus_server.roadmaps.files.parsing import parse_concepts
from nexus_server.roadmaps.files.problem import ContentError
from nexus_server.roadmaps.files.source import NodeSource, RoadmapSource


@dataclass(frozen=True, slots=True)
class NodeFacts:
    """What one node holds."""

    slug: str
    kind: str
    minutes: float | None
    reading: Reading
    questions: int
    #: tests that give points, each of one function or task
    graded: int
    right: int
    wrong: int


@dataclass(frozen=True, slots=True)
class ConceptFacts:
    """Where one concept is met: slugs of nodes, in their order."""

    id: str
    taught: str
    practised: list[str]
    tested: list[str]
    #: nodes that ask for it before it is taught
    early: list[str]


def node_facts(source: RoadmapSource) -> list[NodeFacts]:
    """Return what each node of a roadmap holds."""
    return [_facts(source, node) for node in source.nodes]


def _facts(source: RoadmapSource, node: NodeSource) -> NodeFacts:
    right = wrong = graded = 0
    if node.lab is not None:
        notebook = parse_notebook(node.lab.source_notebook)
        content_dir = source.folder.parent
        cases, _ = read_cases(content_dir / node.path, content_dir, notebook)
        right = sum(case.is_right for case in cases)
        wrong = len(cases) - right
        graded = sum(cell_meta(cell).role is CellRole.TESTS for cell in notebook.cells)
    is_drill = node.entry.lab is not None and node.entry.lab.drill
    return NodeFacts(
        slug=node.entry.slug,
        kind="drill" if is_drill else node.entry.type,
        minutes=node.front_matter.minutes,
        reading=reading_of(node.content_md),
        questions=len(node.quiz.questions) if node.quiz else 0,
        graded=graded,
        right=right,
        wrong=wrong,
    )


def concept_facts(source: RoadmapSource) -> list[ConceptFacts]:
    """Return where each concept of a roadmap's map is met; cells practise it, quizzes test it."""
    places = {node.entry.slug: place for place, node in enumerate(source.nodes)}
    found = []
    for concept in _concepts(source):
        practised = [node.entry.slug for node in source.nodes if concept.id in _of_cells(node)]
        tested = [node.entry.slug for node in source.nodes if concept.id in _of_quiz(node)]
        begin = places.get(concept.taught, len(places))
        early = [slug for slug in sorted({*practised, *tested}, key=places.__getitem__) if places[slug] < begin]
        found.append(ConceptFacts(concept.id, concept.taught, practised, tested, early))
    return found


def _concepts(source: RoadmapSource) -> list[Concept]:
    if source.file is None or source.file.concepts is None:
        return []
    reader = FolderReader(source.folder)
    file = reader.name_of(source.file.concepts)
    try:
        text = reader.read_text(source.file.concepts, file, 1)
        return parse_concepts(text, file, {node.slug for node in source.file.nodes}).root
    except ContentError:
        return []


def _of_cells(node: NodeSource) -> set[str]:
    if node.lab is None:
        return set()
    cells = parse_notebook(node.lab.source_notebook).cells
    return {concept for cell in cells for concept in cell.metadata.get("nexus", {}).get("concepts", [])}


def _of_quiz(node: NodeSource) -> set[str]:
    return {concept for question in (node.quiz.questions if node.quiz else []) for concept in question.concepts}


def report(sources: Sequence[RoadmapSource], measures: Mapping[str, LabMeasure] | None = None) -> str:
    """Return the page, in Markdown. `measures` are what labs' reference solutions took, by their files."""
    lines = ["# The content in figures", ""]
    for source in sources:
        lines += _of_roadmap(source)
        lines += _of_measures(source, measures or {})
    return "\n".join(lines)


def _of_roadmap(source: RoadmapSource) -> Iterator[str]:
    facts = node_facts(source)
    yield f"## {source.file.title if source.file else source.folder.name}"
    yield ""
    yield (
        f"{len(facts)} nodes, {sum(fact.minutes or 0 for fact in facts):g} minutes of reading, "
        f"{sum(fact.graded for fact in facts)} graded tasks, {sum(fact.questions for fact in facts)} questions, "
        f"{sum(fact.right + fact.wrong for fact in facts)} cases."
    )
    yield ""
    yield from _of_licences(source)
    yield "| node | kind | minutes | words | reading grade | questions | graded tasks | right cases | wrong cases |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for fact in facts:
        cells = [
            fact.minutes,
            fact.reading.words,
            fact.reading.grade,
            fact.questions,
            fact.graded,
            fact.right,
            fact.wrong,
        ]
        yield f"| {fact.slug} | {fact.kind} | {' | '.join(f'{cell:g}' if cell else '' for cell in cells)} |"
    yield ""
    yield from _of_concepts(concept_facts(source))
    yield from _of_sources(source)


def _of_measures(source: RoadmapSource, measures: Mapping[str, LabMeasure]) -> Iterator[str]:
    rows = [(node.entry.slug, measures[node.path]) for node in source.nodes if node.path in measures]
    if not rows:
        return
    yield "| lab | most memory (MiB) | CPU (s) | at a tenth of a CPU (s) | grading took (s) |"
    yield "|---|---|---|---|---|"
    for slug, took in rows:
        cells = (took.peak_mb, took.cpu_s, None if took.cpu_s is None else took.cpu_s * 10, took.duration_s)
        yield f"| {slug} | {' | '.join('' if cell is None else f'{cell:.1f}' for cell in cells)} |"
    yield ""


def _of_licences(source: RoadmapSource) -> Iterator[str]:
    if source.file is None or source.file.licences is None:
        yield "No licence is named."
    else:
        yield f"Texts: {source.file.licences.texts}. Data and media: {source.file.licences.data}."
    yield ""


def _of_concepts(facts: Sequence[ConceptFacts]) -> Iterator[str]:
    if not facts:
        return
    yield "| concept | taught | practised | tested | asked for before it is taught |"
    yield "|---|---|---|---|---|"
    for fact in facts:
        lists = (", ".join(slugs) for slugs in (fact.practised, fact.tested, fact.early))
        yield f"| {fact.id} | {fact.taught} | {' | '.join(lists)} |"
    yield ""


def _of_sources(source: RoadmapSource) -> Iterator[str]:
    named = [(node.entry.slug, text) for node in source.nodes for text in node.front_matter.sources]
    if not named:
        return
    yield "| note | where its facts come from |"
    yield "|---|---|"
    for slug, text in named:
        yield f"| {slug} | {' '.join(text.split()).replace('|', chr(92) + '|')} |"
    yield ""
