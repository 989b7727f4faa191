"""The page about the content itself."""

import json
from pathlib import Path

import pytest

from nexus_server.courses.content_report import concept_facts, node_facts, report
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
