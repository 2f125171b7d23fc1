"""One peer, once: which records has it that we have not? Fetch those, kind by kind.

Kinds go in the order of need, so no record arrives before what it is judged by. Nothing that a peer
says is believed: every line goes through the one door. What it may cost us is bounded.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass

import httpx

from wayhome.codec import limits
from wayhome.records.filter import Filter
from wayhome.store.store import Reader

ID_BYTES = 32


Receive = Callable[[bytes], Awaitable[None]]


class PeerFault(Exception):  # noqa: N818 - the peer's fault
    """The peer does not answer, or not as a node does; the message says how, without addresses."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """What one round brought: records that the peer had and we had not."""

    fetched: int


@dataclass(frozen=True, slots=True)
class Peer:
    """A node to fetch from; `address` ends without a slash."""

    address: str
    http: httpx.AsyncClient


async def pull(peer: Peer, ours: Reader, kinds: Sequence[int], receive: Receive) -> Pulled:
    """Fetch what we lack; ``receive`` is given each line, and answers for its own refusals.

    Raises:
        PeerFault: the peer is away or talks nonsense; what came before is kept.
    """
    fetched = 0
    try:
        for kind in kinds:
            missing = await _missing(peer, ours, kind)
            for start in range(0, len(missing), limits.RECORD_LINES):
                async for line in _lines(peer, missing[start : start + limits.RECORD_LINES]):
                    await receive(line)
                    fetched += 1
    except httpx.HTTPError as error:
        raise PeerFault(type(error).__name__) from error
    return Pulled(fetched)


async def _missing(peer: Peer, ours: Reader, kind: int) -> list[bytes]:
    held = {bytes.fromhex(one) for one in ours.ids(Filter(kinds=(kind,)))}
    theirs = bytearray()
    async with peer.http.stream("GET", f"{peer.address}/records/{kind}.ids") as answer:
        _expect_ok(answer)
        async for chunk in answer.aiter_bytes():
            theirs += chunk
            if len(theirs) > limits.PEER_IDS * ID_BYTES:
                raise PeerFault("it lists more records than we would carry")
    ids = {bytes(theirs[at : at + ID_BYTES]) for at in range(0, len(theirs), ID_BYTES)}
    return sorted(one for one in ids - held if len(one) == ID_BYTES)


async def _lines(peer: Peer, ids: Sequence[bytes]) -> AsyncIterator[bytes]:
    """At most as many lines as were asked for; a line that never ends is cut off."""
    rest, given = b"", 0
    url = f"{peer.address}/records/lines"
    async with peer.http.stream("POST", url, content=b"".join(ids)) as answer:
        _expect_ok(answer)
        async for chunk in answer.aiter_bytes():
            *whole, rest = (rest + chunk).split(b"\n")
            if len(rest) > limits.RECORD_BYTES or given + len(whole) > len(ids):
                raise PeerFault("it sends other than was asked for")
            given += len(whole)
            for line in whole:
                yield line


def _expect_ok(answer: httpx.Response) -> None:
    if answer.status_code != httpx.codes.OK:
        raise PeerFault(f"it answers {answer.status_code}")
