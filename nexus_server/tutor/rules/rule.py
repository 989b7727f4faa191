"""What a static rule is: an error it recognises, and three levels of help.

Texts are `str.format` templates in Markdown. Groups of the pattern appear as inline code; facts appear as they are.
Always known: `{where}` ("on line 3" or "in this cell") and `{look}` ("Look at line 3: `...`." or "Look at this cell.").
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from nexus_server.tutor.failure import Failure, Language

MAX_LEVEL = 3
#: characters of the learner's code that one inline quotation shows
QUOTE_LIMIT = 80

#: ``None`` means: this rule does not apply after all
Facts = Callable[[Failure, re.Match[str]], Mapping[str, str] | None]


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a failure means, level by level."""

    #: the rule's id, or "generic"
    rule: str
    concept: str
    #: level 1: what and where; 2: what to look at in this code; 3: a next step, or a tiny example of something else
    levels: tuple[str, str, str]

    def at(self, level: int) -> str:
        """Return the text of `level`, 1 to `MAX_LEVEL`."""
        return self.levels[level - 1]


def code(text: str) -> str:
    """Return `text` as one line of Markdown inline code, shortened, whatever it contains."""
    flat = " ".join(text.split())
    if len(flat) > QUOTE_LIMIT:
        flat = flat[: QUOTE_LIMIT - 1] + "…"
    fence = "`" * (max((len(run) for run in re.findall(r"`+", flat)), default=0) + 1)
    pad = " " if flat.startswith("`") or flat.endswith("`") or not flat else ""
    return f"{fence}{pad}{flat}{pad}{fence}"


def no_facts(_failure: Failure, _match: re.Match[str]) -> Mapping[str, str]:
    """Add nothing to what the pattern captured."""
    return {}


@dataclass(frozen=True, slots=True)
class Rule:
    """One recognisable beginner's error."""

    id: str
    #: exception names, without module
    enames: tuple[str, ...]
    #: searched in the error's message
    pattern: str
    concept: str
    #: level 1: what the error means, and where
    means: str
    #: level 2: what to look at in this code
    look: str
    #: level 3: a next step, or a tiny example of something else
    step: str
    facts: Facts = no_facts
    language: Language = Language.PYTHON

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
        known = {**place(failure), **captured, **facts}
        levels = (self.means.format_map(known), self.look.format_map(known), self.step.format_map(known))
        return Explanation(rule=self.id, concept=self.concept, levels=levels)


def place(failure: Failure) -> dict[str, str]:
    """Return the facts that every template may use: `where` and `look`."""
    number = failure.line_number
    if number is None:
        return {"where": "in this cell", "look": "Look at this cell."}
    return {"where": f"on line {number}", "look": f"Look at line {number}: {code(failure.bad_line)}."}
