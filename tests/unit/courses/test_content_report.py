"""The page about the content itself."""

import json
from pathlib import Path

import pytest

from nexus_server.courses.content_report import concept_facts, node_facts, report
from nexus_server.courses.lab_measures import KernelUse, measure_of
from nexus_server.courses.reading import reading_of
from nexus_server.roadmaps.files.loader import load_roadmap
from nexus_server.roadmaps.files.source import RoadmapSource


@pytest.fixture
def roadmap(content_dir: Path) -> RoadmapSource:
    """A roadmap with a map of two concepts: the quiz tests one before the note that teaches it."""
    folder = content_dir / "tiny"
    concepts = "- {id: tiny.double, title: Double, taught: hello}\n- {id: tiny.sum, title: Sum, taught: lab}\n"
    (folder / "concepts.yaml").write_text(concepts)
    file = folder / "roadmap.yaml"
    file.write_text(file.read_text().replace("title: Tiny\n", "title: Tiny\nconcepts: concepts.yaml\n", 1))
    quiz = folder / "quizzes/quizzed.yaml"
    quiz.write_text(quiz.read_text().replace("    answer: a\n", "    answer: a\n    concepts: [tiny.sum]\n"))
    lab = folder / "labs/lab.ipynb"
    notebook = json.loads(lab.read_text())
    notebook["cells"][2]["metadata"]["nexus"] = {"concepts": ["tiny.double"]}
    lab.write_text(json.dumps(notebook))
    source = load_roadmap(folder)
    assert source.problems == []
    return source


def test_each_node_is_counted(roadmap: RoadmapSource) -> None:
    facts = {fact.slug: fact for fact in node_facts(roadmap)}
    assert (facts["hello"].kind, facts["hello"].minutes, facts["hello"].questions) == ("note", 3, 0)
    assert facts["quizzed"].questions == 2
    assert (facts["lab"].graded, facts["lab"].right, facts["lab"].wrong) == (2, 0, 0)


def test_a_concept_that_is_asked_for_before_it_is_taught_is_seen(roadmap: RoadmapSource) -> None:
    double, total = concept_facts(roadmap)
    assert (double.taught, double.practised, double.tested, double.early) == ("hello", ["lab"], [], [])
    assert (total.taught, total.practised, total.tested, total.early) == ("lab", [], ["quizzed"], ["quizzed"])


def test_the_page_has_a_row_for_each(roadmap: RoadmapSource) -> None:
    page = report([roadmap])
    assert "4 nodes, 3 minutes of reading, 2 graded tasks, 2 questions, 0 cases." in page
    assert "| tiny.sum | lab |  | quizzed | quizzed |" in page
    assert page.count("\n| ") == 2 + 4 + 2


def test_the_sources_of_notes_are_listed(content_dir: Path) -> None:
    note = content_dir / "tiny/notes/hello.md"
    note.write_text(
        note.read_text().replace("minutes: 3\n", 'minutes: 3\nsources: ["Ada: Notes | 1843", "Bob: Letters"]\n')
    )
    source = load_roadmap(content_dir / "tiny")
    assert source.problems == []
    page = report([source])
    assert "| hello | Ada: Notes \\| 1843 |\n| hello | Bob: Letters |\n" in page


def test_long_words_in_long_sentences_are_harder_to_read() -> None:
    easy = reading_of("The cat sat. The dog ran. We go on.")
    hard = reading_of(
        "Notwithstanding considerable organisational difficulties, universities continued experimentation."
    )
    assert easy.grade is not None
    assert hard.grade is not None
    assert easy.grade < 3
    assert hard.grade > 12
    assert easy.words == 9


def test_code_and_tables_are_not_read() -> None:
    text = "# Head\n\n```python\nimport organisational\n```\n\n| a | b |\n|---|---|\n\nTwo `print(x)` words.\n"
    assert reading_of(text).words == 3
    assert reading_of("```\ncode\n```").grade is None


def test_licences_are_named_or_said_to_be_missing(content_dir: Path) -> None:
    assert "No licence is named." in report([load_roadmap(content_dir / "tiny")])
    file = content_dir / "tiny/roadmap.yaml"
    file.write_text(
        file.read_text().replace("nodes:\n", "licences: {texts: CC-BY-4.0, data: drawn by Ada}\nnodes:\n", 1)
    )
    assert "Texts: CC-BY-4.0. Data and media: drawn by Ada." in report([load_roadmap(content_dir / "tiny")])


def test_what_a_lab_takes_has_a_row_and_what_nobody_saw_stays_empty(roadmap: RoadmapSource) -> None:
    took = measure_of([KernelUse(80.0, 1.5), KernelUse(95.25, 0.75), KernelUse(None, None)], 4.0)
    (file,) = (node.path for node in roadmap.nodes if node.lab is not None)
    assert "| lab | 95.2 | 2.2 | 22.5 | 4.0 |" in report([roadmap], {file: took})
    assert "| lab |  |  |  | 4.0 |" in report([roadmap], {file: measure_of([], 4.0)})
