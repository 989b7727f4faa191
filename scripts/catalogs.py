"""The catalogs of the product's words, in `nexus_server/locale/`: written anew from the code, checked, compiled.

usage: catalogs.py update|check|compile

update: take over what the code says; new texts stand in the catalogs without a translation.
check: say what is missing, and end with 1 where something is.
compile: make what gettext, JupyterLab and the pages read.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from catalog_texts import server_texts, tutor_texts

ROOT = Path(__file__).resolve().parent.parent
CATALOGS = ROOT / "nexus_server" / "locale"
LOCALES = ("de_DE", "es_ES")
FRONT_END, SERVER, TUTOR = "nexusai", "nexus_server", "nexus_tutor"
#: JupyterLab's words for gettext's functions
FRONT_END_WORDS = {"__": None, "_n": (1, 2), "_p": ((1, "c"), 2), "_np": ((1, "c"), 2, 3)}
#: `%1` of the pages, `{name}` of the server, and a percent sign that is meant
PLACEHOLDER = re.compile(r"%%|%\d+|\{\w*(?:![rsa])?(?::[^{}]*)?\}")
#: what English puts after a word for several; other languages say it in their own way
ENGLISH_ENDINGS = {"{expected_plural}", "{s}", "{zes}"}
ADVICE = """\
What to do: run `make locale`; write each missing `msgstr` in nexus_server/locale/*/LC_MESSAGES/*.po by hand, in the
words of docs/contributor/languages.md; commit the catalogs with the code."""


def templates() -> dict[str, Catalog]:
    """Return what the code says, as catalogs without translations."""
    found = {FRONT_END: Catalog(), SERVER: Catalog(), TUTOR: Catalog()}
    options = {"template_string": True, "jsx": True, "parse_template_string": True, "encoding": "utf-8"}
    for path in sorted((ROOT / "labextension" / "src").rglob("*.ts*")):
        for _, text, _, context in extract_from_file("javascript", path, FRONT_END_WORDS, options=options):
            found[FRONT_END].add(text, context=context)
    for text in server_texts(ROOT / "nexus_server"):
        found[SERVER].add(text)
    for text in tutor_texts(ROOT / "nexus_server"):
        found[TUTOR].add(text)
    return found


def path_of(locale: str, domain: str) -> Path:
    """Return where a catalog lies."""
    return CATALOGS / locale / "LC_MESSAGES" / f"{domain}.po"


def read(locale: str, domain: str) -> Catalog:
    """Return a catalog as it lies there; an empty one where there is none."""
    path = path_of(locale, domain)
    if not path.exists():
        return Catalog(locale=locale)
    return read_text(path.read_text(encoding="utf-8"), locale)


def read_text(text: str, locale: str) -> Catalog:
    """Return a catalog from its text."""
    return read_po(BytesIO(text.encode()), locale=locale)


def update() -> None:
    """Write every catalog anew from the code."""
    for domain, template in templates().items():
        for locale in LOCALES:
            catalog = read(locale, domain)
            catalog.update(template, no_fuzzy_matching=True)
            path_of(locale, domain).parent.mkdir(parents=True, exist_ok=True)
            path_of(locale, domain).write_text(rendered(catalog), encoding="utf-8")


def rendered(catalog: Catalog) -> str:
    """Return a catalog as it is kept: by its texts, without dates and places, which change with every commit."""
    header = {
        "Language": str(catalog.locale),
        "Plural-Forms": catalog.plural_forms,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
    }
    lines = ['msgid ""', 'msgstr ""', *(f'"{name}: {value}\\n"' for name, value in header.items())]
    written = BytesIO()
    write_po(written, catalog, omit_header=True, no_location=True, sort_output=True, ignore_obsolete=True, width=110)
    return "\n".join(lines) + "\n\n" + written.getvalue().decode().strip() + "\n"


def faults(said: dict[str, Catalog]) -> list[str]:
    """Return how the catalogs differ from what the code says, a line each."""
    found = []
    for domain, template in said.items():
        for locale in LOCALES:
            catalog = read(locale, domain)
            where = path_of(locale, domain).relative_to(ROOT)
            found += [f"{where}: {fault}" for fault in faults_of(catalog, template)]
    return found


def faults_of(catalog: Catalog, template: Catalog) -> Iterator[str]:
    """Return how a catalog differs from what the code says, or is not complete."""
    for message in template:
        if message.id:
            kept = catalog.get(message.id, message.context)
            yield from ["there is no " + repr(message.id)] if kept is None else faults_of_message(kept, message)
    for message in catalog:
        if message.id and template.get(message.id, message.context) is None:
            yield f"nothing says {message.id!r} any more"


def faults_of_message(kept: Message, said: Message) -> Iterator[str]:
    """Return what is wrong with one translation."""
    forms, originals = _forms(kept.string), _forms(said.id)
    if len(forms) != len(originals) or not all(form.strip() for form in forms):
        yield f"no translation of {said.id!r}"
        return
    if kept.fuzzy:
        yield f"{said.id!r} is marked as fuzzy: look at its translation, and take the mark away"
    for form, original in zip(forms, originals, strict=True):
        if places(form) != places(original):
            yield f"{form!r} has other placeholders than {original!r}"


def places(text: str) -> list[str]:
    """Return the placeholders of a text, but for the English endings of a plural."""
    return sorted(place for place in PLACEHOLDER.findall(text) if place not in ENGLISH_ENDINGS)


def _forms(text: str | Sequence[str] | None) -> tuple[str, ...]:
    return (text or "",) if text is None or isinstance(text, str) else tuple(text)


def compile_all() -> None:
    """Write a `.mo` of each catalog of the server and of its tutor, and a JSON of each of the pages."""
    for locale in LOCALES:
        for domain in (SERVER, TUTOR):
            with path_of(locale, domain).with_suffix(".mo").open("wb") as file:
                write_mo(file, read(locale, domain))
        text = json.dumps(for_jupyterlab(read(locale, FRONT_END)), ensure_ascii=False)
        path_of(locale, FRONT_END).with_suffix(".json").write_text(text, encoding="utf-8")


def for_jupyterlab(catalog: Catalog) -> dict[str, object]:
    """Return a catalog in the form of JupyterLab's language packs."""
    language = str(catalog.locale).replace("_", "-")
    head = {"domain": FRONT_END, "language": language, "plural_forms": catalog.plural_forms, "version": ""}
    texts: dict[str, object] = {"": head}
    for message in catalog:
        if message.id and message.string:
            key = _forms(message.id)[0]
            texts[f"{message.context}\u0004{key}" if message.context else key] = list(_forms(message.string))
    return texts


def check() -> None:
    """Print what is wrong, and what to do."""
    if found := faults(templates()):
        print("\n".join([*found, ADVICE]))
        sys.exit(1)


def main() -> None:
    """Do what is asked for."""
    jobs = {"update": update, "check": check, "compile": compile_all}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("job", choices=jobs)
    jobs[parser.parse_args().job]()


if __name__ == "__main__":
    main()
