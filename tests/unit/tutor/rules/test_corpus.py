"""The rules read cells that failed as learners' cells do: the errors were recorded in the sandboxes' images."""

from collections import Counter
from collections.abc import Callable

import pytest

from nexus_server.tutor.rules.engine import RULES, explain
from nexus_server.tutor.rules.glossary import GLOSSARY
from nexus_server.tutor.rules.rule import MAX_LEVEL, Explanation
from tests.plugins.tutor_corpus import HELD_OUT, FailingCell, concepts, read_cells

Explained = list[tuple[FailingCell, Explanation]]


@pytest.fixture(scope="module")
def explained() -> Explained:
    return [(cell, explain(cell.failure)) for cell in read_cells()]


def _share(explained: Explained, holds: Callable[[FailingCell, Explanation], bool]) -> float:
    return sum(holds(cell, found) for cell, found in explained) / len(explained)


def test_the_corpus_is_large_and_names_closed_concepts(explained: Explained) -> None:
    per_image = Counter(cell.image for cell, _ in explained)
    assert per_image["python"] >= 350
    assert per_image["data"] >= 150
    assert per_image["javascript"] >= 100
    assert len({cell.code for cell, _ in explained}) == len(explained), "a cell is there twice"
    assert set(concepts()) == set(GLOSSARY)
    for cell, found in explained:
        assert {cell.concept, *cell.also, found.concept} <= set(GLOSSARY), cell.id
        assert 1 <= cell.line <= len(cell.code.splitlines()), cell.id


def test_the_line_and_the_concept_are_right(explained: Explained) -> None:
    assert _share(explained, lambda cell, found: found.line == cell.line) >= 0.95
    assert _share(explained, lambda cell, found: found.concept == cell.concept) >= 0.90


def test_what_is_told_for_certain_is_hardly_ever_wrong(explained: Explained) -> None:
    wrong = [
        f"{cell.image} {cell.id}: {found.rule}"
        for cell, found in explained
        if not found.is_general and found.concept not in {cell.concept, *cell.also}
    ]
    assert len(wrong) <= 0.01 * len(explained), wrong


def test_many_situations_are_told_apart(explained: Explained) -> None:
    assert len(RULES) >= 120
    assert len({found.rule for _, found in explained if not found.is_general}) >= 120


def test_each_level_is_said_and_names_lines_of_the_cell(explained: Explained) -> None:
    for cell, found in explained:
        last = len(cell.code.splitlines())
        for level in range(1, MAX_LEVEL + 1):
            assert found.at(level).strip(), (cell.id, level)
            assert all(1 <= line <= last for line in found.line_refs(found.at(level))), (cell.id, level)
        assert found.question.endswith("?")


def test_general_advice_says_that_it_is_general(explained: Explained) -> None:
    for cell, found in explained:
        assert found.is_general == ("general advice" in found.at(1)), cell.id


@pytest.mark.parametrize("name", ["first", "second", "third"])
def test_cells_that_were_held_out_are_explained_as_well(name: str) -> None:
    explained = [(cell, explain(cell.failure)) for cell in read_cells(HELD_OUT / name)]
    assert len(explained) >= 60
    for cell, found in explained:
        assert {cell.concept, *cell.also, found.concept} <= set(GLOSSARY), cell.id
        assert 1 <= cell.line <= len(cell.code.splitlines()), cell.id
    assert _share(explained, lambda cell, found: found.line == cell.line) >= 0.95
    assert _share(explained, lambda cell, found: found.concept in {cell.concept, *cell.also}) >= 0.95
    assert _share(explained, lambda _, found: found.is_general) <= 0.05
