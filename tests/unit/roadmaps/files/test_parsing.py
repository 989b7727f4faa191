import pytest

from nexus_server.roadmaps.files.parsing import parse_note, parse_quiz, parse_roadmap, requirements_of
from nexus_server.roadmaps.files.problem import ContentError

HEAD = "slug: r\ntitle: R\ndifficulty: beginner\nnodes:\n"


def node(slug: str, extra: str = "") -> str:
    return f"  - slug: {slug}\n    type: note\n    title: T\n    file: notes/{slug}.md\n{extra}"


def problems_of(text: str) -> list[str]:
    with pytest.raises(ContentError) as caught:
        parse_roadmap(text, "r/roadmap.yaml")
    return [str(problem) for problem in caught.value.problems]


def test_a_node_without_requires_needs_the_node_before() -> None:
    roadmap = parse_roadmap(HEAD + node("a") + node("b") + node("c", "    requires: {}\n"), "f")
    assert requirements_of(roadmap) == {"a": {}, "b": {"all": ["a"]}, "c": {}}


def test_a_minimum_score_is_kept() -> None:
    requires = "    requires: {any: [a, {node: a, min_score: 0.8}]}\n"
    roadmap = parse_roadmap(HEAD + node("a") + node("b", requires), "f")
    assert requirements_of(roadmap)["b"] == {"any": ["a", {"node": "a", "min_score": 0.8}]}


def test_problems_name_file_and_line() -> None:
    assert problems_of(HEAD + node("a", "    pionts: 5\n")) == [
        "r/roadmap.yaml:9: error: nodes.0.pionts: there is no such key"
    ]
    assert problems_of("slug: [") == [
        "r/roadmap.yaml:1: error: not YAML: expected the node content, but found '<stream end>'"
    ]
    assert problems_of("- a") == ["r/roadmap.yaml:1: error: a mapping (key: value) is expected here"]
    assert problems_of("slug: a\nslug: b\n") == ["r/roadmap.yaml:2: error: not YAML: the key 'slug' is there twice"]


def test_every_problem_is_told_at_once() -> None:
    text = HEAD.replace("beginner", "hard") + node("Bad_Slug")
    assert [line.split(":")[1] for line in problems_of(text)] == ["3", "5"]


def test_slugs_are_unique_and_prerequisites_known() -> None:
    assert "the slug 'a' is taken by line 5" in problems_of(HEAD + node("a") + node("a"))[0]
    assert "requires 'x', which is not a node" in problems_of(HEAD + node("a", "    requires: {all: [x]}\n"))[0]


def test_a_circle_of_prerequisites_is_refused() -> None:
    text = HEAD + node("a", "    requires: {all: [b]}\n") + node("b", "    requires: {all: [a]}\n")
    assert "go round in a circle" in problems_of(text)[0]


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ("    video: {url: 'https://e.org/v'}\n", "belongs to nodes of type video"),
        ("    lab: {}\n", "belongs to nodes of type lab"),
        ("    points: -1\n", "greater than or equal to 0"),
        ("    requires: {all: [], any: [a]}\n", "at least 1 item"),
    ],
)
def test_parts_fit_the_type(extra: str, message: str) -> None:
    assert any(message in problem for problem in problems_of(HEAD + node("a", extra)))


def test_a_video_is_https_or_a_file() -> None:
    video = "  - {slug: v, type: video, title: V, video: {url: 'javascript:alert(1)'}}\n"
    assert "begins with https://" in problems_of(HEAD + video)[0]


def test_a_deadline_needs_a_time_zone() -> None:
    lab = "  - {slug: l, type: lab, title: L, file: labs/l.ipynb, lab: {deadline: 2026-12-01 12:00:00}}\n"
    assert "timezone" in problems_of(HEAD + lab)[0]


def test_a_note_has_front_matter_or_not() -> None:
    front, markdown = parse_note("---\ntitle: T\nminutes: 5\n---\n\n# Hello\n", "n.md")
    assert (front.title, front.minutes, markdown.strip()) == ("T", 5, "# Hello")
    assert parse_note("# Hello\n", "n.md")[1] == "# Hello\n"


@pytest.mark.parametrize(
    ("text", "line"), [("---\ntitle: T\nsumary: x\n---\ntext\n", 3), ("---\ntitle: T\n---\n\n", 4)]
)
def test_a_bad_note_names_its_line(text: str, line: int) -> None:
    with pytest.raises(ContentError) as caught:
        parse_note(text, "n.md")
    assert caught.value.problems[0].line == line


QUIZ = "questions:\n  - {id: q, type: %s, prompt: P, %s}\n"
CHOICES = "choices: [{id: a, text: A}, {id: b, text: B}]"


@pytest.mark.parametrize(
    ("kind", "rest", "message"),
    [
        ("single", f"{CHOICES}, answer: c", "not there: c"),
        ("multiple", f"{CHOICES}, answer: [a, a]", "twice"),
        ("ordering", f"{CHOICES}, answer: [a]", "names every choice"),
        ("numeric", "answer: many", "valid number"),
        ("text", "answer: []", "at least 1"),
        ("essay", "answer: x", "does not match"),
        ("single", "choices: [{id: a, text: A}, {id: a, text: B}], answer: a", "same id"),
    ],
)
def test_a_bad_question_says_why(kind: str, rest: str, message: str) -> None:
    with pytest.raises(ContentError, match=message):
        parse_quiz(QUIZ % (kind, rest), "q.yaml")


def test_one_text_answer_or_several() -> None:
    quiz = parse_quiz(QUIZ % ("text", "answer: 42"), "q.yaml")
    assert quiz.questions[0].answer == ["42"]
