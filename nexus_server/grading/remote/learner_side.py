"""The learner's process, seen from the tests' process: asks questions, turns answers into values and stubs."""

import array
import builtins
import collections
import contextlib
import importlib
import sys
import types
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn

from nexus_server.grading.remote.kinds import NotWholeError, WireError
from nexus_server.grading.remote.sharing import mutable_objects
from nexus_server.grading.remote.stubs import (
    BorderError,
    ClassStub,
    NotWholeValueError,
    Stub,
    Unpassable,
    object_stub,
)
from nexus_server.grading.remote.wire import Codec, written

#: libraries whose exceptions tests name
EXCEPTION_HOMES = ("json", "numpy", "pandas", "decimal", "zlib", "struct", "collections", "statistics", "sqlite3")


class LearnerSide(Codec):
    """The learner's process, seen from the tests' process."""

    def __init__(
        self,
        ask: Callable[[dict[str, Any]], dict[str, Any]],
        asked_for: Iterable[str],
        given: Iterable[str],
        names: Mapping[str, Any],
    ) -> None:
        """`ask` sends a question and waits.

        `asked_for` names the classes that the assignment defines, `given` those that the instructor's notebook gives;
        `names` is the tests' namespace, where the latter are trusted ones.
        """
        super().__init__()
        self._ask = ask
        self._names = names
        self.asked_for = frozenset(asked_for)
        self.given_classes = frozenset(given)
        self._stubs: dict[int, Any] = {}
        self._exceptions: dict[int, type[BaseException]] = {}
        self._callbacks: list[Callable[..., Any]] = []
        #: whether a value could not cross whole; a test may catch what says so
        self.is_incomplete = False

    def namespace(self) -> Mapping[str, Any]:
        """Return the tests' names."""
        return self._names

    # --- references ---

    def reference(self, value: Any) -> dict[str, Any]:
        """Pass a stub back as the object it stands for, and a test's function as a callback."""
        if isinstance(value, Stub):
            return {"t": "ref", "id": object.__getattribute__(value, "_number")}
        if isinstance(value, type) and (found := vars(value).get("_nexus_number")) is not None:
            return {"t": "ref", "id": found}
        if callable(value) and not isinstance(value, type):
            self._callbacks.append(value)
            return {"t": "ref", "callback": len(self._callbacks) - 1}
        return super().reference(value)

    def dereference(self, payload: dict[str, Any]) -> Any:
        """Make a stub for an object that stays in the learner's process; the same object gives the same stub."""
        number = int(payload["id"])
        if payload["kind"] == "exception":
            return self.exception_class(payload["mro"])
        if number not in self._stubs:
            is_class = payload["kind"] == "class"
            name = str(payload["name" if is_class else "type"])
            maker = ClassStub if is_class else object_stub(name, frozenset(map(str, payload["has"])))
            self._stubs[number] = maker(self, number, name, known=name in self.asked_for)
        return self._stubs[number]

    def exception_class(self, mro: list[dict[str, Any]]) -> type[BaseException]:
        """Make a real exception class with the learner's bases, so that `except` works on it."""
        head = mro[0]
        given: Any = self.given_class(head["name"]) if head["module"] == "__main__" else None
        if given is not None and issubclass(given, BaseException):
            found: type[BaseException] = given
            return found
        if "id" not in head or _is_library(head):
            return _known_exception(head) or self.exception_class(mro[1:])
        number = int(head["id"])
        if number not in self._exceptions:
            base = self.exception_class(mro[1:]) if len(mro) > 1 else Exception
            names = {"_nexus_number": number, "__str__": _said}
            self._exceptions[number] = type(str(head["name"]), (base,), names)
        return self._exceptions[number]

    # --- questions ---

    def names(self, names: list[str]) -> dict[str, Any]:
        """Fetch the learner's objects by name; missing names are left out."""
        answer = self._ask({"do": "names", "names": names})
        if "ok" in answer:
            values = self.decode(answer["ok"])
            wanted = {name for name in answer.get("all", ()) if isinstance(name, str)} & set(names)
            return {name: value for name, value in zip(answer["all"], values, strict=True) if name in wanted}
        found: dict[str, Any] = {}
        for name in names:
            entry = answer.get("names", {}).get(name)
            if isinstance(entry, dict) and "ok" in entry:
                found[name] = self.decode(entry["ok"])
            elif isinstance(entry, dict) and "not_whole" in entry:
                self._give_up(str(entry["not_whole"]))
            elif entry is not None:
                found[name] = Unpassable(name)
        return found

    def present(self, names: list[str]) -> set[str]:
        """Which of these names the learner has."""
        found = self._ask({"do": "present", "names": names}).get("names")
        return {str(name) for name in found} if isinstance(found, list) else set()

    def call(self, number: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a learner's object."""
        return self._asked({"do": "call", "id": number}, args, kwargs)

    def operate(self, what: str, *args: Any) -> Any:
        """Apply an operation in the learner's process."""
        return self._asked({"do": what}, args, {})

    def batch(self, number: int, count: int) -> tuple[list[Any], bool]:
        """Take the next items of an iterator: at most `count`, and whether that was the end."""
        answer = self._ask({"do": "next", "id": number, "count": count})
        while "callback" in answer:
            answer = self._ask(self._called_back(answer))
        self._settle(answer)
        items = answer.get("items")
        if not isinstance(items, list):
            raise BorderError("the iterator gave nothing usable")
        return [self.decode(item) for item in items], bool(answer.get("end")) or not items

    def encode(self, value: Any, known: Iterable[Any] = ()) -> Any:
        """Encode a test's value; one that cannot cross whole ends the test here."""
        try:
            return super().encode(value, known)
        except NotWholeError as exc:
            self._give_up(str(exc))

    def write(self, question: Mapping[str, Any]) -> str:
        """Write a question; one that is too long ends the test here."""
        try:
            return written(question)
        except NotWholeError as exc:
            self._give_up(str(exc))

    def _give_up(self, reason: str) -> NoReturn:
        self.is_incomplete = True
        raise NotWholeValueError(reason[:200])

    def _asked(self, question: dict[str, Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Ask for what an operation gives, and do to its arguments what it did to them."""
        known = mutable_objects([*args, *kwargs.values()])
        answer = self._ask({**question, "a": self.encode([list(args), kwargs])})
        while "callback" in answer:
            answer = self._ask(self._called_back(answer))
        result = self._told(answer, known)
        self._settle(answer)
        return result

    def _told(self, answer: dict[str, Any], known: list[Any]) -> Any:
        """Give changed arguments their content, and return the result."""
        if "ok" not in answer:
            return None
        result, *contents = self.decode(answer["ok"], known)
        for number, content in zip(answer.get("changed") or (), contents, strict=True):
            _change(known[int(number)], content)
        return result

    def _settle(self, answer: dict[str, Any]) -> None:
        """Print what the learner's code printed, and raise what it raised."""
        if text := answer.get("out"):
            sys.stdout.write(str(text))
        if "not_whole" in answer:
            self._give_up(str(answer["not_whole"]))
        if "failed" in answer:
            raise BorderError(str(answer["failed"])[:200])
        if "error" in answer:
            raise self._exception(answer["error"])

    def _called_back(self, answer: dict[str, Any]) -> dict[str, Any]:
        try:
            function = self._callbacks[int(answer["callback"])]
            return {"ok": self.encode(function(*self.decode(answer["a"]), **self.decode(answer["k"])))}
        except Exception as exc:  # noqa: BLE001  the learner's code gets to see what the test's function raised
            return self._own_error(exc)

    def _own_error(self, exc: Exception) -> dict[str, Any]:
        told: dict[str, Any] = {"error": type(exc).__name__, "text": str(exc)[:500]}
        with contextlib.suppress(WireError):
            told["args"] = Codec.encode(self, list(exc.args))
        return told

    def _exception(self, error: Any) -> BaseException:
        kind = self.decode(error["class"])
        if not (isinstance(kind, type) and issubclass(kind, BaseException)):
            kind = RuntimeError
        args = self.decode(error.get("args") or [])
        try:
            made: BaseException = kind.__new__(kind, *args)
        except TypeError:
            return RuntimeError(str(error.get("text", "")))
        made.args = tuple(args)
        if hasattr(kind, "_nexus_number"):
            made.__dict__["_nexus_text"] = str(error.get("text", ""))
        for name, payload in dict(error.get("attrs") or {}).items():
            if name.isidentifier() and not name.startswith("_"):
                made.__dict__[name] = self.decode(payload)
        return made


def _said(self: BaseException) -> str:
    """Say what the learner's class made an exception say; one that a test made says what any would."""
    text = vars(self).get("_nexus_text")
    return BaseException.__str__(self) if text is None else str(text)


def _is_library(entry: dict[str, Any]) -> bool:
    return str(entry["module"]).partition(".")[0] in EXCEPTION_HOMES


def _known_exception(entry: dict[str, Any]) -> type[BaseException] | None:
    found = None
    if entry["module"] == "builtins":
        found = getattr(builtins, str(entry["name"]), None)
    elif _is_library(entry):
        with contextlib.suppress(ImportError):
            found = getattr(importlib.import_module(str(entry["module"])), str(entry["name"]), None)
    return found if isinstance(found, type) and issubclass(found, BaseException) else None


def _change(target: Any, new: Any) -> None:
    """Give an argument the content that the learner's call left in it."""
    if isinstance(target, list | bytearray | array.array):
        target[:] = new
    elif isinstance(target, collections.deque):
        target.clear()
        target.extend(new)
    elif isinstance(target, types.SimpleNamespace):
        vars(target).clear()
        vars(target).update(vars(new))
    elif isinstance(target, dict | set):
        target.clear()
        target.update(new)
    elif type(target).__name__ in ("ndarray", "matrix", "recarray", "MaskedArray"):
        target[...] = new
    elif hasattr(target, "_update_inplace"):
        target._update_inplace(new)  # noqa: SLF001  pandas has no public way to change a whole frame in place
