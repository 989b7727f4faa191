"""Help for a learner without an error who does not know how to go on: the author's hints, else the task's text."""

import ast
import re

from nexus_server.phrases import phrase
from nexus_server.tutor.failure import Failure
from nexus_server.tutor.lessons.tasks import Task
from nexus_server.tutor.rules.rule import MAX_LEVEL, Explanation, code, concept_text
from nexus_server.tutor.rules.source_facts import walk

#: characters of a task's text that a hint quotes
QUOTED = 300
#: words of a task's text, and the concept that they speak of; the more special ones come first
_WORDS = {
    "plots (matplotlib)": r"\bplots?\b|\bchart|\bdiagram",
    "tables (pandas)": r"\bcolumns?\b|DataFrame",
    "arrays and shapes (NumPy)": r"\barrays?\b",
    "classes": r"\bclass(?:es)?\b|\bmethods?\b",
    "dictionaries": r"\bdictionar|\bkeys?\b",
    "recursion": r"\brecursi|calls itself",
    "exceptions": r"\braises?\b|\bexceptions?\b",
    "files": r"\bfiles?\b",
    "loops": r"\bloops?\b|\beach\b|\bevery\b|go(?:es)? through|\brepeat",
    "conditions": r"\bif\b|\botherwise\b|\bwhether\b",
    "lists": r"\blists?\b",
    "text (strings)": r"\btexts?\b|\bwords?\b|\bletters?\b",
}
_PLACEHOLDER = re.compile(r"YOUR CODE HERE|NotImplementedError|not implemented|\.\.\.\s*$|\bpass\b", re.IGNORECASE)


def begin(task: Task, cell: Failure) -> Explanation:
    """Return how to begin `task`, in four levels; `cell` is the learner's answer as it stands, without an error."""
    concept = _concept_of(task)
    line = next((number for number, text in enumerate(cell.lines, 1) if _PLACEHOLDER.search(text)), None)
    own = (
        _what_is_asked(task),
        _where(cell, line),
        concept_text(concept, cell),
        phrase(
            "Take the simplest input that you can think of, and write down in words, step by step, how "
            "you would get its result by hand. Turn the first step into a line of code, and run the cell. Then go on "
            "to the next step."
        ),
    )
    authored = task.hints[:MAX_LEVEL]
    first, second, third, fourth = (*authored, *own[len(authored) :])
    return Explanation("begin", concept, (first, second, third, fourth), line, authored=len(authored))


def _what_is_asked(task: Task) -> str:
    lines = [line.strip() for line in task.text.splitlines()]
    prose = [line for line in lines if line and not line.startswith(("#", "|", "```", "!["))]
    quote = " ".join(prose)
    if len(quote) > QUOTED:
        quote = f"{quote[:QUOTED].rsplit(' ', 1)[0]} …"
    own_words = phrase("Say it in your own words first: what is given, and what should come out?")
    if not quote:
        return own_words
    return phrase("This is what is asked for:\n\n> {quote}\n\n{own_words}", quote=quote, own_words=own_words)


def _where(cell: Failure, line: int | None) -> str:
    function = next((node for node in walk(cell.cell_source) if isinstance(node, ast.FunctionDef)), None)
    place = phrase("Your code belongs where line {line} is now. ", line=line) if line else ""
    if function is None:
        return phrase(
            "{place}Which names does the text give you, and which should have a value in the end? Begin with those.",
            place=place,
        )
    given = [argument.arg for argument in function.args.args if argument.arg != "self"]
    return phrase(
        "{place}The function {name} (line {line}) is given {names}. That is all that it needs. "
        "What should it hand to `return` for the first example of the text?",
        place=place,
        name=code(function.name),
        line=function.lineno,
        names=", ".join(code(name) for name in given) or phrase("nothing"),
    )


def _concept_of(task: Task) -> str:
    return next((concept for concept, word in _WORDS.items() if re.search(word, task.text, re.IGNORECASE)), "functions")
