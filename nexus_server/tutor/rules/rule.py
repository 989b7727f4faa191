"""What a static rule is: an error it recognises, and four levels of help.

Texts are `str.format` templates in Markdown, in English; the catalogs have them in the other languages.
Groups of the pattern appear as inline code; facts appear as they are.
Always known: `{where}` ("on line 3" or "in this cell") and `{look}` ("Look at line 3: `...`." or "Look at this cell.").
A fact called `line` moves both to another line than the one that the error names; an empty one, to none.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from nexus_server.languages import UserLanguage, translate
from nexus_server.phrases import Phrase, phrase
from nexus_server.tutor.failure import Failure, Language
from nexus_server.tutor.rules.examples import (
    BASH_EXAMPLES,
    C_EXAMPLES,
    EXAMPLES,
    JAVASCRIPT_EXAMPLES,
    OCTAVE_EXAMPLES,
    QUESTIONS,
    R_EXAMPLES,
    SQL_EXAMPLES,
)
from nexus_server.tutor.rules.glossary import GLOSSARY

MAX_LEVEL = 4
#: characters of the learner's code that one inline quotation shows
QUOTE_LIMIT = 80

#: ``None`` means: this rule does not apply after all
Facts = Callable[[Failure, re.Match[str]], Mapping[str, str] | None]

#: in every language of the catalogs
_LINE = re.compile(r"\b(?:[Ll]ine|Zeile|línea) (\d+)\b")


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a failure means, level by level."""

    #: the rule's id, or "generic"
    rule: str
    concept: str
    #: 1: what and where; 2: what to look at in this code; 3: the concept, with another example; 4: a next step
    levels: tuple[str, str, str, str]
    #: the line of the cell (from 1) to look at; None when nothing tells it
    line: int | None = None
    #: whether the advice fits every error of its kind, and says so
    is_general: bool = False
    #: how many of the levels, from the first on, are an author's own hints
    authored: int = 0
    #: the language that the learner reads
    reader: UserLanguage = UserLanguage.ENGLISH

    def at(self, level: int) -> str:
        """Return the text of `level`, 1 to `MAX_LEVEL`."""
        return self.levels[level - 1]

    @property
    def question(self) -> str:
        """Something to think about, which leads on."""
        return translate(QUESTIONS[self.concept], self.reader)

    @property
    def concept_name(self) -> str:
        """What the learner reads of the concept."""
        return translate(self.concept, self.reader)

    def in_language(self, reader: UserLanguage) -> "Explanation":
        """Return the explanation in another language; its levels are plain texts then."""
        first, second, third, fourth = (translate(level, reader) for level in self.levels)
        return replace(self, levels=(first, second, third, fourth), reader=reader)

    def line_refs(self, text: str) -> tuple[int, ...]:
        """Return the lines of the cell that `text`, a hint on it, is about; the one to look at comes first."""
        first = [] if self.line is None else [self.line]
        return tuple(dict.fromkeys([*first, *(int(number) for number in _LINE.findall(text))]))


def code(text: str) -> str:
    """Return `text` as one line of Markdown inline code, shortened, whatever it contains."""
    flat = " ".join(text.split())
    if len(flat) > QUOTE_LIMIT:
        flat = flat[: QUOTE_LIMIT - 1] + "…"
    fence = "`" * (max((len(run) for run in re.findall(r"`+", flat)), default=0) + 1)
    pad = " " if flat.startswith("`") or flat.endswith("`") or not flat else ""
    return f"{fence}{pad}{flat}{pad}{fence}"


def own_words(text: str) -> str:
    """Return `text` as inline code that is said in the reader's language, where it is one of the catalogs' texts."""
    shown = code(text)
    return phrase("`{text}`", text=text) if shown == f"`{text}`" else shown


def counted(opened: int, opening: str, closed: int, closing: str) -> str:
    """Return how often two signs stand in a text; both signs are Markdown already."""
    return phrase(
        "{opened} {opening} and {closed} {closing}", opened=opened, opening=opening, closed=closed, closing=closing
    )


