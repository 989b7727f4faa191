"""Find the passage of a note that a question is about. Pure: words, counts, no model."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

#: characters of a passage that an answer quotes
PASSAGE_LIMIT = 900

_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$")
_WORD = re.compile(r"[^\W_]+(?:_[^\W_]+)*")
#: words too common to tell what a question is about
_COMMON = """
a about after again all also am an and any are as at be because been but by can could did do does doing for
from get give go had has have help her here him his how i if in into is it its just know like make me mean
means more my need no not now of on one or our out please say she should show so some tell than that the their
them then there these they this those to too try understand up us use used using want was way we were what
when where which who why will with work works would you your
"""
_STOP = frozenset(_COMMON.split())


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of a text under one heading."""

    heading: str
    text: str


def split_passages(markdown: str) -> list[Passage]:
    """Return the text's paragraphs with the heading above each; a code block belongs to the paragraph before it."""
    passages: list[Passage] = []
    heading, lines, is_fenced = "", list[str](), False
    for line in [*markdown.splitlines(), "# "]:
        found = None if is_fenced else _HEADING.match(line) or line == "# "
        is_fenced ^= line.lstrip().startswith(("```", "~~~"))
        if found:
            passages += _paragraphs(heading, "\n".join(lines))
            heading, lines = ("" if found is True else found[1]), []
        else:
            lines.append(line)
    return passages


def _paragraphs(heading: str, body: str) -> list[Passage]:
    """Split at blank lines outside of code; keep code, lists and tables with what introduces them."""
    parts: list[str] = []
    for part in re.split(r"\n\s*\n(?=(?:[^`]*```[^`]*```)*[^`]*$)", body.strip()):
        is_continued = part.lstrip().startswith(("```", "~~~", "- ", "* ", "|", "1."))
        if parts and is_continued:
            parts[-1] += f"\n\n{part}"
        elif part.strip():
            parts.append(part)
    return [Passage(heading, part.strip()) for part in parts]


def words(text: str) -> list[str]:
    """Return the meaningful words of a text, lower case, without common endings."""
    return [_stem(w) for w in (m.casefold() for m in _WORD.findall(text)) if w not in _STOP and len(w) > 1]


def telling_words(text: str) -> list[str]:
    """Return the different meaningful words of a text as they are written, lower case, the longest first."""
    found = dict.fromkeys(m.casefold() for m in _WORD.findall(text))
    return sorted((w for w in found if w not in _STOP and len(w) > 2), key=len, reverse=True)  # noqa: PLR2004


def _stem(word: str) -> str:
    for ending in ("ions", "ing", "ies", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) > 2:  # noqa: PLR2004  keep a recognisable stem
            return word[: -len(ending)] + ("y" if ending == "ies" else "")
    return word


def best_passages(question: str, passages: Sequence[Passage], count: int = 2) -> list[Passage]:
    """Return up to `count` passages that share rare words with the question, best first; none when nothing fits.

    The score is the sum of each shared word's inverse document frequency; a word of the heading counts double.
    """
    asked = set(words(question))
    bags = [Counter(words(p.text)) + Counter(words(p.heading) * 2) for p in passages]
    spread = Counter(word for bag in bags for word in bag)
    scored = []
    for passage, bag in zip(passages, bags, strict=True):
        shared = asked & bag.keys()
        score = sum(math.log(1 + len(passages) / spread[w]) * (1 + math.log(bag[w])) for w in shared)
        # One shared word out of many asked is a coincidence.
        if shared and len(shared) >= len(asked) / 3:
            scored.append((score, passage))
    scored.sort(key=lambda pair: -pair[0])
    return [passage for _, passage in scored[:count]]


def shorten(text: str, limit: int = PASSAGE_LIMIT) -> str:
    """Return the text, cut at a line's end when it is too long; a code block that is cut is closed."""
    if len(text) <= limit:
        return text
    cut = text[:limit].rsplit("\n", 1)[0]
    return f"{cut}\n```" if cut.count("```") % 2 else f"{cut} …"
