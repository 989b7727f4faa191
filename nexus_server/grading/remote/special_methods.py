"""The special methods of a learner's object: what stands for it has the same ones, so that it can do no more.

`len(x)`, `callable(x)`, `hasattr(x, "__len__")` and `isinstance(x, Iterable)` say of it what they say of the object.
"""

from typing import Any

#: binary operators of the `operator` module that cross as questions
ARITHMETIC = (
    "add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and_", "or_", "xor", "lshift", "rshift",
)  # fmt: skip
IN_PLACE = tuple(f"i{name.strip('_')}" for name in ARITHMETIC)
UNARY = ("len", "bool", "int", "float", "index", "abs", "neg", "pos", "invert", "reversed", "hash")
ITEMS = ("getitem", "setitem", "delitem", "contains")
OTHERS = ("call", "iter", "next", "enter", "exit", "round")


def method_name(operation: str) -> str:
    """Return the special method of an operation."""
    return f"__{operation.strip('_')}__"


#: methods that not every object has
SPECIAL = frozenset(
    {method_name(name) for name in (*UNARY, *ITEMS, *OTHERS, *ARITHMETIC, *IN_PLACE)}
    | {f"__r{name.strip('_')}__" for name in ARITHMETIC}
)


def special_methods_of(value: Any) -> list[str]:
    """Name those that an object's class has; one that is None says that there is none."""
    # `getattr` would find those of the class's own class: every class can be called.
    found = {name: method for base in reversed(type(value).__mro__) for name, method in vars(base).items()}
    return sorted(name for name in SPECIAL if found.get(name) is not None)
