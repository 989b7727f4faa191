"""Which languages graded kernels speak."""

from nexus_server.grading.languages.javascript import JAVASCRIPT
from nexus_server.grading.languages.language import Language
from nexus_server.grading.languages.python import PYTHON

#: by the name in a notebook's kernelspec, in lower case; only these have sandboxed kernels
LANGUAGES: dict[str, Language] = {
    "python": PYTHON,
    "python3": PYTHON,
    "ipython": PYTHON,
    "javascript": JAVASCRIPT,
    "typescript": JAVASCRIPT,
}
