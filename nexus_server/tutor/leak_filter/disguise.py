"""Text that nobody can read as it stands, or that carries something else along: no answer has to be deciphered. Pure.

No list of ciphers is ever complete. So prose is known by what it cannot do without: in any language, some of its words
are short and common ones. Where there is none among many words, the words are not words. And prose does not say the
same words again and again: a sentence that carries one word of something else, and then the next one, does.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

#: signs in a row that only dots and strokes make up, such as Morse code; a table's rule has a bar between them
_STROKES = re.compile(r"(?:(?<!\S)[.\-·\u2013_/]{1,7}(?!\S)\s*){8,}")
#: a sign that is drawn over or through the letter before it, where no language has it
_DRAWN_OVER = re.compile(r"[A-Za-z0-9][\u0300-\u036f]")
#: letters and digits in a run that is no word, no path and no checksum
_LONG_RUN = re.compile(r"(?<![\w/])(?![0-9a-fA-F]+\b)[A-Za-z0-9+%&\\$@!?^]{48,}")
#: a word of small letters, capitals and digits, as ciphers make them
_RANDOM = re.compile(r"\b(?=\w*\d)(?=\w*[a-z])(?=\w*[A-Z])[A-Za-z0-9]{12,}\b")
_MAX_RANDOM = 2
#: numbers in a row, outside of code, that may stand for letters
_NUMBERS = re.compile(r"(?:\b\d{1,3}\b[^\w\n]{1,4}){24,}")
#: signs of code; prose outside of code has few of them
_CODE_SIGN = re.compile(r"[=\[\]{}<>+*/%()]")
_SIGNS_FROM, _SIGNS_FOR_EACH_WORD = 24, 0.4
_CODE = re.compile(r"^[ ]{0,3}(```|~~~)[^\n]*\n.*?(?:^[ ]{0,3}\1|\Z)|`[^`\n]+`", re.DOTALL | re.MULTILINE)
_WORD = re.compile(r"[^\W\d_]+")
#: pictures and signs of other blocks that a friendly answer may hold
_MAX_SIGNS = 16
#: pairs of words from which on it is asked how often they come; how often a pair comes that carries something, and
#: which share of a text such pairs are
_PAIRS_FROM, _AGAIN, _AGAIN_SHARE = 60, 4, 0.4
#: of many words, the share that are common ones of two letters or more, of which prose has a third
_MANY_WORDS, _COMMON_SHARE = 24, 0.08
#: numbers among the words from which on they may stand for something
_MANY_NUMBERS = 24
_NUMBER = re.compile(r"\b\d{1,6}\b")
#: what instructions of a machine are called, as in `LOAD_FAST`; how many kinds of them, and of all, a listing has
_INSTRUCTION = re.compile(r"\b[A-Z]{2,}(?:_[A-Z]+)+\b")
_KINDS_FROM, _INSTRUCTIONS_FROM = 4, 8
_SENTENCE = re.compile(r"[.!?]\s|\n")
#: words of letters from several alphabets
_MAX_MIXED = 2
#: categories of characters that neither words nor code are written with: pictures, private use, not assigned
_STRANGE = frozenset({"So", "Co", "Cn", "Cs"})
#: beginnings of the names of letters that some living language is written with; a character's own name begins so
_LIVING = (
    *("LATIN CAPITAL LETTER", "LATIN SMALL LETTER", "GREEK", "CYRILLIC", "ARMENIAN", "HEBREW", "ARABIC", "DEVANAGARI"),
    *("BENGALI", "GURMUKHI", "GUJARATI", "ORIYA", "TAMIL", "TELUGU", "KANNADA", "MALAYALAM", "SINHALA", "THAI", "LAO"),
    *("TIBETAN", "MYANMAR", "GEORGIAN", "HANGUL", "ETHIOPIC", "KHMER", "MONGOLIAN", "HIRAGANA", "KATAKANA", "CJK"),
    *("BOPOMOFO", "IDEOGRAPHIC", "FEMININE", "MASCULINE", "MICRO SIGN"),
)
#: such letters that languages do not use: those that are turned around, for one
_PHONETIC = re.compile(r"LATIN SMALL LETTER (?:TURNED|REVERSED|SIDEWAYS|OPEN|INSULAR|.*WITH (?:HOOK|TAIL|FISHHOOK))")
_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC")
#: words that are looked at together: of as many in hints, five at least are common ones; and from how many on
_WINDOW, _WORDS_FROM = 24, 12
#: share of the letters that are Latin where the words below are to be expected
_LATIN_SHARE = 0.8
#: the commonest words of English, German, French, Spanish, Italian, Portuguese, Dutch, Polish, Czech, Swedish, Danish,
#: Finnish, Hungarian, Romanian, Turkish, Indonesian, Swahili, Filipino and Vietnamese
_COMMON_WORDS = """
the a an is are of to in and it you that for with not what which on as this be or at by from if its your one when
does do how where so then no but can
der die das und ist ein eine nicht zu den mit auf von wie was es sie du dein im
le la les un une des et est que qui dans pour pas sur ce il vous tu de en
el los las una y por para con se lo su al del
gli che di e per non si sono come o da em um uma os com
het een van niet op voor met dat je
i w na nie z jest co ve jak
att som en inte med og er ikke til ja on ei se mutta
az hogy egy nem si este nu cu
bir bu da icin ne ile yang dan ini itu tidak untuk dengan adalah ya wa kwa ni za ang ng sa mga la cua khong
"""
COMMON = frozenset(_COMMON_WORDS.split())


def is_disguised(text: str) -> bool:
    """Return whether `text` has to be deciphered before it says anything."""
    if _STROKES.search(text) or _LONG_RUN.search(text) or len(_RANDOM.findall(text)) > _MAX_RANDOM:
        return True
    if _is_listing(text):
        return True
    prose = _CODE.sub(" ", text)
    if _has_strange_signs(text) or _NUMBERS.search(prose) or _is_code(prose):
        return True
    words = [_plain(word) for word in _WORD.findall(prose)]
    numbers = len(_NUMBER.findall(prose))
    return (numbers >= _MANY_NUMBERS and numbers > len(words)) or _repeats_itself(prose) or _is_no_prose(words)


def _is_listing(text: str) -> bool:
    """Return whether a text lists a machine's instructions: a compiled program is still the program."""
    found = _INSTRUCTION.findall(text)
    return len(found) >= _INSTRUCTIONS_FROM and len(set(found)) >= _KINDS_FROM


