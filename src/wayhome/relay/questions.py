"""Questions: what a caller says to a relay, in one spelling."""

from collections.abc import Iterable

import orjson

LIVE_ONLY = 0  # as a limit: nothing that is stored, all that comes


def ask_ids(name: str, ids: Iterable[bytes]) -> bytes:
    """Ask for records by their ids."""
    return orjson.dumps(["REQ", name, {"ids": [one.hex() for one in ids]}])


def ask_page(name: str, kind: int, until: int | None, limit: int) -> bytes:
    """Ask for the newest records of a kind, up to a date."""
    wanted: dict[str, object] = {"kinds": [kind], "limit": limit}
    if until is not None:
        wanted["until"] = until
    return orjson.dumps(["REQ", name, wanted])


def listen(name: str, kinds: Iterable[int]) -> bytes:
    """Ask for all records of some kinds that come from now on."""
    return orjson.dumps(["REQ", name, {"kinds": sorted(kinds), "limit": LIVE_ONLY}])


def close(name: str) -> bytes:
    """Say that no more of it is wanted."""
    return orjson.dumps(["CLOSE", name])


def offer(line: bytes) -> bytes:
    """Offer a record."""
    return b'["EVENT",%b]' % line


def neg_open(name: str, kind: int, message: bytes) -> bytes:
    """Begin to compare all records of a kind (NIP-77)."""
    return orjson.dumps(["NEG-OPEN", name, {"kinds": [kind]}, message.hex()])


def neg_msg(name: str, message: bytes) -> bytes:
    """Go on comparing."""
    return orjson.dumps(["NEG-MSG", name, message.hex()])


def neg_close(name: str) -> bytes:
    """Say that the comparison is over."""
    return orjson.dumps(["NEG-CLOSE", name])
