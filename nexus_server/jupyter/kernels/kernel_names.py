"""Which of the site's kernels a notebook from elsewhere means."""

import re
from typing import Any

from nexus_server.kernels.specs import find_product_spec, product_specs
from nexus_server.notebook_format.languages import find_language, is_same

#: what kernels are called, for machines and for people
_KERNEL_NAME = re.compile(r"[\w .()+#-]{1,100}")


def match_kernel(manager: Any, name: str, default: str) -> str | None:
    """Return the sandboxed kernel that is meant by `name`: the one of that name, else of the language that it says.

    `default` is preferred among several.
    """
    if find_product_spec(manager, name) is not None:
        return name
    language = find_language(name) if _KERNEL_NAME.fullmatch(name) else None
    specs = product_specs(manager)
    fitting = sorted(name for name, found in specs.items() if is_same(language, found["spec"]["language"]))
    return default if default in fitting else next(iter(fitting), None)