def joined(parts: Sequence[str], between: str = ", ") -> str:
    """Return phrases side by side, still able to be said in another language."""
    places = between.join(f"{{part{number}}}" for number in range(len(parts)))
    return Phrase(places, **{f"part{number}": part for number, part in enumerate(parts)})


def with_concept(explanation: Explanation, concept: str, failure: Failure) -> Explanation:
    """Return the explanation with another concept, and the third level that goes with it."""
    means, look, _, step = explanation.levels
    return replace(explanation, concept=concept, levels=(means, look, concept_text(concept, failure), step))


def no_facts(_failure: Failure, _match: re.Match[str]) -> Mapping[str, str]:
    """Add nothing to what the pattern captured."""
    return {}


_EXAMPLES: Mapping[Language, Mapping[str, str]] = {
    Language.PYTHON: EXAMPLES,
    Language.JAVASCRIPT: JAVASCRIPT_EXAMPLES,
    Language.SQL: SQL_EXAMPLES,
    Language.BASH: BASH_EXAMPLES,
    Language.C: C_EXAMPLES,
    Language.R: R_EXAMPLES,
    Language.OCTAVE: OCTAVE_EXAMPLES,
}


def concept_text(concept: str, failure: Failure) -> str:
    """Return what a concept is, with a small example of something else than the learner's cell."""
    language = failure.guessed_language
    examples = _EXAMPLES[language]
    example = examples.get(concept, "")
    own = {line.strip() for line in failure.lines}
    is_else = not any(line.strip() in own for line in example.splitlines() if line.strip())
    shown = f"\n\n```{language.value}\n{example}\n```" if example and is_else else ""
    return Phrase("{text}{example}", text=GLOSSARY[concept], example=shown)


@dataclass(frozen=True, slots=True)
class Rule:
    """One recognisable beginner's error."""

    id: str
    #: exception names, without module
    enames: tuple[str, ...]
    #: searched in the error's message
    pattern: str
    #: one of the glossary's
    concept: str
    #: level 1: what the error means, and where
    means: str
    #: level 2: what to look at in this code
    look: str
    #: level 4: a next step in words
    step: str
    facts: Facts = no_facts
    language: Language = Language.PYTHON
    #: whether the texts fit every error of the kind, so that the learner is told
    is_general: bool = False

    def explain(self, failure: Failure) -> Explanation | None:
        """Return the explanation, or None when this rule does not fit."""
        if failure.ename.rsplit(".", 1)[-1] not in self.enames or failure.guessed_language != self.language:
            return None
        match = re.search(self.pattern, failure.message, re.DOTALL)
        if match is None or (facts := self.facts(failure, match)) is None:
            return None
        return self._render(failure, match, facts)

    def _render(self, failure: Failure, match: re.Match[str], facts: Mapping[str, str]) -> Explanation:
        captured = {name: code(value) for name, value in match.groupdict().items() if value is not None}
        line = failure.line_number
        if "line" in facts:
            line = int(facts["line"]) if facts["line"] else None
        known = {**place(failure, line), **captured, **facts}
        means: str = Phrase(self.means, **known)
        if self.is_general:
            means = phrase(
                "{means} This is general advice: I know the kind of this error, but not its cause.", means=means
            )
        levels = (
            means,
            Phrase(self.look, **known),
            concept_text(self.concept, failure),
            Phrase(self.step, **known),
        )
        return Explanation(self.id, self.concept, levels, line, self.is_general)


def place(failure: Failure, line: int | None) -> dict[str, str]:
    """Return the facts that every template may use: `where` and `look`."""
    if line is None:
        return {"where": phrase("in this cell"), "look": phrase("Look at this cell.")}
    return {
        "where": phrase("on line {line}", line=line),
        "look": phrase("Look at line {line}: {code}.", line=line, code=code(failure.line(line))),
    }
