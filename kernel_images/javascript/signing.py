"""Messages signed as the kernel signs them. Imported when one is to be sent: it costs memory."""

import hmac

from zmtp import DELIMITER, framed


def signed(before: list[bytes], parts: list[bytes], key: bytes) -> bytes:
    """One message of header, parent header, metadata and content, after the frames that say whose it is."""
    signature = hmac.new(key, b"".join(parts), "sha256").hexdigest().encode() if key else b""
    return framed([*before, DELIMITER, signature, *parts])