def _is_code(prose: str) -> bool:
    """Return whether what is not marked as code is full of its signs."""
    signs = len(_CODE_SIGN.findall(prose))
    return signs > _SIGNS_FROM and signs > _SIGNS_FOR_EACH_WORD * len(_WORD.findall(prose))


def _has_strange_signs(text: str) -> bool:
    if text.isascii():
        return False
    strange = sum(unicodedata.category(sign) in _STRANGE for sign in text)
    strange += sum(_is_of_no_language(sign) for sign in text if not sign.isascii() and sign.isalpha())
    strange += len(_DRAWN_OVER.findall(unicodedata.normalize("NFC", text)))
    mixed = sum(len(_scripts(word)) > 1 for word in _WORD.findall(text))
    return strange > _MAX_SIGNS or mixed > _MAX_MIXED


def _is_of_no_language(letter: str) -> bool:
    name = unicodedata.name(letter, "")
    return not name.startswith(_LIVING) or _PHONETIC.match(name) is not None


def _scripts(word: str) -> set[str]:
    if word.isascii():
        return {"LATIN"}
    names = (unicodedata.name(sign, "").split(" ", 1)[0] for sign in word)
    return {name for name in names if name in _SCRIPTS}


def _repeats_itself(prose: str) -> bool:
    """Return whether most of a text is the same few pairs of words, over and over, with something else between."""
    sentences = " ".join(dict.fromkeys(_SENTENCE.split(prose)))
    pairs = Counter(pairwise(_plain(word) for word in _WORD.findall(sentences)))
    if pairs.total() < _PAIRS_FROM:
        return False
    return sum(count for count in pairs.values() if count >= _AGAIN) >= _AGAIN_SHARE * pairs.total()


def _is_no_prose(words: Sequence[str]) -> bool:
    """Return whether many words in a row hold none, or all hold few, that any language of Latin letters has most of."""
    letters = sum(map(len, words))
    if len(words) < _WORDS_FROM or sum(len(word) for word in words if word.isascii()) < _LATIN_SHARE * letters:
        return False
    common = sum(len(word) > 1 and word in COMMON for word in words)
    if len(words) >= _MANY_WORDS and common < _COMMON_SHARE * len(words):
        return True
    row, longest = 0, 0
    for word in words:
        row = 0 if word in COMMON else row + 1
        longest = max(longest, row)
    return longest >= min(_WINDOW, len(words))


def _plain(word: str) -> str:
    """Return the word in small letters without marks above and below them."""
    if word.isascii():
        return word.casefold()
    return "".join(sign for sign in unicodedata.normalize("NFD", word.casefold()) if not unicodedata.combining(sign))
