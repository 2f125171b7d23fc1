"""First load: a node's record files, for whoever lacks much.

A million records are not asked for one message at a time. A file is a piece of a kind that never
changes, named by the sum of its ids.
"""

import re
from bisect import bisect_left
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

import httpx
import msgspec

from wayhome.codec import limits
from wayhome.peers.judging import Judging
from wayhome.peers.quota import Waste
from wayhome.peers.way import Files
from wayhome.relay.messages import claimed_id

ID_BYTES = 32
_SUM = re.compile("[0-9a-f]{64}")
_START = re.compile("(?:[0-9a-f]{2})*")


@dataclass(frozen=True, slots=True)
class Piece:
    """All records of a kind from one id on up to the next piece: how many, and their ids' sum."""

    start: str
    number: int
    sum: str

    @property
    def is_plain(self) -> bool:
        """Tell whether it can stand in an address."""
        return bool(_SUM.fullmatch(self.sum) and _START.fullmatch(self.start))


async def pieces_of(files: Files) -> dict[int, list[Piece]]:
    """Give what a peer offers by kind; nothing where it offers nothing, or nonsense."""
    try:
        told = _INDEX.decode(await files.read("/records/pieces", limits.PEER_PIECES))
    except (httpx.HTTPError, msgspec.DecodeError, UnicodeDecodeError):
        return {}
    return {
        int(kind): [Piece(*one) for one in some] for kind, some in told.items() if kind.isdecimal()
    }


def lacking(pieces: Sequence[Piece], held: Sequence[bytes]) -> list[Piece]:
    """Give the pieces that we do not hold whole; ``held`` are our ids, ascending."""
    starts = [bytes.fromhex(one.start) if one.is_plain else b"" for one in pieces]
    ends = [*(bisect_left(held, start) for start in starts[1:]), len(held)]
    found = []
    begin = 0
    for piece, end in zip(pieces, ends, strict=False):  # of no pieces there is one end
        if piece.is_plain and sum_of(held[begin:end]) != piece.sum:
            found.append(piece)
        begin = end
    return found


async def load(files: Files, kind: int, piece: Piece, judging: Judging) -> None:
    """Take a piece; what does not come is left to reconciliation.

    Raises:
        PeerFault: it has cost too much, or our disk does not take it.
    """
    ids = sha256()
    together: list[bytes] = []
    try:
        async with files.get(f"/records/{kind}/{piece.sum}.jsonl") as answer:
            if answer.status_code != httpx.codes.OK:
                return
            async for line in _lines(answer, judging):
                ids.update(bytes.fromhex(claimed_id(line)))
                together.append(line)
                if len(together) >= limits.PEER_ASKED:
                    await judging.take(together)
                    together = []
    except httpx.HTTPError:
        pass  # what came is kept; the rest comes by reconciliation
    await judging.take(together)
    if ids.hexdigest() != piece.sum:
        judging.waste("bad-piece", 1)


def sum_of(ids: Sequence[bytes]) -> str:
    """Give the sum of ids, ascending."""
    return sha256(b"".join(ids)).hexdigest()


async def _lines(answer: httpx.Response, judging: Judging) -> AsyncIterator[bytes]:
    rest = b""
    async for chunk in answer.aiter_bytes():
        judging.bill(Waste(len(chunk)))
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line
        if len(rest) > limits.RECORD_BYTES:
            return


_INDEX = msgspec.json.Decoder(dict[str, list[tuple[str, int, str]]])
