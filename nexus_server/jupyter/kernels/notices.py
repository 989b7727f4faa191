"""What the server says about a learner's kernel, in the language of who reads it. Pure.

A kernel keeps its notices in English, for all its pages and all servers of a site. A page that shows one gets the
translation, with the values as they are.
"""

from nexus_server.jupyter.kernels import draining, freezing
from nexus_server.jupyter.limits import cell_limits, wall_clock
from nexus_server.jupyter.messages.output_gate import FLOOD_NOTICE
from nexus_server.kernels import death_reason
from nexus_server.languages import UserLanguage, translate
from nexus_server.phrases import filled, pattern_of

_SENTENCES = frozenset(
    {
        *death_reason.SENTENCES.values(),
        *cell_limits.SENTENCES.values(),
        *(FLOOD_NOTICE, freezing.STANDS_STILL, freezing.GOES_ON, draining.ENDS_NOW),
    }
)
#: those with values
_TEMPLATES = (wall_clock.NOTICE, draining.ENDS_LATER)


def notice_in(text: str, language: UserLanguage) -> str:
    """Return a notice in a language; any other text, such as one that code of a learner's wrote, stays as it is."""
    if language is UserLanguage.ENGLISH:
        return text
    if text in _SENTENCES:
        return translate(text, language)
    for template in _TEMPLATES:
        if found := pattern_of(template).fullmatch(text):
            return filled(translate(template, language), found.groupdict())
    return text
