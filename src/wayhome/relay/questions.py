"""Questions: what a caller says to a relay, in one spelling."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

import orjson

# conditions of a filter besides the kind: of a tag's name, the values that are wanted
Only: TypeAlias = Mapping[str, Sequence[str]]
# from one on to another, both included; None: to whatever is the newest
Dates: TypeAlias = tuple[int, int | None]

ALL: Only = {}
LIVE_ONLY = 0  # as a limit: nothing that is stored, all that comes


def ask_ids(name: str, ids: Iterable[bytes]) -> bytes:
    """Ask for records by their ids."""
    return orjson.dumps(["REQ", name, {"ids": [one.hex() for one in ids]}])


def ask_page(name: str, kind: int, only: Only, dates: Dates, limit: int) -> bytes:
    """Ask for the newest records of a kind that bear certain dates."""
    since, until = dates
    wanted = {**_of(kind, only), "limit": limit}
    if since > 0:
        wanted["since"] = since
    if until is not None:
        wanted["until"] = until
    return orjson.dumps(["REQ", name, wanted])


def listen(name: str, kinds: Iterable[int], narrowed: Mapping[int, Only]) -> bytes:
    """Ask for all records of some kinds that come from now on; of some only a part."""
    filters = _each(kinds, narrowed)
    return orjson.dumps(["REQ", name, *({**one, "limit": LIVE_ONLY} for one in filters)])


def listen_by_id(name: str, kinds: Iterable[int], narrowed: Mapping[int, Only]) -> bytes:
    """Ask for the ids of what comes from now on; a message of our own, that other relays refuse."""
    return orjson.dumps(["IDS", name, *_each(kinds, narrowed)])


def close(name: str) -> bytes:
    """Say that no more of it is wanted."""
    return orjson.dumps(["CLOSE", name])


def offer(line: bytes) -> bytes:
    """Offer a record."""
    return b'["EVENT",%b]' % line


def neg_open(name: str, kind: int, only: Only, message: bytes) -> bytes:
    """Begin to compare all records of a kind, or a part of them (NIP-77)."""
    return orjson.dumps(["NEG-OPEN", name, _of(kind, only), message.hex()])


def neg_msg(name: str, message: bytes) -> bytes:
    """Go on comparing."""
    return orjson.dumps(["NEG-MSG", name, message.hex()])


def neg_close(name: str) -> bytes:
    """Say that the comparison is over."""
    return orjson.dumps(["NEG-CLOSE", name])


def _each(kinds: Iterable[int], narrowed: Mapping[int, Only]) -> list[dict[str, object]]:
    whole: dict[str, object] = {"kinds": sorted(set(kinds) - set(narrowed))}
    return [whole, *(_of(kind, narrowed[kind]) for kind in sorted(narrowed))]


def _of(kind: int, only: Only) -> dict[str, object]:
    return {"kinds": [kind], **{f"#{tag}": list(values) for tag, values in only.items()}}
