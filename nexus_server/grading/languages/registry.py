"""Which languages graded kernels speak."""

from nexus_server.grading.languages.bash import BASH
from nexus_server.grading.languages.c import C
from nexus_server.grading.languages.javascript import JAVASCRIPT
from nexus_server.grading.languages.language import LanguageSupport
from nexus_server.grading.languages.octave import OCTAVE
from nexus_server.grading.languages.python import PYTHON
from nexus_server.grading.languages.r import R
from nexus_server.grading.languages.sql import SQL

#: by the names that `notebook_language` gives; only these have sandboxed kernels
LANGUAGES: dict[str, LanguageSupport] = {
    "python": PYTHON,
    "javascript": JAVASCRIPT,
    "typescript": JAVASCRIPT,
    "sql": SQL,
    "bash": BASH,
    "c": C,
    "octave": OCTAVE,
    "r": R,
}
