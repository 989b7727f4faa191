"""What plain code may name: builtins, modules with their members, and members of objects. See `plain_code`."""

import builtins
import importlib
from functools import cache
from types import ModuleType


def words(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


#: builtins that lead to the process, run text, make classes, or reach members by text
UNPLAIN_BUILTINS = words(
    """eval exec compile getattr setattr delattr globals locals vars type super open input breakpoint object property
    classmethod staticmethod exit quit copyright credits license help memoryview"""
)
PLAIN_BUILTINS = frozenset(name for name in vars(builtins) if name[0] != "_") - UNPLAIN_BUILTINS

#: modules of data and arithmetic whose public members are plain, but for those that change what others compute, set
#: members by text, or make classes
STANDARD = {
    "array": "",
    "bisect": "",
    "calendar": "setfirstweekday",
    "cmath": "",
    "collections": "",
    "copy": "",
    "csv": "register_dialect unregister_dialect field_size_limit",
    "datetime": "",
    "decimal": "getcontext setcontext localcontext DefaultContext BasicContext ExtendedContext",
    "fractions": "",
    "functools": """update_wrapper wraps total_ordering singledispatch singledispatchmethod partialmethod
        cached_property""",
    "heapq": "",
    "http": "",
    "ipaddress": "",
    "itertools": "",
    "json": "",
    "math": "",
    "pathlib": "Path PosixPath WindowsPath UnsupportedOperation",
    "random": "",
    "re": "",
    "statistics": "",
    "string": "Formatter",
    "time": "",
    "urllib.parse": "",
    "uuid": "",
    "zoneinfo": "reset_tzpath",
}
#: libraries that are not installed beside the grader, and parts of modules
LISTED = {
    "typing": """Any Callable Dict FrozenSet Generator Iterable Iterator List Mapping Optional Sequence Set Tuple
        Union""",
    "urllib": "",
    "collections.abc": """Callable Collection Container Generator Hashable Iterable Iterator Mapping MutableMapping
        MutableSequence MutableSet Sequence Set Sized""",
    "numpy": """abs absolute add all allclose amax amin angle any append apply_along_axis arange arccos arcsin arctan
        arctan2 argmax argmin argpartition argsort argwhere around array array_equal array_equiv array_split asarray
        asfarray atleast_1d atleast_2d average bincount bitwise_and bitwise_or bool bool_ broadcast_to c_ cbrt ceil
        choose clip column_stack complex128 complex64 compress concatenate convolve copy corrcoef cos cosh
        count_nonzero cov cross cumprod cumsum datetime64 deg2rad degrees delete diag diagonal diff digitize divide
        divmod dot double dsplit dstack dtype e ediff1d einsum empty empty_like equal exp exp2 expand_dims expm1 extract
        eye fabs false_divide finfo fix flatnonzero flip fliplr flipud float16 float32 float64 float_power floor
        floor_divide fmax fmin fmod full full_like gcd geomspace gradient greater greater_equal heaviside histogram
        histogram2d hsplit hstack hypot identity iinfo in1d indices inf inner insert int16 int32 int64 int8 int_ interp
        intersect1d inv invert isclose isfinite isin isinf isnan isreal isscalar issubdtype kron lcm less less_equal
        linspace log log10 log1p log2 logaddexp logical_and logical_not logical_or logical_xor logspace matmul matrix
        max maximum mean median meshgrid min minimum mod moveaxis multiply nan nan_to_num nanargmax nanargmin nanmax
        nanmean nanmedian nanmin nanpercentile nanprod nanquantile nanstd nansum nanvar ndarray ndenumerate ndim
        ndindex negative newaxis nonzero not_equal ones ones_like outer pad partition percentile pi piecewise poly
        poly1d polyadd polyder polydiv polyfit polyint polymul polysub polyval power prod ptp quantile r_ rad2deg
        radians ravel real reciprocal remainder repeat reshape resize rint roll rollaxis roots rot90 round row_stack
        searchsorted select setdiff1d setxor1d shape sign signbit sin sinc sinh size sort split sqrt square squeeze
        stack std str_ subtract sum swapaxes take tan tanh tensordot tile timedelta64 trace transpose trapezoid trapz
        tri tril trim_zeros triu true_divide trunc uint16 uint32 uint64 uint8 union1d unique unravel_index unwrap
        vander var vdot vectorize vsplit vstack where zeros zeros_like""",
    "numpy.linalg": """cholesky cond det eig eigh eigvals eigvalsh inv lstsq matrix_power matrix_rank norm pinv qr solve
        svd trace""",
    "numpy.random": """RandomState beta binomial choice default_rng exponential gamma normal permutation poisson rand
        randint randn random random_sample sample seed shuffle standard_normal triangular uniform""",
    "numpy.ma": """MaskedArray array masked masked_array masked_equal masked_greater masked_inside masked_invalid
        masked_less masked_outside masked_where""",
    "numpy.fft": "fft fftfreq fftshift ifft irfft rfft rfftfreq",
    "numpy.char": """add capitalize center count endswith find lower lstrip replace rstrip split startswith strip
        title upper""",
    "numpy.polynomial": "Polynomial",
    "pandas": """BooleanDtype Categorical CategoricalDtype CategoricalIndex DataFrame DateOffset DatetimeIndex
        DatetimeTZDtype Float64Dtype Grouper Index IndexSlice Int64Dtype Interval IntervalIndex MultiIndex NA NaT
        NamedAgg Period PeriodIndex RangeIndex Series StringDtype Timedelta TimedeltaIndex Timestamp array bdate_range
        concat crosstab cut date_range factorize from_dummies get_dummies infer_freq interval_range isna isnull melt
        merge merge_asof merge_ordered notna notnull period_range pivot pivot_table qcut timedelta_range to_datetime
        to_numeric to_timedelta unique value_counts wide_to_long""",
}
#: members that read files, plain where no file is the tests' own
READERS = {
    "numpy": "genfromtxt loadtxt",
    "pandas": "read_csv read_excel read_fwf read_json read_table",
}

#: members of objects that run text, reach members by text, or write; and those of frames, code and coroutines
UNPLAIN_MEMBERS = words(
    """eval query plot hist boxplot style save savez savetxt tofile fromfile dump dumps write writelines unlink
    write_text write_bytes touch mkdir rmdir chmod symlink_to hardlink_to open format_map mro register ctypes setflags
    """
)
UNPLAIN_PREFIXES = ("_", "ag_", "co_", "cr_", "f_", "func_", "gi_", "tb_")
#: members that begin with `to_` write files, but for these
CONVERTERS = words(
    """to_bytes to_datetime64 to_dict to_eng_string to_flat_index to_frame to_integral to_integral_exact
    to_integral_value to_julian_date to_list to_numpy to_period to_pydatetime to_pytimedelta to_records to_series
    to_timedelta64 to_timestamp"""
)
#: members that take the name of another member as text, with arguments for it
BY_TEXT = frozenset(["agg", "aggregate", "apply", "transform"])
#: methods that change their object
CHANGING = words(
    """add append appendleft clear difference_update discard extend extendleft fill insert intersection_update itemset
    move_to_end pop popitem popleft put remove resize reverse rotate setdefault sort subtract
    symmetric_difference_update update"""
)


@cache
def members(module: str) -> frozenset[str]:
    """Return the plain members of a module; none of one that is not known."""
    if module in LISTED:
        return frozenset(LISTED[module].split())
    return _public(module) - frozenset(STANDARD[module].split()) if module in STANDARD else frozenset()


@cache
def readers(module: str) -> frozenset[str]:
    """Return the members of a module that read files."""
    return frozenset(READERS.get(module, "").split())


def is_module(path: str) -> bool:
    """Whether a module is one whose members are known."""
    return path in LISTED or path in STANDARD


def _public(name: str) -> frozenset[str]:
    """Return what a module offers: what it says so of, else what it defines, and nothing that it only imported."""
    module = importlib.import_module(name)
    offered = getattr(module, "__all__", None) or [
        each
        for each, value in vars(module).items()
        if not isinstance(value, ModuleType) and getattr(value, "__module__", name) in (name, None, f"_{name}")
    ]
    return frozenset(each for each in offered if not each.startswith("_"))
