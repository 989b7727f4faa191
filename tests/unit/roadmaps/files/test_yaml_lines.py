"""YAML that somebody else wrote: a mistake is one problem with its line, whatever PyYAML makes of it."""

from pathlib import Path

import pytest
import yaml

from nexus_server.installation import CONTENT
from nexus_server.roadmaps.files.problem import ContentError
from nexus_server.roadmaps.files.yaml_lines import MAX_DEPTH, MAX_VALUES, _read, is_fast, read_yaml

#: nine times nine times … what is written once
LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("a: \0", 1, "unacceptable character"),
        ("[" * 5000, 1, "nested too deeply"),
        ("a: &a [*a]\n", 1, "nested too deeply, or a part of it holds itself"),
        ("&a {b: *a}\n", 1, "holds itself"),
        (LAUGHS, 1, f"more than {MAX_VALUES:,} values"),
        ("a: 1\n? [b, c]\n: d\n", 2, "a key is a single word"),
        ("a: !!bool x\n", 1, "x"),
        ("a: !!int ''\n", 1, "range"),
        ("a: !!float ''\n", 1, ""),
        ("a: !!timestamp x\n", 1, ""),
        ("a: 2020-13-45\n", 1, "month"),
        ("a: 1\nb: 2\na: 3\n", 3, "'a' is there twice"),
        ("a: !!python/object/apply:os.getcwd []\n", 1, "could not determine a constructor"),
    ],
)
def test_a_mistake_is_one_problem(text: str, line: int, reason: str) -> None:
    with pytest.raises(ContentError) as caught:
        read_yaml(text, "x.yaml")
    (problem,) = caught.value.problems
    assert problem.line == line or text == LAUGHS
    assert "not YAML" in problem.message
    assert reason in problem.message


def test_an_alias_is_what_it_stands_for() -> None:
    assert read_yaml("a: &a [1, 2]\nb: *a\n", "x.yaml").data == {"a": [1, 2], "b": [1, 2]}


NESTED = {
    "brackets": "[" * (MAX_DEPTH - 1),
    "braces": "{a: " * (MAX_DEPTH - 1),
    "dashes on a line": "- " * (MAX_DEPTH // 2 - 1) + "x",
    "indentation": "\n".join(" " * level + "a:" for level in range(MAX_DEPTH - 2)),
}


@pytest.mark.parametrize("text", NESTED.values(), ids=NESTED)
def test_what_is_nested_as_far_as_libyaml_is_trusted_is_refused_in_words(text: str) -> None:
    assert is_fast(text)
    with pytest.raises(ContentError):
        read_yaml(text, "a.yaml")


@pytest.mark.parametrize(
    "text", ["[" * (MAX_DEPTH + 1), "- " * MAX_DEPTH, "? " * MAX_DEPTH], ids=["brackets", "dashes", "keys"]
)
def test_what_is_nested_further_is_no_text_for_libyaml(text: str) -> None:
    assert not is_fast(text)
    with pytest.raises(ContentError):
        read_yaml(text, "a.yaml")


@pytest.mark.parametrize("path", sorted(CONTENT.glob("*/roadmap.yaml")), ids=lambda path: path.parent.name)
def test_both_loaders_read_the_same(path: Path) -> None:
    for file in [path, next(path.parent.glob("quizzes/*.yaml"))]:
        text = file.read_text()
        assert is_fast(text)
        fast, slow = (_read(kind, text, "a.yaml", 1) for kind in (yaml.CSafeLoader, yaml.SafeLoader))
        assert (fast.data, fast._lines, fast._blocks) == (slow.data, slow._lines, slow._blocks)
