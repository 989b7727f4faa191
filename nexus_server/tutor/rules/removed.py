"""Names that NumPy, pandas and matplotlib no longer have, and what stands in their place."""

import re
from collections.abc import Mapping

from nexus_server.phrases import gettext_noop, phrase
from nexus_server.tutor.failure import Failure
from nexus_server.tutor.rules.rule import Rule, code, own_words

_NUMPY = {
    "product": "prod",
    "cumproduct": "cumprod",
    "alltrue": "all",
    "sometrue": "any",
    "trapz": "trapezoid",
    "in1d": "isin",
    "row_stack": "vstack",
    "round_": "round",
    "msort": "sort(a, axis=0)",
    "asfarray": "asarray",
    "float": gettext_noop("float64, or float alone"),
    "int": gettext_noop("int64, or int alone"),
    "bool": gettext_noop("bool_, or bool alone"),
    "object": gettext_noop("object_, or object alone"),
    "str": gettext_noop("str_, or str alone"),
    "complex": gettext_noop("complex128, or complex alone"),
    "float_": "float64",
    "complex_": "complex128",
    "unicode_": "str_",
    "string_": "bytes_",
    "bool8": "bool_",
    "long": "int64",
    "unicode": "str_",
    "Inf": "inf",
    "Infinity": "inf",
    "infty": "inf",
    "PINF": "inf",
    "NINF": "-np.inf",
    "NaN": "nan",
    "NAN": "nan",
    "mat": "array",
    "asscalar": "a.item()",
    "find_common_type": "result_type",
    "cast": "asarray(a, dtype=...)",
    "random_integers": "randint",
    "safe_eval": "ast.literal_eval",
    "set_string_function": "set_printoptions",
    "byte_bounds": "lib.array_utils.byte_bounds",
    "DataSource": "lib.npyio.DataSource",
    "ptp": "ptp(a)",
    "itemset": "a[...] = value",
    "fastCopyAndTranspose": "a.T.copy()",
    "disp": "print",
    "issubclass_": "issubclass",
    "obj2sctype": "dtype(...).type",
    "sctype2char": "dtype(...).char",
}
_PANDAS = {
    "append": "pd.concat([...])",
    "ix": gettext_noop(".loc[...] (labels) or .iloc[...] (positions)"),
    "applymap": ".map(...)",
    "iteritems": ".items()",
    "as_matrix": ".to_numpy()",
    "get_value": ".at[...]",
    "set_value": ".at[...] = value",
    "sort": ".sort_values(...)",
    "order": ".sort_values()",
    "lookup": gettext_noop(".loc[...] or .to_numpy()"),
    "mad": "(s - s.mean()).abs().mean()",
    "pad": ".ffill()",
    "backfill": ".bfill()",
    "Panel": gettext_noop("a DataFrame with a MultiIndex"),
    "Int64Index": "pd.Index",
    "Float64Index": "pd.Index",
    "UInt64Index": "pd.Index",
    "TimeGrouper": "pd.Grouper",
    "rolling_mean": ".rolling(...).mean()",
    "rolling_sum": ".rolling(...).sum()",
    "ewma": ".ewm(...).mean()",
    "expanding_mean": ".expanding().mean()",
    "convert_objects": ".infer_objects()",
    "from_items": "pd.DataFrame(dict)",
    "from_csv": "pd.read_csv",
    "tshift": ".shift(freq=...)",
    "slice_shift": ".shift()",
    "is_monotonic": ".is_monotonic_increasing",
    "weekofyear": ".isocalendar().week",
    "week": ".isocalendar().week",
    "iget": ".iloc[...]",
    "irow": ".iloc[...]",
    "icol": ".iloc[:, ...]",
    "swapaxes": ".transpose()",
    "to_dense": ".sparse.to_dense()",
    "select": ".loc[...]",
    "scatter_matrix": "pd.plotting.scatter_matrix",
    "get_values": ".to_numpy()",
    "ftypes": ".dtypes",
    "blocks": ".dtypes",
    "reindex_axis": ".reindex(...)",
    "clip_upper": ".clip(upper=...)",
    "clip_lower": ".clip(lower=...)",
    "iterkv": ".items()",
    "delevel": ".reset_index()",
    "join_axes": ".reindex(...)",
    "sortlevel": ".sort_index(level=...)",
}
_MATPLOTLIB = {
    "get_cmap": "matplotlib.colormaps['name']",
    "register_cmap": "matplotlib.colormaps.register(...)",
    "hold": gettext_noop("nothing: every plot is kept"),
    "spectral": "nipy_spectral",
    "normed": "density",
    "axisbg": "facecolor",
    "finance": gettext_noop("another package"),
    "mlab": "NumPy",
    "set_axis_bgcolor": "set_facecolor",
    "get_axis_bgcolor": "get_facecolor",
    "warn": gettext_noop("the module warnings"),
}
#: arguments that were removed, by the function's own name
_ARGUMENTS = {
    ("fillna", "method"): gettext_noop(".ffill() or .bfill()"),
    ("read_csv", "squeeze"): gettext_noop(".squeeze('columns') behind it"),
    ("read_csv", "error_bad_lines"): "on_bad_lines='skip'",
    ("read_csv", "date_parser"): "date_format=",
    ("hist", "normed"): "density=True",
    ("concat", "join_axes"): gettext_noop(".reindex(...) behind it"),
    ("date_range", "closed"): "inclusive=",
    ("replace", "method"): gettext_noop(".ffill() or .bfill()"),
    ("drop_duplicates", "take_last"): "keep='last'",
    ("sort_values", "columns"): "by=",
    ("groupby", "squeeze"): gettext_noop(".squeeze() behind it"),
    ("groupby", "axis"): gettext_noop(".T before it"),
    ("mean", "level"): ".groupby(level=...).mean()",
    ("sum", "level"): ".groupby(level=...).sum()",
    ("resample", "how"): gettext_noop("a method behind it, such as .mean()"),
    ("pct_change", "fill_method"): gettext_noop(".ffill() before it"),
    ("to_datetime", "infer_datetime_format"): gettext_noop("nothing: it always does so"),
}
_LIBRARIES = {"numpy": _NUMPY, "pandas": _PANDAS, "matplotlib": _MATPLOTLIB}


