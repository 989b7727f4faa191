"""Everything that the product says is said in every language, and each translation keeps the places of its values."""

from collections.abc import Callable

import catalogs
import pytest
from babel.messages.catalog import Catalog, Message

from nexus_server.gamify.badges import CATALOGUE
from nexus_server.languages import LOCALES, UserLanguage, translate
from nexus_server.phrases import phrase
from nexus_server.standing.ranks import RANKS


@pytest.fixture(scope="module")
def templates() -> dict[str, Catalog]:
    return catalogs.templates()


def test_the_catalogs_say_what_the_code_says(templates: dict[str, Catalog]) -> None:
    found = catalogs.faults(templates)
    assert not found, "\n".join([*found, catalogs.ADVICE])


def test_every_language_has_its_catalogs() -> None:
    assert set(LOCALES.values()) == set(catalogs.LOCALES)
    assert set(LOCALES) == set(UserLanguage) - {UserLanguage.ENGLISH}


def test_the_names_of_badges_and_ranks_are_words_of_the_pages(templates: dict[str, Catalog]) -> None:
    names = [badge.name for badge in CATALOGUE] + [rank.name for rank in RANKS]
    missing = [name for name in names if templates[catalogs.FRONT_END].get(name) is None]
    assert not missing, f"name them in labextension/src/given-names.ts: {missing}"


def _message(catalog: Catalog, text: str) -> Message:
    message = catalog.get(text)
    assert message is not None
    return message


def _translated(catalog: Catalog) -> None:
    _message(catalog, "Saved at %1").string = "Gespeichert um %1"
    _message(catalog, "%1 day").string = ("%1 Tag", "%1 Tage")


def _missing(catalog: Catalog) -> None:
    _message(catalog, "Saved at %1").string = ""


def _half(catalog: Catalog) -> None:
    _message(catalog, "%1 day").string = ("%1 Tag", "")


def _other_place(catalog: Catalog) -> None:
    _message(catalog, "Saved at %1").string = "Gespeichert um %2"


def _fuzzy(catalog: Catalog) -> None:
    _message(catalog, "Saved at %1").flags.add("fuzzy")


def _stale(catalog: Catalog) -> None:
    catalog.add("Kept at %1", "Behalten um %1")


def _new(catalog: Catalog) -> None:
    catalog.delete("Saved at %1")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_missing, "no translation of 'Saved at %1'"),
        (_half, "no translation of ('%1 day', '%1 days')"),
        (_other_place, "'Gespeichert um %2' has other placeholders than 'Saved at %1'"),
        (_fuzzy, "'Saved at %1' is marked as fuzzy"),
        (_stale, "nothing says 'Kept at %1' any more"),
        (_new, "there is no 'Saved at %1'"),
    ],
)
def test_each_kind_of_fault_is_found(spoil: Callable[[Catalog], None], said: str) -> None:
    template, catalog = Catalog(), Catalog(locale="de_DE")
    for each in (template, catalog):
        each.add("Saved at %1")
        each.add(("%1 day", "%1 days"))
    _translated(catalog)
    assert not list(catalogs.faults_of(catalog, template))
    spoil(catalog)
    [fault] = catalogs.faults_of(catalog, template)
    assert fault.startswith(said)


def test_what_is_kept_is_read_again_as_it_was() -> None:
    catalog = Catalog(locale="es_ES")
    catalog.add(("%1 day", "%1 days"), ("%1 día", "%1 días"))
    catalog.add("Open", "Abrir", context="menu")
    text = catalogs.rendered(catalog)
    assert "POT-Creation-Date" not in text
    packed = catalogs.for_jupyterlab(catalogs.read_text(text, "es_ES"))
    assert packed["%1 day"] == ["%1 día", "%1 días"]
    assert packed["menu\u0004Open"] == ["Abrir"]
    head = packed[""]
    assert isinstance(head, dict)
    assert head["language"] == "es-ES"


def test_a_text_without_a_translation_stays_as_it_is() -> None:
    assert translate("Nobody ever wrote this.", UserLanguage.GERMAN) == "Nobody ever wrote this."
    assert translate(phrase("{count} of {name}", count=3, name="Ada"), UserLanguage.SPANISH) == "3 of Ada"
    assert translate("", UserLanguage.GERMAN) == ""


def test_a_phrase_in_english_is_the_sentence_itself() -> None:
    said = phrase("at most {limit:g}", limit=2.0)
    assert said == "at most 2"
    assert translate(said, UserLanguage.ENGLISH) == "at most 2"
