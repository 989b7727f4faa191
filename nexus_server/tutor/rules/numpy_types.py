"""Rules for NumPy: shapes, positions and types of arrays."""

import re
from collections.abc import Mapping

from nexus_server.phrases import phrase
from nexus_server.tutor.failure import Failure
from nexus_server.tutor.rules.rule import Rule, code


def _on_array_line(failure: Failure, _match: re.Match[str]) -> Mapping[str, str] | None:
    return {} if "np." in failure.bad_line or "/numpy/" in failure.traceback else None


def _array_attribute(failure: Failure, match: re.Match[str]) -> Mapping[str, str] | None:
    others = {
        "append": phrase("`np.append` gives a new array; a list grows with `.append`"),
        "length": phrase("`len(...)` or `.size`"),
        "count": "`np.count_nonzero(...)`",
        "index": "`np.where(...)`",
        "remove": phrase("`np.delete(...)`, or a condition in square brackets"),
        "extend": "`np.concatenate([...])`",
        "median": "`np.median(...)`",
        "insert": "`np.insert(...)`",
        "pop": phrase("a slice such as `a[:-1]`"),
    }
    if "subplots" in failure.cell_source:
        return None
    return {
        "similar": others.get(
            match["name"], phrase("Type the array's name and a dot, then press Tab, to see what it has")
        )
    }


