"""Every message is, byte for byte, what a slow and dumb reading of NIP-77 says it must be."""

import json
from dataclasses import dataclass
from hashlib import sha256
from random import Random
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import tree
from wayhome.relay.reconcile import BadMessage, Client, Items, Server

VECTORS = tree.ROOT / "vectors" / "relay" / "negentropy.json"
LAST = (2**64 - 1, b"")
SKIP, PRINT, LIST = 0, 1, 2
Item = tuple[int, bytes]
Said = tuple[Item, int, Any]  # up to where, mode, a fingerprint or ids


def digits(number: int) -> bytes:
    text = f"{number:b}"
    text = text.zfill(-(-len(text) // 7) * 7)
    parts = [int(text[i : i + 7], 2) for i in range(0, len(text), 7)]
    return bytes([part + 128 for part in parts[:-1]] + parts[-1:])


def tidy(said: list[Said]) -> list[Said]:
    """Skips beside each other are one, and one at the end is not said."""
    kept: list[Said] = []
    for one in said:
        if kept and kept[-1][1] == one[1] == SKIP:
            kept.pop()
        kept.append(one)
    return kept[:-1] if kept and kept[-1][1] == SKIP else kept


def written(said: list[Said]) -> bytes:
    out, last = b"\x61", 0
    for (at, prefix), mode, payload in tidy(said):
        out += b"\0" if at == LAST[0] else digits(1 + at - last)
        last = at
        out += digits(len(prefix)) + prefix + digits(mode)
        out += digits(len(payload)) + b"".join(payload) if mode == LIST else payload
    return out


def read(message: bytes) -> list[Said]:
    assert message[0] == 0x61
    left, last, said = list(message[1:]), 0, []

    def number() -> int:
        value = 0
        while True:
            digit = left.pop(0)
            value = value * 128 + digit % 128
            if digit < 128:
                return value

    def take(size: int) -> bytes:
        return bytes(left.pop(0) for _ in range(size))

    while left:
        more = number()
        last = last + more - 1 if more else LAST[0]
        bound = (last, take(number()))
        mode = number()
        payload: Any = b""
        if mode == PRINT:
            payload = take(16)
        if mode == LIST:
            payload = [take(32) for _ in range(number())]
        said.append((bound, mode, payload))
    return said


def fingerprint(items: list[Item]) -> bytes:
    total = sum(int.from_bytes(one, "little") for _, one in items) % 2**256
    return sha256(total.to_bytes(32, "little") + digits(len(items))).digest()[:16]


def between(items: list[Item], lower: Item, upper: Item) -> list[Item]:
    def whole(bound: Item) -> Item:
        return bound[0], bound[1] + bytes(32 - len(bound[1]))

    return [item for item in items if whole(lower) <= item < whole(upper)]


def shortest(before: Item, here: Item) -> Item:
    if before[0] != here[0]:
        return here[0], b""
    size = next(n for n in range(1, 33) if before[1][:n] != here[1][:n])
    return here[0], here[1][:size]


def closer(items: list[Item], upper: Item, *, sparse: bool = False) -> list[Said]:
    if len(items) < (8 if sparse else 32):
        return [(upper, LIST, [one for _, one in items])]
    parts, rest = [], items
    number = min(16, (len(items) + 2) // 3) if sparse else 16
    for n in range(number):
        size = len(items) // number + (n < len(items) % number)
        part, rest = rest[:size], rest[size:]
        parts.append((shortest(part[-1], rest[0]) if rest else upper, PRINT, fingerprint(part)))
    return parts


@dataclass
class Dumb:
    """One end; `asks` is the one that learns."""

    items: list[Item]
    limit: int
    asks: bool = False

    def __post_init__(self) -> None:
        self.items = sorted(set(self.items))
        self.have: list[bytes] = []
        self.need: list[bytes] = []
        self.sparse = False  # most fingerprints of the message agree

    def begin(self) -> bytes:
        return written(closer(self.items, LAST))

    def answer(self, message: bytes) -> bytes:
        said: list[Said] = []
        heard = read(message)
        bounds = [(0, b""), *(upper for upper, _, _ in heard)]
        prints = []
        for lower, (upper, mode, payload) in zip(bounds, heard, strict=False):
            mine = between(self.items, lower, upper)
            if self.asks and mode == LIST:
                self.compare([one for _, one in mine], payload)
            if mode == PRINT:
                prints.append(payload == fingerprint(mine))
        self.sparse = prints.count(True) > prints.count(False)
        for lower, (upper, mode, payload) in zip(bounds, heard, strict=False):
            mine = between(self.items, lower, upper)
            same = mode == PRINT and payload == fingerprint(mine)
            if mode == SKIP or same or (self.asks and mode == LIST):
                said.append((upper, SKIP, b""))
            else:
                more, left = self.more(said, mode, mine, upper)
                said += more
                if left is not None:
                    rest = between(self.items, left or lower, LAST)
                    said.append((LAST, PRINT, fingerprint(rest)) if rest else (LAST, LIST, []))
                    break
        return written(said)

    def more(
        self, said: list[Said], mode: int, mine: list[Item], upper: Item
    ) -> tuple[list[Said], Item | tuple[()] | None]:
        """Give what more is said of a range, and from where there was no room: () is all of it."""
        room = (self.limit or 10**12) - 200
        size = len(written(said))
        if size > room:
            return [], ()
        if mode == PRINT:
            parts = closer(mine, upper, sparse=self.sparse)
            if (
                self.asks and len(mine) > 2 and parts[0][1] == LIST
            ):  # the other has ids to tell, not we
                parts = [(upper, PRINT, fingerprint(mine))]
            return ([], ()) if len(written(said + parts)) > room else (parts, None)
        ids: list[bytes] = []
        for i, (_, one) in enumerate(mine):
            if size + 32 * len(ids) > room:
                end = shortest(mine[i - 1], mine[i])
                return [(end, LIST, ids)], end
            ids.append(one)
        return [(upper, LIST, ids)], None

    def compare(self, ours: list[bytes], theirs: list[bytes]) -> None:
        self.have += [one for one in ours if one not in theirs and one not in self.have]
        self.need += [one for one in theirs if one not in ours and one not in self.need]


@dataclass(frozen=True, repr=False)  # a failing pair of a thousand items says nothing to a reader
class Sets:
    """Two sets that share some items."""

    ours: list[Item]
    theirs: list[Item]


def a_set(chance: Random, size: int, times: int) -> list[Item]:
    """Make items, many with the same time, some with ids that begin alike.

    Eight bytes of each stay chance: of fewer, sums come out equal by luck, and a fingerprint is a
    sum. Ids of records are hashes.
    """
    made = []
    for _ in range(size):
        body = chance.randbytes(32)
        alike = chance.choice((0, 0, 0, 1, 3, 24))
        made.append((chance.randrange(times), bytes(alike) + body[alike:]))
    return [(at, one) for one, at in {one: at for at, one in made}.items()]


@st.composite
def sets(draw: st.DrawFn, most: int = 700) -> Sets:
    sizes = st.sampled_from([0, 1, 2, 15, 16, 17, 31, 32, 33, 63, 64, 65]) | st.integers(0, most)
    chance = Random(draw(st.integers(0, 2**32)))  # noqa: S311 - the same set for the same number
    times = draw(st.sampled_from([1, 2, 40, 10**6, 2**53]))
    every = a_set(chance, draw(sizes) + draw(sizes) + draw(sizes), times)
    common, ours = sorted((draw(sizes), draw(sizes)))
    if draw(st.booleans()):
        every.sort()  # what one has and the other has not lies together
    return Sets(every[:ours], every[:common] + every[ours:])


def is_true(message: bytes, items: list[Item]) -> bool:
    """Tell whether every range of it says just what its author has there."""
    lower: Item = (0, b"")
    for upper, mode, payload in read(message):
        mine = between(sorted(items), lower, upper)
        if mode == PRINT and payload != fingerprint(mine):
            return False
        if mode == LIST and payload != [one for _, one in mine]:
            return False
        lower = upper
    return True


LIMITS = st.sampled_from([0, 4_096, 4_100, 5_000, 60_000])


@settings(max_examples=25, deadline=None)
@given(sets(), LIMITS, LIMITS)
@example(Sets([], []), 0, 0)
def test_both_readings_write_the_same_and_find_every_difference(
    two: Sets, ours: int, theirs: int
) -> None:
    quick, dumb = Client(Items(two.ours), ours), Dumb(two.ours, ours, asks=True)
    server, dumb_server = Server(Items(two.theirs), theirs), Dumb(two.theirs, theirs)
    have: list[bytes] = []
    need: list[bytes] = []
    message: bytes | None = quick.begin()
    assert message == dumb.begin()
    while message is not None:
        assert is_true(message, two.ours)
        answer = server.answer(message)
        assert answer == dumb_server.answer(message)
        assert is_true(answer, two.theirs)
        message, more_have, more_need = quick.next(answer)
        have += more_have
        need += more_need
        assert (message or b"\x61") == dumb.answer(answer)
        assert (have, need) == (dumb.have, dumb.need)
        assert len(message or b"") <= (ours or 2**30)
        assert len(answer) <= (theirs or 2**30)
    assert sorted(have) == sorted(one for _, one in {*two.ours} - {*two.theirs})
    assert sorted(need) == sorted(one for _, one in {*two.theirs} - {*two.ours})
    assert quick.rounds == server.rounds < 200


@pytest.mark.parametrize("parts", range(8, 20))
def test_what_finds_no_room_is_not_lost_when_the_other_has_nothing_there(parts: int) -> None:
    # The other end differs in `parts` ranges and has nothing after them: in one of these cases it
    # is the range where we alone have something that finds no room in the frame.
    chance = Random(7)  # noqa: S311 - the same in every run
    ours = [(at, chance.randbytes(32)) for at in range(parts + 1) for _ in range(40)]
    theirs = [(at, chance.randbytes(32)) for at in range(parts) for _ in range(40)]
    said: list[Said] = [
        ((at + 1, b""), PRINT, fingerprint(between(theirs, (at, b""), (at + 1, b""))))
        for at in range(parts)
    ]
    said.append((LAST, PRINT, fingerprint([])))
    client, server = Client(Items(ours), 4_096), Server(Items(theirs), 0)
    message, have, need = client.next(written(said))
    while message is not None:
        assert is_true(message, ours)
        message, more_have, more_need = client.next(server.answer(message))
        have += more_have
        need += more_need
    assert sorted(have) == sorted(one for _, one in ours)
    assert sorted(need) == sorted(one for _, one in theirs)


def test_that_nothing_is_left_is_said_by_a_list_and_not_by_a_fingerprint() -> None:
    chance = Random(7)  # noqa: S311 - the same in every run
    items = [(1, chance.randbytes(32)) for _ in range(122)]  # just what fills a frame of 4,096
    asked = written([((2, b""), LIST, []), (LAST, PRINT, bytes(16))])
    answer = Server(Items(items), 4_096).answer(asked)
    assert [len(said[2]) for said in read(answer)] == [122, 0]
    assert read(answer)[-1] == (LAST, LIST, [])
    assert answer == Dumb(items, 4_096).answer(asked)


def cases(name: str) -> list[Any]:
    found: list[Any] = json.loads(VECTORS.read_text())[name]
    return [pytest.param(case, id=case["name"]) for case in found]


@pytest.mark.parametrize("case", cases("reconciliations"))
def test_a_reconciliation_goes_as_its_vector_says(case: dict[str, Any]) -> None:
    ours = [(at, bytes.fromhex(one)) for at, one in case["client"]]
    theirs = [(at, bytes.fromhex(one)) for at, one in case["server"]]
    limit = case["frame limit"]
    ends = [
        (Client(Items(ours), limit), Server(Items(theirs), limit)),
        (Dumb(ours, limit, asks=True), Dumb(theirs, limit)),
    ]
    for client, server in ends:
        have: list[bytes] = []
        need: list[bytes] = []
        said: bytes | None = client.begin()
        for asked, answered in case["messages"]:
            assert said is not None
            answer = server.answer(said)
            assert (said.hex(), answer.hex()) == (asked, answered)
            if isinstance(client, Client):
                said, more_have, more_need = client.next(answer)
                have += more_have
                need += more_need
            else:
                said = client.answer(answer)
                have, need = client.have, client.need
        assert said in (None, b"\x61")
        assert sorted(one.hex() for one in have) == case["have"]
        assert sorted(one.hex() for one in need) == case["need"]


@pytest.mark.parametrize("case", cases("refused"))
def test_what_is_refused_is_refused_by_both_ends(case: dict[str, str]) -> None:
    message = bytes.fromhex(case["message"])
    with pytest.raises(BadMessage):
        Server(Items([]), 4_096).answer(message)
    with pytest.raises(BadMessage):
        Client(Items([]), 4_096).next(message)


@pytest.mark.parametrize("case", cases("answered"))
def test_a_server_of_one_item_answers(case: dict[str, Any]) -> None:
    items = Items((at, bytes.fromhex(one)) for at, one in case["server"])
    answer = Server(items, 4_096).answer(bytes.fromhex(case["message"]))
    assert answer.hex() == case["answer"]
