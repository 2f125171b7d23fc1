"""Snapshots: what was said once more, so that it outlives its envelope and the key it was under.

Bodies are put into as few snapshots as hold them. One that alone is too long for a snapshot, for
its text is quoted there, goes in pieces; they are put together again when all of them are there.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import msgspec

from wayhome.cases import said
from wayhome.cases.body import Body, Drawer
from wayhome.cases.said import Piece, Snapshot, Whole

_ROOM = 32_000  # bytes of bodies beside a snapshot's own words; 32,660 are all that is said at once
_PIECE = 31_900  # bytes of one piece, quoted, beside the names of whose it is
Keeping = tuple[type[said.Said], dict[str, object]]


def packed(bodies: Iterable[Body]) -> Iterator[Keeping]:
    """Give what to say so that these bodies are said again, in the order of their numbers."""
    part: list[Whole] = []
    size = 0
    for one in sorted(bodies, key=lambda one: (one.said.n, one.sig)):
        whole = one.whole()
        more = len(msgspec.json.encode(whole)) + 1
        if more > _ROOM:
            yield from _pieces(whole)
            continue
        if part and (size + more > _ROOM or len(part) == said.BODIES):
            yield Snapshot, {"bodies": tuple(part)}
            part, size = [], 0
        part.append(whole)
        size += more
    if part:
        yield Snapshot, {"bodies": tuple(part)}


def _pieces(whole: Whole) -> Iterator[Keeping]:
    """Cut a body into the fewest pieces of one length that fit."""
    text = whole.json
    for parts in range(2, said.PIECES + 1):
        length = -(-len(text) // parts)
        cut = [text[at : at + length] for at in range(0, len(text), length)]
        if all(len(msgspec.json.encode(one)) <= _PIECE for one in cut):
            break
    of = {one: getattr(whole, one) for one in ("g", "charter", "s", "by", "sig")}
    for number, one in enumerate(cut, 1):
        yield Piece, {**of, "part": number, "parts": len(cut), "json": one}


@dataclass(slots=True)
class Pieces:
    """Pieces that were read so far, by who wrote them and what they are of.

    A colleague's wrong piece spoils her own set and nobody else's.
    """

    _there: dict[tuple[str, ...], dict[int, Piece]] = field(default_factory=dict, repr=False)

    def add(self, body: Body, under: str) -> Whole | None:
        """Take a piece, opened with a key; give the body once all of its pieces were."""
        piece = body.said
        if not isinstance(piece, Piece):
            return None
        name = (body.by, under, piece.sig, str(piece.parts))
        there = self._there.setdefault(name, {})
        there[piece.part] = piece
        if there.keys() != set(range(1, piece.parts + 1)):
            return None
        json = "".join(there[number].json for number in sorted(there))
        return Whole(piece.g, piece.charter, piece.s, piece.by, piece.sig, json)


def kept_in(snapshot: Snapshot) -> Iterator[Body]:
    """Give the bodies that a snapshot keeps; one that it has spoilt is left out."""
    for whole in snapshot.bodies:
        found = whole_of(whole)
        if found is not None:
            yield found


def whole_of(whole: Whole) -> Body | None:
    """Read a body that was kept; None where its sig is not over what it says."""
    try:
        return Body.of(whole)
    except Drawer:
        return None
