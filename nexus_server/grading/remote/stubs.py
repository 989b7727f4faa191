"""What stands for the learner's objects where tests run: every use is a question to the learner's process.

Answers are plain data, so `==`, `<`, `isinstance(x, int)` and the like happen here, on real Python objects. An object
of a class that the assignment does not ask for takes part in no comparison and no arithmetic: its own operators would
see the expected value and could answer what pleases.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, Protocol, TypeVar

from nexus_server.grading.remote.special_methods import ARITHMETIC, IN_PLACE, method_name

#: attributes with two underscores that tests may read from the learner's objects
READABLE = frozenset({"__name__", "__qualname__", "__doc__", "__module__", "__annotations__", "__defaults__"})
#: items of an iterator that are asked for one by one: the next might take forever, or do something
SINGLE_ITEMS = 16
MAX_BATCH = 256
T = TypeVar("T")


class Questions(Protocol):
    """How the learner's process is asked."""

    def operate(self, what: str, *args: Any) -> Any:
        """Apply an operation there."""

    def call(self, number: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call an object there."""

    def batch(self, number: int, count: int) -> tuple[list[Any], bool]:
        """Take the next items of an iterator there, and say whether that was the end."""


class BorderError(TypeError):
    """A value could not cross the border; to the test it looks like a wrong type."""


class NotWholeValueError(BaseException):
    """A value could not cross whole: the test has to run where the value is, whatever it catches."""


class Unpassable:
    """A learner's object that cannot cross: using it fails as a wrong type would."""

    def __init__(self, name: str) -> None:
        """Remember the name for the error."""
        self._name = name

    def __getattr__(self, name: str) -> Any:
        """Fail."""
        raise BorderError(f"{self._name} is too large or too deep to be checked")


class Stub:
    """What all stubs share: which object they stand for."""

    _side: Questions
    _number: int
    _name: str
    _known: bool

    def __init__(self, side: Questions, number: int, name: str, *, known: bool) -> None:
        """`known` says that the assignment asks for this class."""
        for key, value in {"_side": side, "_number": number, "_name": name, "_known": known}.items():
            object.__setattr__(self, key, value)

    def __getattr__(self, name: str) -> Any:
        """Read an attribute over there; never the special ones by which libraries probe objects."""
        if name.startswith("_nexus") or (name.startswith("__") and name.endswith("__") and name not in READABLE):
            raise AttributeError(name)
        return self._side.operate("getattr", self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        """Set an attribute over there."""
        self._side.operate("setattr", self, name, value)

    def __delattr__(self, name: str) -> None:
        """Delete an attribute over there."""
        self._side.operate("delattr", self, name)

    def __repr__(self) -> str:
        """Show what it shows over there."""
        return str(self._side.operate("repr", self))


class ClassStub(Stub):
    """A learner's class."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Make an object over there."""
        return self._side.call(self._number, args, kwargs)

    def __instancecheck__(self, instance: Any) -> bool:
        """Only what lives over there can be an instance, and a named tuple that came from there."""
        may_be = isinstance(instance, Stub) or (hasattr(instance, "_fields") and type(instance).__name__ == self._name)
        return may_be and self._side.operate("isinstance", instance, self) is True

    def __subclasscheck__(self, subclass: Any) -> bool:
        """As `__instancecheck__`."""
        return isinstance(subclass, ClassStub) and self._side.operate("issubclass", subclass, self) is True


class ObjectStub(Stub):  # noqa: PLW1641  `__hash__` is among the special methods, where the object has it
    """A learner's object of any other kind, with what every object has; see `object_stub` for the rest."""

    def __init__(self, side: Questions, number: int, name: str, *, known: bool) -> None:
        """Start with no items fetched."""
        super().__init__(side, number, name, known=known)
        for key, value in {"_items": [], "_taken": 0, "_ended": False}.items():
            object.__setattr__(self, key, value)

    def __eq__(self, other: object) -> Any:
        """Compare over there, where the class is one that the assignment asks for and does not equal just anything."""
        if self is other:
            return True
        if not _comparable(self, other) or _equals_anything(self):
            return False
        return _plain(self._side.operate("eq", self, other), bool)

    def __ne__(self, other: object) -> Any:
        """Negate `==`."""
        return not self == other

    def __format__(self, spec: str) -> str:
        """Format over there."""
        return _plain(self._side.operate("format", self, spec), str)


class SpecialMethods(ObjectStub):
    """What objects can have beside that: `object_stub` takes from here what one has."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the object over there."""
        return self._side.call(self._number, args, kwargs)

    def __iter__(self) -> Iterator[Any]:
        """Iterate over there."""
        found = self._side.operate("iter", self)
        return found if isinstance(found, ObjectStub) else iter(found)

    def __next__(self) -> Any:
        """Take the next item; who takes many gets a few ahead."""
        items: list[Any] = object.__getattribute__(self, "_items")
        if not items:
            if object.__getattribute__(self, "_ended"):
                raise StopIteration
            taken = object.__getattribute__(self, "_taken")
            count = 1 if taken < SINGLE_ITEMS else min(taken, MAX_BATCH)
            fetched, ended = self._side.batch(self._number, count)
            object.__setattr__(self, "_taken", taken + len(fetched))
            object.__setattr__(self, "_ended", ended)
            items.extend(fetched)
            if not items:
                raise StopIteration
        return items.pop(0)

    def __reversed__(self) -> Iterator[Any]:
        """Iterate backwards over there."""
        found = self._side.operate("reversed", self)
        return found if isinstance(found, ObjectStub) else iter(found)

    def __enter__(self) -> Any:
        """Enter the context over there."""
        return self._side.operate("enter", self)

    def __exit__(self, *details: object) -> bool:
        """Leave the context over there; a test's own exception stays here."""
        return self._side.operate("exit", self, None, None, None) is True

    def __bool__(self) -> bool:
        """Ask over there."""
        return self._side.operate("bool", self) is True

    def __hash__(self) -> int:
        """Ask over there."""
        return _plain(self._side.operate("hash", self), int)

    def __round__(self, *digits: int) -> Any:
        """Round over there."""
        return self._side.operate("round", self, *digits)

    def __contains__(self, item: object) -> bool:
        """Look inside over there; where the item may be the expected value, it is compared here with each."""
        if not _comparable(self, item):
            return any(each is item or each == item for each in self)
        return self._side.operate("contains", self, item) is True


@lru_cache(maxsize=256)
def object_stub(name: str, has: frozenset[str]) -> type[ObjectStub]:
    """Return the class of what stands for an object whose class has this name and these special methods."""
    methods = {key: value for key, value in vars(SpecialMethods).items() if key in has}
    # A new class has a docstring of its own, which would answer for the learner's.
    return type(name, (ObjectStub,), {"__module__": "__main__", "__doc__": vars(ObjectStub)["__doc__"], **methods})


def _comparable(left: Any, right: Any) -> bool:
    """Whether operators with another operand may be asked: that operand may be the expected value."""
    return any(isinstance(side, ObjectStub) and object.__getattribute__(side, "_known") for side in (left, right))


def _equals_anything(stub: ObjectStub) -> bool:
    """Whether an object claims to equal something that it has never seen."""
    import secrets

    token = secrets.token_hex(8)
    try:
        return stub._side.operate("eq", stub, token) is True  # noqa: SLF001  the same module's class
    except Exception:  # noqa: BLE001  a learner's __eq__ that only knows its own kind may raise
        return False


def _plain(value: Any, kind: type[T]) -> T:
    if not isinstance(value, kind):
        raise BorderError(f"expected {kind.__name__}")
    return value


def _unary(what: str, kind: type | None = None) -> Callable[[Any], Any]:
    def method(self: ObjectStub) -> Any:
        value = self._side.operate(what, self)
        return value if kind is None else _plain(value, kind)

    return method


def _binary(what: str, *, swapped: bool = False, kind: type | None = None) -> Callable[[Any, Any], Any]:
    def method(self: ObjectStub, other: Any) -> Any:
        if not _comparable(self, other):
            raise BorderError(f"unsupported operand for {what}")
        args = (other, self) if swapped else (self, other)
        value = self._side.operate(what, *args)
        return value if kind is None else _plain(value, kind)

    return method


def _item(what: str) -> Callable[..., Any]:
    return lambda self, *args: self._side.operate(what, self, *args)


ObjectStub.__str__ = _unary("str", str)  # type: ignore[method-assign]
for _name, _kind in {"len": int, "int": int, "float": float, "index": int, "abs": None}.items():
    setattr(SpecialMethods, f"__{_name}__", _unary(_name, _kind))
for _name in ("neg", "pos", "invert"):
    setattr(SpecialMethods, f"__{_name}__", _unary(_name))
for _name in ("lt", "le", "gt", "ge"):
    setattr(ObjectStub, f"__{_name}__", _binary(_name, kind=bool))
for _name in ARITHMETIC:
    setattr(SpecialMethods, method_name(_name), _binary(_name))
    setattr(SpecialMethods, f"__r{_name.strip('_')}__", _binary(_name, swapped=True))
for _name in IN_PLACE:
    setattr(SpecialMethods, method_name(_name), _binary(_name))
for _name in ("getitem", "setitem", "delitem"):
    setattr(SpecialMethods, f"__{_name}__", _item(_name))
for _stub in (ClassStub, ObjectStub):
    # A class's own docstring would answer for the learner's.
    _stub.__doc__ = property(lambda self: self._side.operate("getattr", self, "__doc__"))  # type: ignore[assignment]
