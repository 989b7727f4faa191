"""What grading says of itself, in the language of who reads it. Pure.

Results are kept, signed and compared in English. A message that is made by one of the templates is said again by its
translation, with its values as they are. Whatever else a check says are its author's words, which stay.
"""

from nexus_server.grading.processes import messages, scoring
from nexus_server.languages import UserLanguage, translate
from nexus_server.phrases import filled, pattern_of

#: a hidden test's message follows on the sentence about it; the first that fits is taken
_TEMPLATES = (
    *(messages.TIMEOUT, messages.NOTEBOOK_TIMEOUT, messages.KERNEL_DIED, messages.TAMPERED, messages.UNUSABLE_VALUE),
    *(messages.NOT_SEALABLE, messages.NO_ANSWER, messages.NEEDS_ANSWER, messages.NEEDS_ANSWERS, messages.CELL_STOPPED),
    *(messages.HIDDEN_FAILED, messages.HIDDEN_STOPPED, messages.STATEMENT_STOPPED, messages.TEST_STOPPED),
    *(messages.CHECK_FAILED, messages.SOME_CHECK_FAILED),
    *(scoring.PARTLY_RIGHT, scoring.NOT_RIGHT, scoring.NOT_ANSWERED, scoring.BY_HAND, scoring.LOST_NAME),
)
_WITH_MORE = frozenset({messages.HIDDEN_STOPPED})


def said_in(message: str, language: UserLanguage) -> str:
    """Return a result's message in a language; what an author or the learner's code said stays as it is."""
    if not message or language is UserLanguage.ENGLISH:
        return message
    head, newline, rest = message.partition("\n")
    for template in _TEMPLATES:
        if found := pattern_of(template, "(?P<more> .+)?" if template in _WITH_MORE else "").fullmatch(head):
            values = {name: translate(value, language) for name, value in found.groupdict().items() if value}
            more = values.pop("more", "")
            return filled(translate(template, language), values) + more + newline + rest
    return message
