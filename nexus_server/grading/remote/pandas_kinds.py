"""pandas' kinds of plain data: tables, columns and indexes of pandas' own types, moments, spans and intervals."""

from typing import Any

from nexus_server.grading.remote.kinds import NotWholeError, Part, WireError, decode_zone, encode_zone, is_librarys

#: types of whole columns that are known by their names: nullable numbers and truth values
MASKED = frozenset(
    {"boolean", *(f"{kind}{size}" for kind in ("Int", "UInt") for size in (8, 16, 32, 64)), "Float32", "Float64"}
)


def encode_pandas(pandas: Any, value: Any, encode: Part) -> Any:  # noqa: PLR0911  one line per kind
    """Write a table, a part of one, or a scalar; None for what is none.

    Raises:
        NotWholeError
    """
    if value is pandas.NaT or value is pandas.NA:
        return {"t": "missing", "v": "NaT" if value is pandas.NaT else "NA"}
    if isinstance(value, pandas.Timestamp | pandas.Timedelta):
        return _encode_moment(pandas, value)
    if isinstance(value, pandas.Period):
        return {"t": "period", "v": value.ordinal, "f": value.freqstr}
    if isinstance(value, pandas.Interval):
        return {"t": "interval", "v": [encode(value.left), encode(value.right)], "c": value.closed}
    if isinstance(value, pandas.offsets.BaseOffset):
        return {"t": "offset", "v": _offset_name(pandas, value)}
    if isinstance(value, pandas.api.extensions.ExtensionDtype):
        return {"t": "pandas_dtype", "d": _encode_dtype(pandas, value, encode)}
    if isinstance(value, pandas.api.extensions.ExtensionArray):
        numpys = {} if _has_own_type(pandas, value) else {"d": {"k": "numpy"}}
        return {"t": "column", "v": {**_encode_column(pandas, value, encode), **numpys}}
    if isinstance(value, pandas.Index):
        return _encode_index(pandas, value, encode)
    if isinstance(value, pandas.Series):
        return _encode_series(pandas, value, encode)
    return _encode_frame(pandas, value, encode) if isinstance(value, pandas.DataFrame) else None


# --- scalars ---


def _encode_moment(pandas: Any, value: Any) -> dict[str, Any]:
    number = int(value.asm8.astype("int64"))
    if isinstance(value, pandas.Timedelta):
        return {"t": "duration", "v": number, "u": value.unit}
    return {"t": "timestamp", "v": number, "u": value.unit, "z": encode_zone(value.tzinfo)}


def _decode_timestamp(pandas: Any, payload: dict[str, Any]) -> Any:
    naive = pandas.Timestamp(int(payload["v"]), unit=str(payload["u"])).as_unit(str(payload["u"]))
    zone = decode_zone(payload["z"])
    return naive if zone is None else naive.tz_localize("UTC").tz_convert(zone)


def _offset_name(pandas: Any, value: Any) -> str:
    name = value.freqstr
    try:
        same = pandas.tseries.frequencies.to_offset(name)
    except ValueError:
        same = None
    if same != value or type(same) is not type(value):
        raise NotWholeError("an offset with settings of its own cannot cross whole")
    return str(name)


# --- columns ---


def _encode_dtype(pandas: Any, dtype: Any, encode: Part) -> Any:  # noqa: PLR0911  one line per kind
    kind = type(dtype)
    if kind is pandas.CategoricalDtype:
        return {
            "k": "category",
            "c": None if dtype.categories is None else encode(dtype.categories),
            "o": dtype.ordered,
        }
    if kind is pandas.StringDtype:
        return {"k": "string", "s": dtype.storage, "nan": dtype.na_value is not pandas.NA}
    if kind is pandas.DatetimeTZDtype:
        return {"k": "datetimetz", "u": dtype.unit, "z": encode_zone(dtype.tz)}
    if kind is pandas.PeriodDtype:
        return {"k": "period", "f": dtype.name.removeprefix("period[").removesuffix("]")}
    if kind is pandas.IntervalDtype:
        return {"k": "interval", "s": encode(dtype.subtype), "c": dtype.closed}
    if kind is pandas.SparseDtype:
        return {"k": "sparse", "s": encode(dtype.subtype), "f": encode(dtype.fill_value)}
    if dtype.name in MASKED:
        return {"k": "masked", "n": dtype.name}
    raise NotWholeError(f"the type {dtype} cannot cross whole")


