"""Hints are said in the language of who reads them, with the learner's own names and lines in them."""

import re
from collections.abc import Iterator

import pytest

from nexus_server.languages import UserLanguage, catalog_of
from nexus_server.phrases import Phrase
from nexus_server.tutor.failure import Failure
from nexus_server.tutor.lessons.tasks import Task
from nexus_server.tutor.rules.beginning import begin
from nexus_server.tutor.rules.engine import explain, explain_task
from nexus_server.tutor.rules.glossary import GLOSSARY
from nexus_server.tutor.rules.rule import MAX_LEVEL, Explanation
from tests.plugins.tutor_corpus import HELD_OUT, FailingCell, read_cells

OTHERS = [language for language in UserLanguage if language is not UserLanguage.ENGLISH]
#: what the learner wrote, and examples: both stay as they are
_QUOTED = re.compile(r"```.*?```|(?P<fence>`+).+?(?P=fence)|'[^']+'", re.DOTALL)
_PROSE = re.compile(r"[a-z]{2,} [a-z]{2,}")

MISSPELLED = Failure("total = 3\nprint(totl)", "NameError", "name 'totl' is not defined", "Cell In[1], line 2")


@pytest.fixture(scope="module")
def cells() -> list[FailingCell]:
    return [*read_cells(), *(cell for name in ("first", "second", "third") for cell in read_cells(HELD_OUT / name))]


def _said(text: str) -> Iterator[str]:
    """Yield the parts of a level that are the product's own prose, as they stand in the code."""
    if not isinstance(text, Phrase):
        yield text
        return
    yield text.template
    for value in text.values.values():
        if isinstance(value, str):
            yield from _said(value)


@pytest.mark.parametrize("language", OTHERS)
def test_all_that_a_hint_is_made_of_is_in_the_catalogs(cells: list[FailingCell], language: UserLanguage) -> None:
    catalog = catalog_of(language)
    parts = {part for cell in cells for level in explain(cell.failure).levels for part in _said(level)}
    english = {part for part in parts if _PROSE.search(_QUOTED.sub("", part)) and catalog.gettext(part) == part}
    assert not english, english


@pytest.mark.parametrize("language", OTHERS)
def test_a_hint_is_about_the_same_lines_and_quotes_the_same_code(
    cells: list[FailingCell], language: UserLanguage
) -> None:
    for cell in cells:
        english = explain(cell.failure)
        other = english.in_language(language)
        assert (other.rule, other.concept, other.line) == (english.rule, english.concept, english.line)
        for level in range(1, MAX_LEVEL + 1):
            assert other.at(level).strip(), cell.id
            assert set(other.line_refs(other.at(level))) == set(english.line_refs(english.at(level))), (cell.id, level)
            assert "{where}" not in other.at(level), (cell.id, level)


def _in(language: UserLanguage, failure: Failure = MISSPELLED) -> Explanation:
    return explain(failure).in_language(language)


def test_a_german_learner_reads_german() -> None:
    told = _in(UserLanguage.GERMAN)
    assert told.at(1).startswith("Python kennt den Namen `totl` nicht, der in Zeile 2")
    assert "Sieh dir Zeile 2 an: `print(totl)`." in told.at(2)
    assert "`total` (gesetzt in Zeile 1)" in told.at(2)
    assert told.at(3).startswith("Eine Variable ist ein Name für einen Wert")
    assert told.concept == "names and variables", "what is counted is one concept in every language"
    assert told.concept_name == "Namen und Variablen"
    assert told.question.startswith("Wo bekommt dieser Name seinen Wert")


def test_a_spanish_learner_reads_spanish() -> None:
    told = _in(UserLanguage.SPANISH)
    assert "Mira la línea 2: `print(totl)`." in told.at(2)
    assert "`total` (asignado en la línea 1)" in told.at(2)
    assert told.concept_name == "nombres y variables"


def test_general_advice_says_so_in_every_language() -> None:
    unknown = Failure("boom()", "ZapError", "zap {where} %s", "Cell In[1], line 1")
    assert "ein allgemeiner Rat" in _in(UserLanguage.GERMAN, unknown).at(1)
    assert "un consejo general" in _in(UserLanguage.SPANISH, unknown).at(1)
    assert "`zap {where} %s`" in _in(UserLanguage.GERMAN, unknown).at(1), "what the learner wrote is no template"


def test_a_long_cell_is_explained_in_the_language_too() -> None:
    fields = {"cell_source": MISSPELLED.cell_source, "ename": MISSPELLED.ename, "evalue": MISSPELLED.evalue}
    told, _ = explain_task(b"", reader=UserLanguage.GERMAN, language=None, traceback=MISSPELLED.traceback, **fields)
    assert told["levels"][0].startswith("Python kennt den Namen `totl`")


def test_who_does_not_know_how_to_begin_reads_it_too() -> None:
    task = Task("double", "# Double\n\nGive back twice the number.")
    cell = Failure("def double(n):\n    ...", "", "")
    assert "Say it in your own words first" in begin(task, cell).at(1)
    told = begin(task, cell).in_language(UserLanguage.GERMAN)
    assert "> Give back twice the number." in told.at(1), "the author's text stays"
    assert "Sag es zuerst mit eigenen Worten" in told.at(1)
    assert "Die Funktion `double` (Zeile 1) bekommt `n`." in told.at(2)


@pytest.mark.parametrize("language", OTHERS)
def test_no_two_concepts_have_one_name(language: UserLanguage) -> None:
    names = [catalog_of(language).gettext(name) for name in GLOSSARY]
    assert len(set(names)) == len(names)
