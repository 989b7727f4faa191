from pathlib import Path

import jupytext
import pytest

from nexus_server.roadmaps.checks.checks import check_content
from nexus_server.roadmaps.files.loader import load_content, load_roadmap


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def messages(content_dir: Path) -> list[str]:
    return [str(problem) for problem in check_content(content_dir)[1]]


def test_a_sound_roadmap_has_no_problems(content_dir: Path) -> None:
    sources, problems = check_content(content_dir)
    assert problems == []
    assert [node.entry.slug for node in sources[0].nodes] == ["hello", "clip", "quizzed", "lab"]
    assert sources[0].nodes[1].transcript_md == "What is said.\n"


def test_one_bad_file_fails_alone(content_dir: Path) -> None:
    edit(content_dir / "tiny/quizzes/quizzed.yaml", "answer: a", "answer: z")
    (source,) = load_content(content_dir)
    assert [node.entry.slug for node in source.nodes] == ["hello", "clip", "lab"]
    assert [(problem.file, problem.line) for problem in source.problems] == [("tiny/quizzes/quizzed.yaml", 3)]


def test_reading_twice_gives_the_same_hashes(content_dir: Path) -> None:
    once, again = (load_roadmap(content_dir / "tiny") for _ in range(2))
    assert [node.content_hash for node in once.nodes] == [node.content_hash for node in again.nodes]


def test_a_changed_data_file_changes_the_labs_release(content_dir: Path) -> None:
    before = load_roadmap(content_dir / "tiny").nodes[3]
    (content_dir / "tiny/data/numbers.csv").write_text("n\n3\n")
    after = load_roadmap(content_dir / "tiny").nodes[3]
    assert before.lab is not None
    assert after.lab is not None
    assert before.lab.release_hash != after.lab.release_hash
    assert before.content_hash != after.content_hash


def test_a_script_is_a_lab_too_and_always_the_same(content_dir: Path) -> None:
    edit(content_dir / "tiny/roadmap.yaml", "labs/lab.ipynb", "labs/lab.py")
    notebook = content_dir / "tiny/labs/lab.ipynb"
    script = jupytext.writes(jupytext.read(notebook), fmt="py:percent")
    (content_dir / "tiny/labs/lab.py").write_text(script)
    notebook.unlink()
    once, again = (load_roadmap(content_dir / "tiny").nodes[3] for _ in range(2))
    assert once.lab == again.lab
    assert once.lab is not None
    assert "def double" in once.lab.source_notebook
    assert "return 2 * x" not in once.lab.release_notebook


def test_a_mistake_in_a_grading_cell_is_a_problem_of_its_line(content_dir: Path) -> None:
    edit(content_dir / "tiny/labs/lab.ipynb", "    ### END SOLUTION", "    pass")
    (problem,) = load_roadmap(content_dir / "tiny").problems
    lines = (content_dir / "tiny/labs/lab.ipynb").read_text().splitlines()
    assert "BEGIN SOLUTION" in lines[problem.line - 1]


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("labs/lab.ipynb", "{", "tiny/labs/lab.ipynb:1: error: Not a notebook"),
        ("labs/lab.ipynb", "[]", "tiny/labs/lab.ipynb:1: error: Not a notebook"),
        ("notes/hello.md", "---\nx: 1\n---\nText\n", "tiny/notes/hello.md:2: error: x: there is no such key"),
        ("notes/hello.md", "![](../images/dot.svg)\n", "tiny/notes/hello.md:1: error: the image"),
        ("notes/hello.md", "a\n\n[b](gone.md)\n", "tiny/notes/hello.md:3: error: 'gone.md' leads nowhere"),
        ("notes/hello.md", "a\n\n[b](../../../etc/passwd)\n", "leads nowhere"),
        ("notes/hello.md", "a\n\n<script>x</script>\n", "tiny/notes/hello.md:3: error: this HTML"),
        ("notes/extra.md", "text\n", "tiny/notes/extra.md:1: warning: no node"),
        ("roadmap.yaml", "slug: tiny\n", "tiny/roadmap.yaml:1: error: title: Field required"),
    ],
)
def test_checks_name_the_place(content_dir: Path, path: str, text: str, expected: str) -> None:
    (content_dir / "tiny" / path).write_text(text, encoding="utf-8")
    assert any(expected in message for message in messages(content_dir))


@pytest.mark.parametrize("target", ["../secret.md", "/etc/hostname", "notes/link.md", "notes/gone.md"])
def test_files_outside_the_folder_are_not_read(content_dir: Path, target: str) -> None:
    (content_dir / "secret.md").write_text("secret")
    (content_dir / "tiny/notes/link.md").symlink_to(content_dir / "secret.md")
    edit(content_dir / "tiny/roadmap.yaml", "file: notes/hello.md", f"file: {target}")
    source = load_roadmap(content_dir / "tiny")
    assert "hello" not in [node.entry.slug for node in source.nodes]
    assert source.problems[0].line == 6


def test_text_that_is_not_utf8_is_a_problem_of_that_file(content_dir: Path) -> None:
    (content_dir / "tiny/notes/hello.md").write_bytes(b"# ok\n\xff\n")
    assert "tiny/notes/hello.md:2: error: not UTF-8" in messages(content_dir)


def hashes_of(content_dir: Path) -> dict[str, dict[str, str]]:
    return {"tiny": {node.entry.slug: node.content_hash for node in load_roadmap(content_dir / "tiny").nodes}}


def test_what_is_known_is_not_parsed_again(content_dir: Path) -> None:
    known = hashes_of(content_dir)
    source = load_roadmap(content_dir / "tiny", known)
    assert (source.nodes, source.known, source.problems) == ([], ["hello", "clip", "quizzed", "lab"], [])
    (content_dir / "tiny/data/numbers.csv").write_text("n\n3\n")
    changed = load_roadmap(content_dir / "tiny", known)
    assert [node.entry.slug for node in changed.nodes] == ["lab"]
    assert changed.nodes == [load_roadmap(content_dir / "tiny").nodes[3]]


@pytest.mark.parametrize("roadmap", ["tiny", "other"])
def test_only_a_nodes_own_hash_makes_it_known(content_dir: Path, roadmap: str) -> None:
    hashes = hashes_of(content_dir)["tiny"]
    of_another = {roadmap: {"hello": hashes["clip"], "none": hashes["lab"]}}
    assert len(load_roadmap(content_dir / "tiny", of_another).nodes) == 4
    if roadmap == "other":
        assert len(load_roadmap(content_dir / "tiny", {roadmap: hashes}).nodes) == 4


@pytest.mark.parametrize(("slug", "file"), [("quizzed", "quizzes/quizzed.yaml"), ("clip", "media/clip.webm")])
def test_a_file_that_is_missing_is_a_problem_of_a_known_node_too(content_dir: Path, slug: str, file: str) -> None:
    known = hashes_of(content_dir)
    (content_dir / "tiny" / file).unlink()
    source = load_roadmap(content_dir / "tiny", known)
    assert {"hello", "clip", "quizzed", "lab"} - set(source.known) == {slug}
    assert [problem.message for problem in source.problems] == [f"there is no file {file!r}"]
