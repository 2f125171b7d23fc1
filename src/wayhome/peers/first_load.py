"""First load: a node's record files, for whoever lacks much.

A million records are not asked for one message at a time. A file is a piece of a kind that never
changes, named by the sum of its ids.
"""

import asyncio
import contextlib
import re
from bisect import bisect_left
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

import httpx
import msgspec

from wayhome.codec import limits
from wayhome.pace import TooSlow, chunks
from wayhome.peers.judging import Judging, id_of
from wayhome.peers.quota import Waste
from wayhome.peers.way import Files

ID_BYTES = 32
AT_ONCE = 3  # pieces in memory: one read, one judged, one on its way to the disk
COPIES = 8  # of so many records of a file one may be here: to ask for an id costs an eighth of it
LINES = limits.PEER_PIECE // 256  # of a file: no record is shorter than that
_SUM = re.compile("[0-9a-f]{64}")
_KIND = re.compile("[0-9]{1,5}")
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
        int(kind): [Piece(*one) for one in some]
        for kind, some in told.items()
        if _KIND.fullmatch(kind)
    }


def lacking(pieces: Sequence[Piece], held: Sequence[bytes]) -> list[Piece]:
    """Give the pieces of which next to nothing is here; ``held`` are our ids, ascending.

    Of the others what is lacking comes by its ids: a file would bring the rest once more.
    """
    starts = [bytes.fromhex(one.start) if one.is_plain else b"" for one in pieces]
    ends = [*(bisect_left(held, start) for start in starts[1:]), len(held)]
    found = []
    begin = 0
    for piece, end in zip(pieces, ends, strict=False):  # of no pieces there is one end
        if piece.is_plain and COPIES * (end - begin) <= piece.number:
            found.append(piece)
        begin = end
    return found


async def load(files: Files, kind: int, pieces: Sequence[Piece], judging: Judging) -> None:
    """Take pieces; what does not come is left to reconciliation.

    One is read while others are judged and wait for the disk. Of a peer that sends next to nothing
    no more are asked for.

    Raises:
        PeerFault: they have cost too much, or our disk does not take them.
    """
    taking: deque[asyncio.Task[None]] = deque()
    try:
        with contextlib.suppress(TooSlow):
            for piece in pieces:
                lines = await _lines_of(files, kind, piece, judging)
                taking.append(asyncio.create_task(_take(piece, lines, judging)))
                if len(taking) >= AT_ONCE:
                    await taking.popleft()
        while taking:
            await taking.popleft()
    finally:
        for task in taking:
            task.cancel()
        await asyncio.gather(*taking, return_exceptions=True)


async def _take(piece: Piece, lines: Sequence[bytes], judging: Judging) -> None:
    named = [(id_of(line), line) for line in lines]
    await judging.take_named(named)
    if sum_of([one for one, _ in named]) != piece.sum:
        judging.waste("bad-piece", 1)


def sum_of(ids: Sequence[bytes]) -> str:
    """Give the sum of ids, ascending."""
    return sha256(b"".join(ids)).hexdigest()


async def _lines_of(files: Files, kind: int, piece: Piece, judging: Judging) -> list[bytes]:
    """Give the lines of a piece, as far as they come and can be held.

    Raises:
        TooSlow: whoever sends it would hold us for ever.
    """
    lines: list[bytes] = []
    rest = b""
    size = 0
    try:
        async with files.get(f"/records/{kind}/{piece.sum}.jsonl") as answer:
            async for chunk in chunks(answer):
                judging.bill(Waste(len(chunk)))
                *whole, rest = (rest + chunk).split(b"\n")
                lines += whole
                size += len(chunk)
                is_long = size > limits.PEER_PIECE or len(lines) > LINES
                if is_long or len(rest) > limits.RECORD_BYTES:
                    break
            return lines if answer.status_code == httpx.codes.OK else []
    except TooSlow:
        raise
    except httpx.HTTPError:
        return lines


_INDEX = msgspec.json.Decoder(dict[str, list[tuple[str, int, str]]])