def _module_name(_failure: Failure, match: re.Match[str]) -> Mapping[str, str] | None:
    library = match["module"].split(".")[0]
    instead = _LIBRARIES.get(library, {}).get(match["name"])
    return {"library": library, "instead": own_words(instead)} if instead else None


def _table_name(_failure: Failure, match: re.Match[str]) -> Mapping[str, str] | None:
    instead = _PANDAS.get(match["name"])
    return {"library": "pandas", "instead": own_words(instead)} if instead else None


def _argument(_failure: Failure, match: re.Match[str]) -> Mapping[str, str] | None:
    instead = _ARGUMENTS.get((match["function"].rpartition(".")[2], match["name"]))
    return {"library": phrase("the library"), "instead": own_words(instead)} if instead else None


def _imported(match: re.Match[str]) -> Mapping[str, str] | None:
    library = match["module2"].split(".")[0]
    instead = _LIBRARIES.get(library, {}).get(match["name2"])
    return {"library": library, "name": code(match["name2"]), "instead": own_words(instead)} if instead else None


_MEANS = "{name} {where} was removed from {library}: older books and pages use it, the version here does not have it."
_LOOK = "{look} In its place stands {instead}."
_STEP = (
    "Look up the name in its place with `help(...)`: what it takes can differ. Then use that one in the whole notebook."
)

RULES = (
    Rule(
        id="removed-told",
        enames=("AttributeError",),
        pattern=r"^`np\.(?P<name>\w+)` was removed in the NumPy (?P<version>[\d.]+) release\.(?: Use "
        r"`(?P<instead>[^`]+)`)?",
        concept="removed names",
        facts=lambda _f, m: {
            "library": "NumPy",
            "instead": own_words(m["instead"] or gettext_noop("what the message says")),
        },
        means=_MEANS,
        look=_LOOK,
        step=_STEP,
    ),
    Rule(
        id="removed-from-module",
        enames=("AttributeError", "ImportError"),
        pattern=r"module '(?P<module>(?:numpy|pandas|matplotlib)[\w.]*)' has no attribute '(?P<name>\w+)'"
        r"|cannot import name '(?P<name2>\w+)' from '(?P<module2>(?:numpy|pandas|matplotlib)[\w.]*)'",
        concept="removed names",
        facts=lambda f, m: _module_name(f, m) if m["module"] else _imported(m),
        means=_MEANS,
        look=_LOOK,
        step=_STEP,
    ),
    Rule(
        id="removed-from-table",
        enames=("AttributeError",),
        pattern=r"'(?P<type>DataFrame|Series|\w*Index|DatetimeProperties|DataFrameGroupBy|SeriesGroupBy)' "
        r"object has no "
        r"attribute '(?P<name>\w+)'|type object '(?P<class>DataFrame|Series)' has no attribute '(?P<name2>\w+)'",
        concept="removed names",
        facts=lambda f, m: _table_name(f, m) if m["name"] else None,
        means=_MEANS,
        look=_LOOK,
        step=_STEP,
    ),
    Rule(
        id="removed-argument",
        enames=("TypeError", "AttributeError"),
        pattern=r"^(?P<function>[\w.]+)\(\) got an unexpected keyword argument '(?P<name>\w+)'",
        concept="removed names",
        facts=_argument,
        means="The argument {name} {where} was removed: older books and pages use it, the version here does not.",
        look=_LOOK,
        step=_STEP,
    ),
)
