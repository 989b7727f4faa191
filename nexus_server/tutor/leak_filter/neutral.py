"""Code and prose as one row of plain words: a program told in words, or in another language, is still itself. Pure."""

import re

#: what prose and other languages say, and how the row says it; tried in order
_SPOKEN = tuple(
    (re.compile(pattern, re.IGNORECASE), word)
    for pattern, word in (
        (r"\b(?:const|let|var|auto|int|float|double|string)\s+(?=[A-Za-z_])", " "),
        (r"===?|\b(?:is |are )?equals?(?: to)?\b|\bis the same as\b", " == "),
        (r"!==?|\b(?:is not|does not|doesn't|isn't) equal(?: to)?\b", " != "),
        (r">=|\b(?:is )?(?:at least|greater than or equal to|not less than)\b", " >= "),
        (r"<=|\b(?:is )?(?:at most|less than or equal to|not more than)\b", " <= "),
        (r"\b(?:is |are )?(?:greater|more|larger|bigger|higher) than\b", " > "),
        (r"\b(?:is |are )?(?:less|smaller|fewer|lower) than\b", " < "),
        (r"\b(?:integer|floor|whole)[- ]divided by\b|\bdivided by (?=.{0,200}rounded down)", " // "),
        (r"\b(?:divided by|over|by dividing by)\b", " / "),
        (r"\b(?:times|multiplied (?:by|with))\b", " * "),
        (r"\b(?:to the power of|raised to)\b", " ** "),
        (r"\b(?:modulo|mod|the remainder (?:of|by))\b", " % "),
        (r"\bplus\b", " + "),
        (r"\bminus\b", " - "),
        (r"&&", " and "),
        (r"\|\|", " or "),
        (r"!(?=[\w(])|\bnot\b", " not "),
        (r"\bincrease (\w+) by\b", r" \1 += "),
        (r"\badd ([\w.]+) to (\w+)\b", r" \2 += \1 "),
        (r"\bappend ([\w.]+) to (\w+)\b|\bpush ([\w.]+) (?:on)?to (\w+)\b", r" \2\4 append \1\3 "),
        (r"\b(\w+)\.push\b", r" \1 append "),
        (r"\bset (\w+) (?:equal )?to\b|\blet (\w+) be\b", r" \1\2 = "),
        (r"\b(?:becomes|gets|is set to|is assigned|gets the value)\b|:=|←", " = "),
        (r"\b(?:give|hand|send)(?:s|ing)? back\b|\breturn(?:s|ing)\b", " return "),
        (r"\b(\w+)\.(?:length|size)\b(?:\(\))?", r" len \1 "),
        (r"\b(?:the )?(?:length|number of items|size|count of items) (?:of|in)\b", " len "),
        (r"\b(?:the )?sum of\b", " sum "),
        (r"\b(?:the )?(?:largest|maximum|max|biggest)(?: item| value)? (?:of|in)\b", " max "),
        (r"\b(?:the )?(?:smallest|minimum|min)(?: item| value)? (?:of|in)\b", " min "),
        (r"\bfor (?:each|every) (\w+) (?:in|of)\b|\bfor ?\( ?(\w+) of\b", r" for \1\2 in "),
        (r"\belse if\b", " elif "),
        (r"\b(?:otherwise|in all other cases)\b", " else "),
        (r"\bfunction\b", " def "),
        (r"\bnull\b|\bundefined\b|\bnothing\b", " None "),
        (r"\btrue\b", " True "),
        (r"\bfalse\b", " False "),
        (r"\bthis\b", " self "),
        (r"\b(?:zero)\b", " 0 "),
        (r"\b(?:one)\b", " 1 "),
        (r"\b(?:two)\b", " 2 "),
    )
)
_WORD = re.compile(r"[A-Za-z_]\w*|\d+(?:\.\d+)?|[-+*/%<>=!]+")
#: words that only hold prose together
_FILLING = frozenset(
    (
        *("a", "an", "the", "of", "to", "then", "and", "first", "next", "finally", "now", "so", "it", "its", "that"),
        *(
            "with",
            "as",
            "do",
            "does",
            "will",
            "should",
            "you",
            "your",
            "by",
            "on",
            "from",
            "into",
            "at",
            "them",
            "they",
        ),
        *("this", "there", "here", "what", "which", "who", "value", "values", "result", "variable", "called", "named"),
        *("list", "items", "item", "number", "after", "again", "part"),
    )
)
#: words that code and prose share; `and` joins sentences far more often than conditions
_KEPT = frozenset({"for", "in", "if", "else", "elif", "while", "return", "def", "not", "or"})


def neutral(text: str) -> list[str]:
    """Return the row of words of a text: names, numbers, operators, and the few words that code shares with prose."""
    return [word for row in neutral_lines(text) for word in row]


def neutral_lines(text: str) -> list[list[str]]:
    """Return `neutral` line by line; all lines at once cost a fifth of each by itself."""
    for pattern, word in _SPOKEN:
        text = pattern.sub(word, text)
    return [_words(line) for line in text.splitlines()]


def _words(line: str) -> list[str]:
    found = (word.casefold() for word in _WORD.findall(line))
    return [word for word in found if word in _KEPT or word not in _FILLING]