_SHAPES = "arrays and shapes (NumPy)"
_TYPES = "types of columns and arrays"
RULES = (
    Rule(
        id="array-ragged",
        enames=("ValueError",),
        pattern=r"inhomogeneous shape|setting an array element with a sequence",
        concept=_SHAPES,
        facts=lambda f, _m: None if "plt." in f.bad_line else {},
        means="An array is made or filled {where} from rows of different lengths, or a list stands where one "
        "number fits.",
        look="{look} Print `len(...)` of each row: all rows need the same number of items.",
        step="Fill the short rows up, or keep the rows in an ordinary list.",
    ),
    Rule(
        id="array-arguments",
        enames=("TypeError",),
        pattern=r"^array\(\) takes|Cannot interpret '(?P<got>.+?)' as a data type|only integer scalar arrays "
        r"can be converted",
        concept=_SHAPES,
        means="A function of NumPy {where} gets several values where it takes one list or one shape.",
        look="{look} Which values belong together? They go into one pair of brackets of their own.",
        step="Items stand in square brackets, a shape in round ones: one argument for all of them.",
    ),
    Rule(
        id="array-position-type",
        enames=("IndexError",),
        pattern=r"only integers, slices|arrays used as indices must be of integer",
        concept=_SHAPES,
        means="A position in an array {where} is not a whole number.",
        look="{look} What is inside the square brackets, and what is its type? A result of `/` is a decimal number.",
        step="Use `//` or `int(...)` for a whole position. Names belong to tables, not to arrays.",
    ),
    Rule(
        id="array-join",
        enames=("ValueError",),
        pattern=r"all the input array|must have same number of dimensions|arrays must have same|all input "
        r"arrays must have",
        concept=_SHAPES,
        means="Arrays are put together {where}, but their shapes do not fit beside each other.",
        look="{look} Print `.shape` of each. Along the other axes the sizes must be equal.",
        step="Check along which axis they should be joined, and reshape the one that differs.",
    ),
    Rule(
        id="array-mask",
        enames=("IndexError",),
        pattern=r"boolean index did not match",
        concept=_SHAPES,
        means="Items are chosen {where} by a list of true and false that has another length than the array.",
        look="{look} Print `.shape` of the array and of the condition.",
        step="Make the condition from the same array, so that there is one answer for each item.",
    ),
    Rule(
        id="matrix-singular",
        enames=("LinAlgError",),
        pattern=r"",
        concept=_SHAPES,
        means="The matrix {where} cannot be used in this way: it has no inverse, or it is not square.",
        look="{look} Print the matrix and its `.shape`. Is one row a multiple of another?",
        step="Check how the matrix is built. `np.linalg.lstsq` finds the best answer where there is no exact one.",
    ),
    Rule(
        id="array-empty",
        enames=("ValueError",),
        pattern=r"zero-size array to reduction|attempt to get arg(?:max|min) of an empty|need at least one array",
        concept=_SHAPES,
        means="The largest, smallest or joined item {where} is asked of an array without items.",
        look="{look} Print `.size` before this line. Why is nothing left?",
        step="Decide what should happen without items, and ask for that case first: `if a.size == 0:`.",
    ),
    Rule(
        id="array-attribute",
        enames=("AttributeError",),
        pattern=r"'numpy\.ndarray' object has no attribute '(?P<name>\w+)'",
        concept=_SHAPES,
        facts=_array_attribute,
        means="The value {where} is a NumPy array, and an array has no {name}.",
        look="{look} Arrays differ from lists: {similar}.",
        step="Use what NumPy has for it, or turn the array into a list with `.tolist()`.",
    ),
    Rule(
        id="array-count",
        enames=("TypeError",),
        pattern=r"'(?P<type>float|str)' object cannot be interpreted as an integer",
        concept=_SHAPES,
        facts=_on_array_line,
        means="A number of items or a size {where} has to be whole.",
        look="{look} Which of the arguments is a count, and what is its type?",
        step="Use `//` for a whole result, or `int(...)` around the number.",
    ),
    Rule(
        id="array-no-items",
        enames=("TypeError",),
        pattern=r"of unsized object|iteration over a 0-d array|0-dimensional arrays can be converted"
        r"|only (?:length-1|size-1) arrays",
        concept=_SHAPES,
        means="One number and an array of several are mixed up {where}.",
        look="{look} Print `.shape`: `()` is a single number, `(3,)` an array of three.",
        step="Put a single number into square brackets to make an array of it, or take one item out of an array.",
    ),
    Rule(
        id="array-shapes-other",
        enames=("ValueError", "TypeError"),
        pattern=r"equal division|shapes of a and weights|axes don't match|cannot resize|bad axis|sum to 1"
        r"|larger sample than population|'a' and 'p' must have same size|same length|must be 1-dimensional",
        concept=_SHAPES,
        facts=_on_array_line,
        means="The sizes of what NumPy gets {where} do not go together.",
        look="{look} Print `.shape` or `len(...)` of each argument, and read the message: it names the rule.",
        step="Change the argument that does not keep to that rule.",
    ),
    Rule(
        id="array-of-text",
        enames=("UFuncTypeError", "UFuncNoLoopError", "_UFuncNoLoopError", "TypeError", "UFuncBinaryResolutionError"),
        pattern=r"ufunc '(?P<ufunc>\w+)' (?:did not contain a loop|not supported for the input types)"
        r"|resolved dtypes are not compatible with (?P<ufunc2>\w+)|cannot perform (?P<ufunc3>\w+) with flexible type",
        concept=_TYPES,
        facts=lambda _f, m: {"ufunc": code(m["ufunc"] or m["ufunc2"] or m["ufunc3"])},
        means="{ufunc} {where} has no meaning for items of this type: most often they are texts, not numbers.",
        look="{look} Print `.dtype` of each array. `<U` and `str` are texts, `object` may be anything.",
        step="Convert the texts with `.astype(float)`, or find out why the array does not hold numbers.",
    ),
    Rule(
        id="array-cast",
        enames=("UFuncTypeError", "UFuncOutputCastingError", "_UFuncOutputCastingError", "TypeError"),
        pattern=r"Cannot cast (?:ufunc '(?P<ufunc>\w+)' output|array data) from dtype\('(?P<given>[^']+)'\) to "
        r"dtype\('(?P<kept>[^']+)'\)",
        concept=_TYPES,
        means="The result {where} is of type {given}, but the array that should take it in holds {kept}.",
        look="{look} An array keeps its type; `+=` and its relatives put the result back into the same array.",
        step="Make a new array (`a = a + ...`), or make the array with decimal numbers from the start.",
    ),
    Rule(
        id="array-out-of-bounds",
        enames=("OverflowError",),
        pattern=r"Python integer (?P<value>-?\d+) out of bounds for (?P<type>\w+)",
        concept=_TYPES,
        means="The number {value} {where} does not fit into an array of type {type}.",
        look="{look} A `uint8` holds 0 to 255, an `int8` -128 to 127.",
        step="Choose a larger type, such as `np.int64`, or bring the numbers into the range first.",
    ),
    Rule(
        id="array-item-type",
        enames=("ValueError", "TypeError"),
        pattern=r"invalid literal for int\(\) with base 10: (?P<value>.*)|could not convert string to float: "
        r"(?P<value2>.*)"
        r"|cannot convert float NaN to integer",
        concept=_TYPES,
        facts=lambda f, m: (
            {"value": code(m["value"] or m["value2"] or "nan")}
            if re.search(r"\bnp\.|\.astype\(", f.bad_line)
            or (re.search(r"^\w+\[", f.bad_line) and "np.array" in f.cell_source)
            else None
        ),
        means="{value} {where} cannot become a number of the array's type.",
        look="{look} Print the array's `.dtype`. All items of an array have that one type.",
        step="Convert or leave out what is no such number; `nan` needs an array of decimal numbers.",
    ),
    Rule(
        id="array-type-name",
        enames=("TypeError",),
        pattern=r"data type (?P<name>.+?) not understood",
        concept=_TYPES,
        means="NumPy knows no type called {name}; it is named {where}.",
        look="{look} Types are `int`, `float`, `bool`, `str`, or with their size `np.int64`, `np.float32`.",
        step="Use one of these names.",
    ),
    Rule(
        id="array-operator-type",
        enames=("TypeError", "ValueError"),
        pattern=r"numpy boolean (?:negative|subtract)|Integers to negative integer powers",
        concept=_TYPES,
        means="An operator {where} does not exist for arrays of this type.",
        look="{look} Print `.dtype`. True and false are turned round with `~`, not with `-`.",
        step="Use the operator for this type, or convert the array first, for example with `.astype(float)`.",
    ),
)
