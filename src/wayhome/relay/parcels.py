"""Parcels: what one caller is told, many texts together and packed; for nodes among themselves.

Each is packed by itself, so that nothing is held for a caller between two. Only answers are
packed: who listens to strangers unpacks nothing of theirs.
"""

import zlib
from collections.abc import Sequence

from wayhome.codec import limits

NAME = "wayhome.parcels"  # the subprotocol of RFC 6455 by which a caller says that it takes them
WORTH = 256  # bytes of texts: fewer would hardly become less

_FIRST = b"\x78"  # of what zlib packs in its usual window; no message of a relay begins so
_QUICK = 1  # of zlib's levels: 6 us a record, and a twentieth longer than the best


class BadParcel(Exception):  # noqa: N818 - the relay's fault
    """It is none, or holds more than a parcel may."""


def pack(texts: Sequence[bytes]) -> bytes:
    """Pack texts without line ends."""
    return zlib.compress(b"\n".join(texts), _QUICK)


def is_parcel(said: bytes) -> bool:
    """Tell whether it is to be unpacked; a text of a relay never is."""
    return said.startswith(_FIRST)


def unpack(said: bytes) -> list[bytes]:
    """Give the texts; of what is longer than a parcel no more is unpacked than one may hold.

    Raises:
        BadParcel: it is none, is cut short, or holds too much.
    """
    unpacking = zlib.decompressobj()
    try:
        joined = unpacking.decompress(said, limits.PEER_MESSAGE)
    except zlib.error:
        raise BadParcel from None
    texts = joined.split(b"\n", limits.RELAY_PARCEL)
    if not unpacking.eof or unpacking.unused_data or len(texts) > limits.RELAY_PARCEL:
        raise BadParcel
    return texts
