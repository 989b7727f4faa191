"""Which texts look the same to a person: invisible characters, and letters that are drawn alike. Pure.

Two e-mail addresses with one skeleton cannot be told apart on a screen (Unicode Technical Standard 39). Two texts of
ASCII never look alike here: `l` and `1` are told apart by those who chose their names.
"""

import unicodedata
from functools import lru_cache

#: characters without a shape of their own, beside those of Unicode's category of format characters
_SHAPELESS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0") | {
    chr(code) for start, end in ((0xFE00, 0xFE10), (0xE0000, 0xE1000)) for code in range(start, end)
}
#: drawn like `l`, which Unicode's tables say of the capital letter alone
_DRAWN_LIKE = {"\N{CYRILLIC SMALL LETTER PALOCHKA}": "l"}
#: categories of what shows nothing: control, format, surrogates, private use, not assigned, separators
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zs", "Zl", "Zp"})


def is_visible(text: str) -> bool:
    """Whether each character of a text shows something."""
    return not any(letter in _SHAPELESS or unicodedata.category(letter) in _INVISIBLE for letter in text)


def is_plain(text: str) -> bool:
    """Whether a text has no letters that Unicode keeps for old encodings only: wide ones, ligatures, Kelvin's sign."""
    return unicodedata.normalize("NFKC", text) == text


def compose(text: str) -> str:
    """Put letters and the accents that follow them together; letters that stand alone stay as they are."""
    clusters: list[str] = []
    for letter in text:
        if clusters and unicodedata.combining(letter):
            clusters[-1] += letter
        else:
            clusters.append(letter)
    return "".join(unicodedata.normalize("NFC", each) if len(each) > 1 else each for each in clusters)


def skeleton(text: str) -> str:
    """Return the same text for all texts that look alike; it is for comparing, not for showing."""
    if text.isascii():
        return text.lower()
    shown = "".join(letter for letter in text if is_visible(letter))
    letters = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", shown).lower())
    return unicodedata.normalize("NFC", "".join(map(_prototype, letters)))


@lru_cache(maxsize=4096)
def _prototype(letter: str) -> str:
    """Return what stands for all that is drawn like a letter: ASCII, if there is any; two letters for a ligature."""
    if letter.isascii() or unicodedata.combining(letter):
        return letter
    if (known := _DRAWN_LIKE.get(letter)) is not None:
        return known
    # Its tables take half a second to read, which most servers never need.
    from confusable_homoglyphs import confusables  # noqa: PLC0415

    found = confusables.is_confusable(letter, greedy=True, preferred_aliases=[]) or []
    alike: list[str] = [other["c"] for one in found for other in one["homoglyphs"]]
    of_ascii = sorted((other.lower() for other in alike if other.isascii()), key=lambda other: (len(other), other))
    return of_ascii[0] if of_ascii else min([letter, *(other for other in alike if len(other) == 1)])
