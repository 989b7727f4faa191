"""The learner's side of sealed tests: looks names up, calls them, and sends plain data back.

It runs in the learner's process and is not trusted: whatever it answers counts as what the learner's code answered. It
speaks over the kernel's own stdin channel: an input request carries an answer out, the reply brings the next question.
"""

import builtins
import contextlib
import io
import json
import operator
import time
from collections.abc import Mapping
from typing import Any

from nexus_server.grading.remote.kinds import NotWholeError, WireError
from nexus_server.grading.remote.sharing import Content, mutable_objects
from nexus_server.grading.remote.special_methods import ARITHMETIC, IN_PLACE, special_methods_of
from nexus_server.grading.remote.wire import Codec, written

MAX_PRINTED = 100_000
BATCH = 256
#: seconds for items beside the one that was asked for
BATCH_S = 0.05
#: of an exception
MAX_ATTRIBUTES = 20
#: exceptions that a test can name without the learner's notebook: found by module and name on the other side
PLAIN_MRO = 20

COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")
OPERATORS = (*COMPARISONS, *ARITHMETIC, *IN_PLACE, "neg", "pos", "invert")
OPERATIONS: dict[str, Any] = {
    "len": len,
    "iter": iter,
    "str": str,
    "repr": repr,
    "bool": bool,
    "int": int,
    "float": float,
    "index": operator.index,
    "hash": hash,
    "abs": abs,
    "reversed": reversed,
    "round": round,
    "format": format,
    "contains": operator.contains,
    "getitem": operator.getitem,
    "setitem": operator.setitem,
    "delitem": operator.delitem,
    "getattr": getattr,
    "setattr": setattr,
    "delattr": delattr,
    "isinstance": isinstance,
    "issubclass": issubclass,
    "enter": lambda value: type(value).__enter__(value),
    "exit": lambda value, *details: type(value).__exit__(value, *details),
    **{name: getattr(operator, name) for name in OPERATORS},
}


