"""What a message that is none, or of another shape, raises while it is read."""

import struct

#: a kernel or a client may send anything: bytes that are no JSON, JSON of other types, nesting without end
MALFORMED_ERRORS = (ValueError, KeyError, IndexError, TypeError, AttributeError, struct.error, RecursionError)
