"""NumPy's kinds of plain data: arrays as their buffers, with masks, records and fixed-width or free strings."""

import base64
from typing import Any

from nexus_server.grading.remote.kinds import NotWholeError, Part, WireError, is_librarys

#: buffers that mean the same on both sides: booleans, integers, floats, complex, fixed strings and bytes, dates
ARRAY_KINDS = "biufcSUMm"
MAX_BYTES = 8_000_000


def encode_numpy(numpy: Any, value: Any, encode: Part) -> Any:
    """Write an array, a scalar or a type of data; None for what is none of them.

    Raises:
        NotWholeError
    """
    if value is numpy.ma.masked:
        return {"t": "masked"}
    if isinstance(value, numpy.dtype):
        return {"t": "dtype", "d": encode_dtype(numpy, value)}
    if isinstance(value, numpy.record):
        return {"t": "record_scalar", "v": encode_buffer(numpy, numpy.asarray(value), encode)}
    if isinstance(value, numpy.generic):
        return {"t": "scalar", "v": encode_buffer(numpy, numpy.asarray(value), encode)}
    return _encode_array(numpy, value, encode) if isinstance(value, numpy.ndarray) else None


def _encode_array(numpy: Any, value: Any, encode: Part) -> Any:
    kind = type(value)
    if kind is numpy.ma.MaskedArray:
        mask = None if value.mask is numpy.ma.nomask else encode(numpy.asarray(value.mask))
        fill = encode(numpy.asarray(value.fill_value))
        return {"t": "maskedarray", "v": encode(value.data), "m": mask, "f": fill, "h": bool(value.hardmask)}
    plain = encode_buffer(numpy, value.view(numpy.ndarray), encode)
    if kind is numpy.matrix or kind is numpy.recarray:
        return {"t": "recarray" if kind is numpy.recarray else "matrix", "v": plain}
    if kind is not numpy.ndarray and is_librarys(kind):
        raise NotWholeError(f"a value of type {kind.__name__} cannot cross whole")
    return plain


def encode_buffer(numpy: Any, array: Any, encode: Part) -> Any:
    """Write a plain array: its type, shape, order and buffer; objects and free strings one by one."""
    dtype = array.dtype
    shape: dict[str, Any] = {"s": list(array.shape), "w": bool(array.flags.writeable)}
    if array.ndim > 1 and array.flags.f_contiguous and not array.flags.c_contiguous:
        shape["o"] = "F"
    if dtype.kind in "OT":
        items = [encode(item) for item in array.ravel().tolist()]
        return {"t": "ndarray", "d": encode_dtype(numpy, dtype), "i": items, **shape}
    code = encode_dtype(numpy, dtype)
    if array.nbytes > MAX_BYTES:
        raise NotWholeError("the array is too large to cross")
    data = base64.b64encode(numpy.ascontiguousarray(array).tobytes()).decode()
    return {"t": "ndarray", "d": code, "v": data, **shape}


def encode_dtype(numpy: Any, dtype: Any) -> Any:
    """Write a type of data: a name, a record's fields, or a free string's choices."""
    if dtype.kind == "O" and dtype.names is None:
        return "O"
    if dtype.kind == "T":
        missing = getattr(dtype, "na_object", numpy.nan)
        if missing is not numpy.nan:
            raise NotWholeError("a string type with a missing value of its own cannot cross whole")
        return {"coerce": bool(dtype.coerce), "nan": hasattr(dtype, "na_object")}
    if dtype.names is not None:
        return _encode_record(numpy, dtype)
    if dtype.subdtype is not None:
        return {"base": encode_dtype(numpy, dtype.base), "shape": list(dtype.shape)}
    if dtype.kind in ARRAY_KINDS or (dtype.kind == "V" and not dtype.hasobject):
        return str(dtype.str)
    raise NotWholeError(f"the type {dtype} cannot cross whole")