class Agent(Codec):
    """Answers questions about one notebook's namespace."""

    def __init__(self, shell: Any, asked_for: list[str], given: list[str]) -> None:
        """`shell` is IPython's; `asked_for` names the classes that the assignment defines, `given` the instructor's."""
        super().__init__()
        self.kept_classes = frozenset(asked_for)
        self.given_classes = frozenset(given)
        self._shell = shell
        self._objects: list[Any] = []
        self._numbers: dict[int, int] = {}
        #: what iterators raised after items that are still on their way
        self._raised: dict[int, Exception] = {}

    def namespace(self) -> Mapping[str, Any]:
        """Return the learner's names."""
        names: Mapping[str, Any] = self._shell.user_ns
        return names

    # --- references ---

    def reference(self, value: Any) -> dict[str, Any]:
        """Keep an object here and describe it."""
        number = self._numbers.get(id(value))
        if number is None:
            number = self._numbers[id(value)] = len(self._objects)
            self._objects.append(value)
        kind = type(value)
        found: dict[str, Any] = {"t": "ref", "id": number, "type": kind.__name__, "module": str(kind.__module__)}
        if isinstance(value, type):
            found.update(kind="class", name=value.__name__, home=str(value.__module__))
            if issubclass(value, BaseException):
                found.update(kind="exception", mro=self._mro(value))
        else:
            found.update(kind="object", has=special_methods_of(value))
        return found

    def _mro(self, exception: type) -> list[dict[str, Any]]:
        """Describe an exception class by its bases: the notebook's own by reference, others by module and name."""
        mro: list[dict[str, Any]] = []
        for base in exception.__mro__[:PLAIN_MRO]:
            entry: dict[str, Any] = {"module": str(base.__module__), "name": base.__name__}
            if base.__module__ != "builtins":
                entry["id"] = self._numbers.setdefault(id(base), len(self._objects))
                if entry["id"] == len(self._objects):
                    self._objects.append(base)
            mro.append(entry)
        return mro

    def dereference(self, payload: dict[str, Any]) -> Any:
        """Find a kept object, or stand in for a function of the other side."""
        if "callback" in payload:
            return self._callback(payload["callback"])
        return self._objects[payload["id"]]

    def _callback(self, number: int) -> Any:
        def callback(*args: Any, **kwargs: Any) -> Any:
            asked = {"callback": number, "a": self.encode(list(args)), "k": self.encode(kwargs)}
            answer = json.loads(self._ask(written(asked)))
            if "error" in answer:
                raise self._test_error(answer)
            return self.decode(answer["ok"])

        return callback

    def _test_error(self, answer: dict[str, Any]) -> BaseException:
        """Make what a function of the test raised."""
        known: type[BaseException] = getattr(builtins, str(answer["error"]), RuntimeError)
        try:
            return known(*self.decode(answer["args"]))
        except (KeyError, TypeError):
            return known(answer.get("text", ""))

    # --- questions ---

    def serve(self) -> None:
        """Answer until told to stop."""
        answer = '{"ready":true}'
        while (question := self._ask(answer)) != "stop":
            answer = self._answer(json.loads(question))

    def _ask(self, text: str) -> str:
        return str(self._shell.kernel.raw_input(text))

    def _answer(self, question: dict[str, Any]) -> str:
        printed = io.StringIO()
        answer: dict[str, Any] = {}
        try:
            with contextlib.redirect_stdout(printed):
                answer = self._do(question)
        except NotWholeError as exc:
            answer = {"not_whole": str(exc)}
        except WireError as exc:
            answer = {"failed": str(exc)}
        except BaseException as exc:  # noqa: BLE001  whatever the learner's code raises is the answer, exits included
            answer = {"error": self._error(exc)}
        if text := printed.getvalue():
            answer["out"] = text[:MAX_PRINTED]
        try:
            return written(answer)
        except NotWholeError as exc:
            return written({"not_whole": str(exc)})

    def _do(self, question: dict[str, Any]) -> dict[str, Any]:
        what = question["do"]
        if what == "names":
            return self._names(question["names"])
        if what == "present":
            return {"names": [name for name in question["names"] if name in self._shell.user_ns]}
        if what == "next":
            return self._next(int(question["id"]), int(question["count"]))
        args, kwargs = self.decode(question["a"])
        known = mutable_objects([*args, *kwargs.values()], self.kept_classes)
        before = self._contents(known)
        function = self._objects[question["id"]] if what == "call" else OPERATIONS[what]
        try:
            result = function(*args, **kwargs)
        except WireError:
            raise
        except BaseException as exc:  # noqa: BLE001  whatever the learner's code raises is the answer, exits included
            return {"error": self._error(exc), **self._told(None, known, before)}
        return self._told(result, known, before)

    def _names(self, names: list[str]) -> dict[str, Any]:
        """Write the objects of names together; where one cannot cross, each by itself."""
        found = {name: self._shell.user_ns[name] for name in names if name in self._shell.user_ns}
        try:
            return {"all": list(found), "ok": self.encode(list(found.values()))}
        except WireError:
            return {"names": {name: self._name(value) for name, value in found.items()}}

    def _name(self, value: Any) -> dict[str, Any]:
        try:
            return {"ok": self.encode(value)}
        except NotWholeError as exc:
            return {"not_whole": str(exc)}
        except WireError as exc:
            return {"failed": str(exc)}

    def _next(self, number: int, count: int) -> dict[str, Any]:
        """Take the next items; an exception waits until the items before it were fetched."""
        iterator, items = self._objects[number], list[Any]()
        if number in self._raised:
            raise self._raised.pop(number)
        until = time.monotonic() + BATCH_S
        while len(items) < min(count, BATCH) and (not items or time.monotonic() < until):
            try:
                items.append(self.encode(next(iterator)))
            except StopIteration:
                return {"items": items, "end": True}
            except NotWholeError:
                raise
            except Exception as exc:  # noqa: BLE001  whatever the learner's iterator raises is its answer, in its turn
                # A generator that raised is over: it would not raise again.
                self._raised[number] = exc
                break
        if not items and number in self._raised:
            raise self._raised.pop(number)
        return {"items": items, "end": False}

    def _contents(self, known: list[Any]) -> list[str]:
        """Return what is in each of the objects that a call may change, to see later whether it did."""
        return [json.dumps(payload) for payload in self.encode([Content(each) for each in known], known)]

    def _told(self, result: Any, known: list[Any], before: list[str]) -> dict[str, Any]:
        """Answer with a result, and with what is now in the objects that were changed."""
        after = self._contents(known)
        changed = [number for number, text in enumerate(after) if text != before[number]]
        told = [result, *(Content(known[number]) for number in changed)]
        return {"ok": self.encode(told, known), "changed": changed}

    def _error(self, exc: BaseException) -> dict[str, Any]:
        """Describe an exception: class, arguments, text, and attributes that are plain data."""
        answer: dict[str, Any] = {"class": self.reference(type(exc)), "text": _text(exc), "args": [], "attrs": {}}
        with contextlib.suppress(WireError):
            answer["args"] = self.encode(list(exc.args))
        for name in _attributes(exc)[:MAX_ATTRIBUTES]:
            # A learner's property may raise whatever it likes: then there is no such attribute.
            with contextlib.suppress(Exception):
                answer["attrs"][name] = self.encode(getattr(exc, name))
        return answer


def _attributes(exc: BaseException) -> list[str]:
    """Name what an exception carries: what was set, and what its notebook's classes give it."""
    kinds = [kind for kind in type(exc).__mro__ if kind.__module__ == "__main__"]
    names = [*vars(exc), *(name for kind in kinds for name in vars(kind))]
    return [name for name in dict.fromkeys(map(str, names)) if not name.startswith("_")]


def _text(exc: BaseException) -> str:
    try:
        return str(exc)[:2000]
    except Exception:  # noqa: BLE001  a learner's own __str__ may fail
        return ""
