"""YAML that somebody else wrote: a mistake is one problem with its line, whatever PyYAML makes of it."""

import pytest

from nexus_server.roadmaps.files.problem import ContentError
from nexus_server.roadmaps.files.yaml_lines import MAX_VALUES, read_yaml

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
