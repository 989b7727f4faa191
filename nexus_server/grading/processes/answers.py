"""The learner's answers as they come, and which of them are not written yet. Pure.

Where a test stops at a stub, learners are told whether the stub is in the answer that the test is about.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

#: what a stub does when it is called (see `markers.CODE_STUBS`); in a comment it does nothing
_STUB = re.compile(r"^[ \t]*(?:raise NotImplementedError|throw new Error\(['\"]not implemented['\"]\))", re.MULTILINE)
_DEFINITION = re.compile(
    r"^(?:export )?(?:async )?(?:def|class|function\*?|const|let|var) +([A-Za-z_$][\w$]*)", re.MULTILINE
)
_WORD = re.compile(r"[A-Za-z_$][\w$]*")


@dataclass(slots=True)
class Answers:
    """The answers above a test. Those since the test before are its own."""

    _texts: dict[str, str] = field(default_factory=dict)
    _own: list[str] = field(default_factory=list)
    _is_closed: bool = False

    def add(self, source: str) -> None:
        """Take the next answer."""
        if self._is_closed:
            self._own, self._is_closed = [], False
        self._own.append(source)
        self._texts.update(_definitions(source))

    def close(self) -> None:
        """Note that a test came: the next answer begins another task."""
        self._is_closed = True

    @property
    def is_own_unwritten(self) -> bool:
        """Whether the answer that the next test is about is still a stub."""
        return any(_STUB.search(text) for text in self._own)

    def unwritten(self, test: str) -> list[str]:
        """Name what a test needs, directly or through other answers, and is still a stub."""
        found, queue, seen = [], _WORD.findall(test), set[str]()
        while queue:
            name = queue.pop(0)
            if name in seen or name not in self._texts:
                continue
            seen.add(name)
            text = self._texts[name]
            if _STUB.search(text):
                found.append(name)
            queue += _WORD.findall(text)
        return found


def _definitions(source: str) -> Iterator[tuple[str, str]]:
    """Yield the names that an answer defines at its left edge, each with its text."""
    found = list(_DEFINITION.finditer(source))
    ends = [definition.start() for definition in found[1:]] + [len(source)]
    yield from ((each[1], source[each.start() : end]) for each, end in zip(found, ends, strict=False))
