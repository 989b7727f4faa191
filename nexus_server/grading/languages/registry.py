"""Which languages graded kernels speak."""

from nexus_server.grading.languages.javascript import JAVASCRIPT
from nexus_server.grading.languages.language import Language
from nexus_server.grading.languages.python import PYTHON

#: by the names that `notebook_language` gives; only these have sandboxed kernels
LANGUAGES: dict[str, Language] = {
    "python": PYTHON,
    "javascript": JAVASCRIPT,
    "typescript": JAVASCRIPT,
}