def _decode_dtype(pandas: Any, code: dict[str, Any], decode: Part) -> Any:  # noqa: PLR0911  one line per kind
    match code["k"]:
        case "category":
            return pandas.CategoricalDtype(None if code["c"] is None else decode(code["c"]), ordered=code["o"])
        case "string":
            import numpy

            return pandas.StringDtype(str(code["s"]), na_value=numpy.nan if code["nan"] else pandas.NA)
        case "datetimetz":
            return pandas.DatetimeTZDtype(str(code["u"]), decode_zone(code["z"]))
        case "period":
            return pandas.PeriodDtype(str(code["f"]))
        case "interval":
            return pandas.IntervalDtype(decode(code["s"]), str(code["c"]))
        case "sparse":
            return pandas.SparseDtype(decode(code["s"]), decode(code["f"]))
        case "masked" if code["n"] in MASKED:
            return pandas.api.types.pandas_dtype(code["n"])
    raise WireError("an unknown type of data")


def _has_own_type(pandas: Any, column: Any) -> bool:
    """Whether values are of a type of pandas' own, and not NumPy's."""
    is_extended = isinstance(column.dtype, pandas.api.extensions.ExtensionDtype)
    return is_extended and type(column) is not pandas.arrays.NumpyExtensionArray


def _encode_column(pandas: Any, column: Any, encode: Part) -> Any:
    """Write the values of a column, an index or an array: NumPy's as an array, pandas' own by type."""
    dtype = column.dtype
    if not _has_own_type(pandas, column):
        return {"v": encode(column.to_numpy())}
    code = _encode_dtype(pandas, dtype, encode)
    return {"d": code, "v": _encode_values(pandas, pandas.array(column, dtype=dtype), code["k"], encode)}


def _encode_values(pandas: Any, values: Any, kind: str, encode: Part) -> Any:
    match kind:
        case "category":
            return encode(values.codes)
        case "datetimetz" | "period":
            return encode(values.asi8)
        case "interval":
            return [encode(pandas.Index(values.left)), encode(pandas.Index(values.right))]
        case "masked":
            plain = values.to_numpy(dtype=values.dtype.numpy_dtype, na_value=0)
            return [encode(plain), encode(pandas.isna(values) if plain.dtype.kind != "f" else _mask_of(pandas, values))]
        case "sparse":
            return encode(values.to_dense())
    return encode(list(values))


def _mask_of(pandas: Any, values: Any) -> Any:
    """Return which floats are missing; one that is not a number is there."""
    import numpy

    return numpy.array([item is pandas.NA for item in values], dtype=bool)


def _decode_column(pandas: Any, payload: dict[str, Any], decode: Part) -> Any:
    code = payload.get("d")
    if code is None:
        return decode(payload["v"])
    if code["k"] == "numpy":
        values = decode(payload["v"])
        return pandas.array(values, dtype=values.dtype)
    return _decode_values(pandas, _decode_dtype(pandas, code, decode), payload["v"], decode)


def _decode_values(  # noqa: PLR0911  one line per kind
    pandas: Any, dtype: Any, values: Any, decode: Part
) -> Any:
    kind = type(dtype)
    if kind is pandas.CategoricalDtype:
        return pandas.Categorical.from_codes(decode(values), dtype=dtype)
    if kind is pandas.DatetimeTZDtype:
        moments = decode(values).view(f"M8[{dtype.unit}]")
        return pandas.DatetimeIndex(moments).tz_localize("UTC").tz_convert(dtype.tz).array
    if kind is pandas.PeriodDtype:
        return pandas.PeriodIndex.from_ordinals(decode(values), freq=dtype.freq).array
    if kind is pandas.IntervalDtype:
        left, right = (decode(end) for end in values)
        return pandas.arrays.IntervalArray.from_arrays(left, right, closed=dtype.closed, dtype=dtype)
    if kind is pandas.SparseDtype:
        return pandas.arrays.SparseArray(decode(values), dtype=dtype)
    if kind is pandas.StringDtype:
        return pandas.array(decode(values), dtype=dtype)
    plain, mask = (decode(part) for part in values)
    homes = {"b": pandas.arrays.BooleanArray, "f": pandas.arrays.FloatingArray}
    return homes.get(plain.dtype.kind, pandas.arrays.IntegerArray)(plain, mask)


# --- tables ---


def _require_plain(value: Any, *kinds: type) -> None:
    if type(value) not in kinds and is_librarys(type(value)):
        raise NotWholeError(f"a value of type {type(value).__name__} cannot cross whole")
    if not value.flags.allows_duplicate_labels:
        raise NotWholeError("a table that allows no label twice cannot cross whole")


