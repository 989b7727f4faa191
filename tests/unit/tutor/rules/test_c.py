"""What GCC refuses and what fails while it runs is explained, by what the C kernel said of it."""

import pytest

from nexus_server.tutor.failure import Failure, Language, language_of
from nexus_server.tutor.rules.engine import RULES, explain
from nexus_server.tutor.rules.rule import MAX_LEVEL
from tests.plugins.c_failures import C_FAILURES, CFailure


def _failure(sample: CFailure, language: Language | None) -> Failure:
    place = f"cell:{sample.line}: " if sample.line else ""
    return Failure(sample.cell, sample.kind, sample.message, f"{place}{sample.kind}: {sample.message}", language)


@pytest.mark.parametrize("sample", C_FAILURES, ids=lambda sample: f"{sample.rule}: {sample.cell}")
def test_an_error_is_explained_at_its_line(sample: CFailure) -> None:
    found = explain(_failure(sample, Language.C))
    assert (found.rule, found.line) == (sample.rule, sample.shown_line)
    assert all(found.at(level).strip() for level in range(1, MAX_LEVEL + 1))
    assert "{" not in found.at(1)
    assert "```python" not in found.at(3)


def test_a_similar_name_is_told() -> None:
    (sample,) = [each for each in C_FAILURES if "sqare" in each.cell]
    assert "`square`" in explain(_failure(sample, Language.C)).at(2)


def test_a_missing_semicolon_is_looked_for_on_the_line_above() -> None:
    failure = Failure("int x = 3\n\nint y;", "CompileError", "expected ',' or ';' before 'int'", "cell:3: ", Language.C)
    assert explain(failure).line == 1


def test_every_rule_for_c_has_a_cell() -> None:
    assert {rule.id for rule in RULES if rule.language is Language.C} == {each.rule for each in C_FAILURES}


def test_what_only_the_c_kernel_says_is_known_without_its_name() -> None:
    assert explain(_failure(C_FAILURES[0], None)).rule == "c-semicolon"


def test_a_lab_with_the_c_kernel_has_its_hints() -> None:
    assert language_of("nexus-c") is Language.C
    assert language_of("nexus-css") is None
