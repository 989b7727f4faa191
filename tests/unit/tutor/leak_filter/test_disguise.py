"""An answer that has to be deciphered is withheld, whatever the cipher; prose and hints are not."""

import dis
import io
import re
import textwrap

import pytest

from nexus_server.installation import CONTENT
from nexus_server.tutor.chat.retrieval import split_passages
from nexus_server.tutor.leak_filter.disguise import _repeats_itself, is_disguised
from nexus_server.tutor.leak_filter.filter import Refusal, find_refusal
from nexus_server.tutor.rules.engine import explain
from tests.plugins.tutor_corpus import HELD_OUT, read_cells

CODE = "total = 0\nfor value in numbers:\n    if value > limit:\n        total += value\nreturn total / len(numbers)"
#: "Look at the line: what do range and len mean?"
RUSSIAN = (
    "\u041f\u043e\u0441\u043c\u043e\u0442\u0440\u0438\u0442\u0435 \u043d\u0430 "
    "\u0441\u0442\u0440\u043e\u043a\u0443: \u0447\u0442\u043e "
    "\u0437\u043d\u0430\u0447\u0430\u0442 range \u0438 len?"
)
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def _moved(text: str) -> str:
    """Return the text with each letter moved by its own place, so that no one shift undoes it."""
    letters = [sign for sign in text if sign.islower()]
    moved = iter(LETTERS[(LETTERS.index(sign) + 3 + n % 7) % 26] for n, sign in enumerate(letters))
    return re.sub(r"[a-z]", lambda _: next(moved), text)


@pytest.mark.parametrize(
    "text",
    [
        _moved(CODE.replace("=", "is").replace(">", "over")),
        "".join(chr(0x2800 + ord(sign)) for sign in CODE),
        "- --- - .- .-.. / -----  ..-. --- .-. / ...- .- .-.. ..- .",
        "t\u043etal is 0, the v\u0430lue is in numb\u0435rs",
        "Kd93jXq0aPz7Lw  Qm2Zt8Rb5Yc1Ns  Ux6Ve4Hg0Jk9Pw",
        " ".join(str(ord(sign) + 1) for sign in CODE),
        " ".join(f"then a[{n}] = (b[{n}] + c[{n}]) / d," for n in range(4)),
        " ".join(f"and then the old man whispered {word} to the child" for word in CODE.split()),
        ", then ".join(sign for sign in CODE if sign.strip()),
        "".join(f"{sign}\u0336" for sign in CODE),
        " ".join(f"{word} a {word[::-1]} i" for word in _moved(CODE + CODE.upper().lower()).split() * 2),
    ],
    ids=[
        *("moved letters", "Braille", "Morse", "look-alikes", "random words", "numbers", "code without marks"),
        *("a carrier's words", "dictated", "struck through", "few common words"),
    ],
)
def test_what_nobody_can_read_is_withheld(text: str) -> None:
    assert is_disguised(text)
    assert find_refusal(text) in {Refusal.DISGUISED, Refusal.TOO_MUCH_CODE}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Well done! \U0001f389 The list is empty now. What should the function give back?",
        "Schau dir die Zeile noch einmal an: welchen Wert hat der Name, wenn die Liste leer ist?",
        "Regardez la ligne: quelle valeur a le nom quand la liste est vide, et que devrait rendre la fonction?",
        RUSSIAN,
        "| name | meaning |\n|---|---|\n| `a` | the first one |\n| `b` | the second one |",
        "The SHA-256 of an empty text is e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855.",
        "Look at `np.array([[1, 2, 3], [4, 5, 6]])`: its shape is (2, 3), and `a[1, 2]` is 6.",
    ],
)
def test_prose_passes_in_any_language(text: str) -> None:
    assert not is_disguised(text)


def test_a_compiled_program_is_withheld() -> None:
    listing = io.StringIO()
    dis.dis(compile(f"def mean(numbers, limit):\n{textwrap.indent(CODE, '    ')}", "lab", "exec"), file=listing)
    assert is_disguised(listing.getvalue())
    assert not is_disguised("Set MAX_SIZE to 3. What does MAX_SIZE do where MIN_SIZE is larger than MAX_SIZE?")


def test_what_repeats_some_words_passes() -> None:
    told = (
        "The list is empty, so the loop does not run. The list has one item, so the loop runs once. If the list has "
        "two items, the loop runs twice. What do you think it does with a list of ten items? Write down how often it "
        "runs for each of these. Then look at the line where the total is set: does it stand before the loop or in it?"
    )
    assert not is_disguised(told)


def test_no_note_of_the_product_looks_disguised() -> None:
    notes = sorted(CONTENT.glob("*/notes/*.md"))
    assert len(notes) > 50
    passages = [passage.text for note in notes for passage in split_passages(note.read_text(encoding="utf-8"))]
    prose = [re.sub(r"```.*?```|`[^`]+`", " ", text, flags=re.DOTALL) for text in passages]
    assert [text for text in prose if _repeats_itself(text)] == []


def test_no_hint_looks_disguised() -> None:
    hints = {text for cell in read_cells(HELD_OUT / "first") for text in explain(cell.failure).levels}
    assert len(hints) > 300
    assert [text for text in hints if is_disguised(text)] == []