def _encode_record(numpy: Any, dtype: Any) -> dict[str, Any]:
    has_titles = len(dtype.fields) != len(dtype.names)
    if has_titles or dtype.hasobject:
        raise NotWholeError("a record type with objects or titles cannot cross whole")
    fields = [dtype.fields[name] for name in dtype.names]
    return {
        "names": list(dtype.names),
        "formats": [encode_dtype(numpy, field[0]) for field in fields],
        "offsets": [int(field[1]) for field in fields],
        "itemsize": int(dtype.itemsize),
        "aligned": bool(dtype.isalignedstruct),
    }


def decode_dtype(numpy: Any, code: Any) -> Any:
    """Read a type of data."""
    if isinstance(code, str):
        dtype = numpy.dtype(code)
        if dtype.kind not in ARRAY_KINDS + "VO" or dtype.names is not None:
            raise WireError("an unknown type of data")
        return dtype
    if "coerce" in code:
        missing = {"na_object": numpy.nan} if code["nan"] else {}
        return numpy.dtypes.StringDType(coerce=bool(code["coerce"]), **missing)
    if "base" in code:
        return numpy.dtype((decode_dtype(numpy, code["base"]), tuple(int(size) for size in code["shape"])))
    formats = [decode_dtype(numpy, each) for each in code["formats"]]
    names, offsets = [str(name) for name in code["names"]], [int(offset) for offset in code["offsets"]]
    spec = {"names": names, "formats": formats, "offsets": offsets, "itemsize": int(code["itemsize"])}
    return numpy.dtype(spec, align=bool(code["aligned"]))


def decode_numpy(  # noqa: PLR0911  one line per kind
    numpy: Any, tag: str, payload: dict[str, Any], decode: Part
) -> Any:
    """Read what `encode_numpy` wrote."""
    if tag == "masked":
        return numpy.ma.masked
    if tag == "dtype":
        return decode_dtype(numpy, payload["d"])
    if tag == "ndarray":
        return _decode_array(numpy, payload, decode)
    plain = decode(payload["v"])
    if tag == "scalar":
        return plain[()]
    if tag == "record_scalar":
        return plain.view(numpy.dtype((numpy.record, plain.dtype)))[()]
    if tag == "maskedarray":
        mask = numpy.ma.nomask if payload["m"] is None else decode(payload["m"])
        fill = decode(payload["f"])[()]
        return numpy.ma.MaskedArray(plain, mask=mask, fill_value=fill, hard_mask=bool(payload["h"]))
    return plain.view(numpy.matrix) if tag == "matrix" else plain.view(numpy.recarray)


def _decode_array(numpy: Any, payload: dict[str, Any], decode: Part) -> Any:
    """Rebuild an array from its buffer; sizes are checked before anything is allocated."""
    dtype, shape = decode_dtype(numpy, payload["d"]), [int(size) for size in payload["s"]]
    if "i" in payload:
        array = numpy.empty(len(payload["i"]), dtype=dtype)
        for number, item in enumerate(payload["i"]):
            array[number] = decode(item)
    else:
        array = _from_buffer(numpy, dtype, shape, bytearray(base64.b64decode(payload["v"])))
    array = array.reshape(shape)
    array = numpy.asfortranarray(array) if payload.get("o") == "F" else array
    array.flags.writeable = bool(payload["w"])
    return array


def _from_buffer(numpy: Any, dtype: Any, shape: list[int], data: bytearray) -> Any:
    if dtype.hasobject or (not data and dtype.itemsize and all(shape)):
        raise WireError("an array without its items")
    # Without items, or of items without bytes, there is no buffer to read.
    return numpy.frombuffer(data, dtype=dtype) if data else numpy.empty(shape, dtype=dtype)


#: tags that are read here
NUMPY_TAGS = frozenset({"masked", "dtype", "ndarray", "scalar", "record_scalar", "maskedarray", "matrix", "recarray"})