def _encode_index(pandas: Any, index: Any, encode: Part) -> dict[str, Any]:
    if isinstance(index, pandas.RangeIndex):
        return {"t": "rangeindex", "v": [index.start, index.stop, index.step], "n": encode(index.name)}
    if isinstance(index, pandas.MultiIndex):
        levels = [encode(level) for level in index.levels]
        codes = [encode([int(code) for code in codes]) for codes in index.codes]
        return {"t": "multiindex", "v": levels, "c": codes, "n": encode(list(index.names))}
    freq = getattr(index, "freq", None)
    has_freq = freq is not None and not isinstance(index, pandas.PeriodIndex)
    return {
        "t": "index",
        "v": _encode_column(pandas, index, encode),
        "n": encode(index.name),
        "f": _offset_name(pandas, freq) if has_freq else None,
    }


def _encode_series(pandas: Any, series: Any, encode: Part) -> dict[str, Any]:
    _require_plain(series, pandas.Series)
    parts = {"n": encode(series.name), "i": encode(series.index), "v": _encode_column(pandas, series, encode)}
    return {"t": "series", **parts, **({"a": encode(series.attrs)} if series.attrs else {})}


def _encode_frame(pandas: Any, frame: Any, encode: Part) -> dict[str, Any]:
    _require_plain(frame, pandas.DataFrame)
    columns = [_encode_column(pandas, frame.iloc[:, number], encode) for number in range(frame.shape[1])]
    parts = {"c": encode(frame.columns), "v": columns, "i": encode(frame.index)}
    return {"t": "frame", **parts, **({"a": encode(frame.attrs)} if frame.attrs else {})}


def _decode_index(pandas: Any, tag: str, payload: dict[str, Any], decode: Part) -> Any:
    if tag == "rangeindex":
        start, stop, step = (int(part) for part in payload["v"])
        return pandas.RangeIndex(start, stop, step, name=decode(payload["n"]))
    if tag == "multiindex":
        levels, codes = ([decode(part) for part in payload[key]] for key in ("v", "c"))
        return pandas.MultiIndex(levels=levels, codes=codes, names=decode(payload["n"]))
    values = _decode_column(pandas, payload["v"], decode)
    index = pandas.Index(values, dtype=values.dtype, name=decode(payload["n"]))
    if payload["f"] is not None:
        index.freq = pandas.tseries.frequencies.to_offset(str(payload["f"]))
    return index


def _decode_table(pandas: Any, tag: str, payload: dict[str, Any], decode: Part) -> Any:
    index = decode(payload["i"])
    if tag == "series":
        values = _decode_column(pandas, payload["v"], decode)
        made = pandas.Series(values, index=index, dtype=values.dtype, name=decode(payload["n"]))
    else:
        columns = [_decode_column(pandas, column, decode) for column in payload["v"]]
        parts = [pandas.Series(values, index=index, dtype=values.dtype) for values in columns]
        made = pandas.concat(parts, axis=1) if parts else pandas.DataFrame(index=index)
        made.columns = decode(payload["c"])
    if "a" in payload:
        made.attrs = decode(payload["a"])
    return made


def decode_pandas(  # noqa: C901, PLR0911  one line per kind
    pandas: Any, tag: str, payload: dict[str, Any], decode: Part
) -> Any:
    """Read what `encode_pandas` wrote.

    Raises:
        WireError: there is no such tag.
    """
    match tag:
        case "missing":
            return pandas.NaT if payload["v"] == "NaT" else pandas.NA
        case "timestamp":
            return _decode_timestamp(pandas, payload)
        case "duration":
            return pandas.Timedelta(int(payload["v"]), unit=payload["u"]).as_unit(str(payload["u"]))
        case "period":
            return pandas.Period(ordinal=int(payload["v"]), freq=str(payload["f"]))
        case "interval":
            left, right = (decode(end) for end in payload["v"])
            return pandas.Interval(left, right, str(payload["c"]))
        case "offset":
            return pandas.tseries.frequencies.to_offset(str(payload["v"]))
        case "pandas_dtype":
            return _decode_dtype(pandas, payload["d"], decode)
        case "column":
            return _decode_column(pandas, payload["v"], decode)
        case "rangeindex" | "multiindex" | "index":
            return _decode_index(pandas, tag, payload, decode)
        case "series" | "frame":
            return _decode_table(pandas, tag, payload, decode)
    raise WireError("an unknown kind of value")
