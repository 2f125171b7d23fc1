"""A node learns exactly what it lacks, in the order of need, from any relay; then it listens."""

import asyncio
import json
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from secrets import token_urlsafe
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection

import toys
from inside import Inside
from peering import PATIENCE, Here, Part, in_step, listening, only, said, until
from proxies import counted
from toys import PLEA, WORD, hand, plea, word
from wayhome.codec import limits
from wayhome.journal.lines import kind_of
from wayhome.peers.portion import FIRST, Portion
from wayhome.records.filter import Filter
from wayhome.records.record import Record, read
from wayhome.relay.questions import LIVE_ONLY

Open = Callable[..., Inside]
SLOWLY = 25  # ids that a question asks for after answers that took long


def pleas_and_hands(number: int) -> list[Record]:
    pleas = [plea(str(each)) for each in range(3)]
    return [*pleas, *(hand(pleas[each % 3].id) for each in range(number))]


class Teller(Part):
    """Tells, by their ids, of what it has got."""

    live = ""
    line: ServerConnection

    @property
    def wished(self) -> list[list[int]]:
        """Of which kinds it was asked to tell, each time."""
        return [heard[2]["kinds"] for heard in self.heard if heard[0] == "IDS"]

    def name(self, name: str) -> Iterator[bytes]:
        self.live = name
        yield said("EOSE", name)

    async def tell(self, records: Sequence[Record]) -> None:
        for record in records:
            self.add(record)
        ids = b64encode(b"".join(bytes.fromhex(record.id) for record in records)).decode()
        await self.line.send(said("IDS", self.live, ids), text=True)

    async def _serve(self, line: ServerConnection) -> None:
        self.line = line
        await super()._serve(line)


@asynccontextmanager
async def slowly_in_step(inside: Inside, *tellers: Teller) -> AsyncIterator[Here]:
    """Listen to them on lines that have proved slow."""
    async with AsyncExitStack() as stack:
        for teller in tellers:
            await stack.enter_async_context(teller.playing())
        here = await stack.enter_async_context(listening(inside))
        peers = here.peers(*(teller.address for teller in tellers))
        await stack.enter_async_context(in_step(peers))
        await until(lambda: all(peer.phase == "listening" for peer in peers.all))
        for peer in peers.all:
            peer.portion = Portion(SLOWLY)
        yield here


def run(doing: Coroutine[Any, Any, None]) -> None:
    asyncio.run(doing)


def test_two_nodes_agree_and_nothing_is_fetched_twice(open_inside: Open) -> None:
    async def story() -> None:
        async with listening(open_inside()) as one, listening(open_inside()) as other:
            both = pleas_and_hands(40)
            await one.take(both[:30])
            await other.take([*both[:3], *both[20:], word("alone")])
            ours, theirs = one.peers(other.address), other.peers(one.address)
            await ours.once()
            await theirs.once()
            assert one.ids == other.ids
            assert len(one.ids) == 44
            assert (only(ours).kept, only(theirs).kept) == (14, 17)
            await ours.once()
            assert (only(ours).differed, only(ours).kept) == (0, 14)
            assert only(ours).agreed == one.inside.now

    run(story())


def test_kinds_come_in_the_order_of_need(open_inside: Open) -> None:
    async def story() -> None:
        part = Part([*reversed(pleas_and_hands(20)), word()])
        async with part.playing(), listening(open_inside()) as here:
            await here.peers(part.address).once()
            assert here.ids == sorted(part.lines)
            kinds = [kind_of(part.lines[one]) for one in part.asked]
            order = [kind.number for kind in toys.BOOK.in_order()]
            assert kinds == sorted(kinds, key=order.index)
            assert kinds != sorted(kinds)  # which is not the order of their numbers

    run(story())


def test_what_becomes_public_there_is_here_at_once(open_inside: Open) -> None:
    async def story() -> None:
        async with listening(open_inside()) as here, listening(open_inside()) as there:
            await there.take([first := plea()])
            async with in_step(peers := here.peers(there.address)):
                await here.until(1)
                await until(lambda: only(peers).phase == "listening")
                await there.take([hand(first.id) for _ in range(700)])
                await here.until(701)
            assert here.ids == there.ids

    run(story())


def test_nodes_that_all_listen_to_each_other_send_a_new_record_to_each_once(
    open_inside: Open,
) -> None:
    async def story() -> None:
        async with AsyncExitStack() as stack:
            nodes = [await stack.enter_async_context(listening(open_inside())) for _ in range(4)]
            lines = []
            for node in nodes:
                others = [
                    await stack.enter_async_context(counted(other.port))
                    for other in nodes
                    if other is not node
                ]
                peers = node.peers(*(line.address for line in others))
                await stack.enter_async_context(in_step(peers))
                await until(lambda peers=peers: all(one.phase == "listening" for one in peers.all))
                lines += others
            before = sum(line.bytes for line in lines)
            new = [word(f"{n} {token_urlsafe(600)}") for n in range(100)]
            for n in range(0, len(new), 20):
                await nodes[0].take(new[n : n + 20])
            for node in nodes:
                await node.until(len(new))
            lacked = 3 * sum(len(record.line) for record in new)
            assert sum(line.bytes for line in lines) - before <= 0.95 * lacked

    run(story())


def test_of_several_who_have_what_we_lack_nothing_is_asked_twice(
    open_inside: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PEER_ASKED", 10)

    async def story() -> None:
        records = pleas_and_hands(60)
        parts = [Part(records) for _ in range(3)]
        async with AsyncExitStack() as stack:
            for part in parts:
                await stack.enter_async_context(part.playing())
            here = await stack.enter_async_context(listening(open_inside()))
            peers = here.peers(*(part.address for part in parts))
            await stack.enter_async_context(in_step(peers))
            await until(lambda: all(peer.agreed for peer in peers.all))
        assert sorted(one for part in parts for one in part.asked) == here.ids
        compared = [
            heard[2]["kinds"] for part in parts for heard in part.heard if heard[0] == "NEG-OPEN"
        ]
        assert len(compared) == 3 * len(toys.BOOK.in_order())

    run(story())


def test_who_waits_for_its_turn_tells_of_little_and_waits_no_longer_than_for_who_brings_nothing(
    open_inside: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Mute(Part):
        is_mute = True

        def compare(self, name: str, message: bytes) -> Iterator[bytes]:
            return iter(()) if self.is_mute else super().compare(name, message)

        def has(self, verb: str) -> list[Any]:
            return [heard for heard in self.heard if heard[0] == verb]

    async def story() -> None:
        parts = Mute([word("one")]), Mute([word("another")])
        async with parts[0].playing(), parts[1].playing(), listening(open_inside()) as here:
            peers = here.peers(*(part.address for part in parts))
            async with in_step(peers):
                await until(lambda: any(part.has("NEG-OPEN") for part in parts))
                # whichever was reached first has its turn
                [other] = [part for part in parts if not part.has("NEG-OPEN")]
                await until(lambda: other.has("REQ"))
                wished = [heard[2]["kinds"] for heard in other.has("REQ")]
                assert wished == [[toys.BOOK.in_order()[0].number]]
                assert not other.has("NEG-OPEN")
                other.is_mute = False
                monkeypatch.setattr("wayhome.peers.turn.FRUITLESS", 0.0)
                await here.until(1)
            assert here.ids == sorted(other.lines)

    run(story())


def test_over_slow_lines_what_several_tell_of_at_once_is_asked_of_one(
    open_inside: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        tellers = [Teller() for _ in range(3)]
        async with slowly_in_step(open_inside(), *tellers) as here:
            monkeypatch.setattr("wayhome.peers.in_step.SOON", 1_000.0)
            monkeypatch.setattr("wayhome.peers.service.LATER", 0.05)
            told = [word(str(n)) for n in range(200)]
            for teller in tellers:
                await teller.tell(told)
            # until they are asked none of them is to tell of more
            first = [toys.BOOK.in_order()[0].number]
            await until(lambda: all(teller.wished[-1] == first for teller in tellers))
            assert not any(teller.asked for teller in tellers)
            monkeypatch.setattr("wayhome.peers.in_step.SOON", 0.01)
            for teller in tellers:
                await teller.tell(told[:1])
            await here.until(len(told))
            assert sorted(one for teller in tellers for one in teller.asked) == here.ids
            # the last few come from whoever told of them
            assert max(len(teller.asked) for teller in tellers) >= len(told) - FIRST
            for teller in tellers:  # compared they are once they have come
                await until(lambda teller=teller: teller.wished[-1] != first)
                verbs = [heard[0] for heard in teller.heard]
                assert "REQ" not in verbs[len(verbs) - verbs[::-1].index("IDS") :]

    run(story())


def test_what_a_slow_line_did_not_tell_of_comes_from_who_cannot_compare_too(
    open_inside: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wayhome.peers.in_step.SOON", 0.01)
    monkeypatch.setattr("wayhome.peers.service.LATER", 0.05)

    class Unable(Teller):
        def compare(self, name: str, message: bytes) -> Iterator[bytes]:
            assert message
            yield said("NEG-ERR", name, "blocked: not here")

    async def story() -> None:
        teller = Unable([word("first")])
        async with slowly_in_step(open_inside(), teller) as here:
            teller.add(word("untold"))
            await teller.tell([word(str(n)) for n in range(100)])
            await here.until(102)
        assert here.ids == sorted(teller.lines)

    run(story())


def test_what_a_slow_line_tells_of_before_what_it_needs_is_asked_for_in_order_of_need(
    open_inside: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wayhome.peers.in_step.SOON", 0.01)

    async def story() -> None:
        needed = plea()
        teller = Teller()
        async with slowly_in_step(open_inside(), teller) as here:
            teller.add(needed)  # which it does not tell of
            await teller.tell([hand(needed.id) for _ in range(100)])
            await here.until(101)
        assert len(teller.asked) <= 101 + SLOWLY

    run(story())


def test_who_has_told_ids_is_not_asked_for_copies_because_it_is_slow(
    open_inside: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow(Part):
        is_slow = False

        def name(self, name: str) -> Iterator[bytes]:
            monkeypatch.setattr("wayhome.peers.line.ANSWER", 0.1)  # for what is asked from now on
            if not self.is_slow:
                yield said("EOSE", name)
            self.is_slow = True

    async def story() -> None:
        part = Slow()
        async with part.playing(), listening(open_inside()) as here:
            async with in_step(peers := here.peers(part.address)):
                await until(lambda: only(peers).phase == "listening")
            assert [heard[0] for heard in part.heard].count("IDS") > 1
            asked = [heard[2] for heard in part.heard if heard[0] == "REQ"]
            assert all(one.get("limit") != LIVE_ONLY for one in asked)

    run(story())


def test_who_has_compared_is_not_asked_by_pages_because_it_is_slow(
    open_inside: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow(Part):
        is_slow = False

        def compare(self, name: str, message: bytes) -> Iterator[bytes]:
            return iter(()) if self.is_slow else super().compare(name, message)

    async def story() -> None:
        part = Slow([word()])
        async with part.playing(), listening(open_inside()) as here:
            peers = here.peers(part.address)
            await peers.once()
            part.is_slow = True
            monkeypatch.setattr("wayhome.peers.line.ANSWER", 0.1)
            await peers.once()
            assert only(peers).fault == "no-answer"
            assert [heard[2] for heard in part.heard if heard[0] == "REQ"] == [{"ids": part.asked}]

    run(story())


def test_what_one_tells_of_and_does_not_give_comes_from_another(open_inside: Open) -> None:
    class Boaster(Part):
        def name(self, name: str) -> Iterator[bytes]:
            yield said("EOSE", name)
            yield said("IDS", name, b64encode(bytes.fromhex(boasted.id)).decode())

        def give(self, name: str, record_id: str) -> Iterator[bytes]:  # noqa: ARG002 - nothing
            return iter(())

    boasted = word("boasted of")

    async def story() -> None:
        part = Boaster()
        async with part.playing(), listening(open_inside()) as here, listening(open_inside()) as to:
            peers = here.peers(part.address, to.address)
            async with in_step(peers):
                await until(lambda: boasted.id in part.asked)
                await until(lambda: peers.all[0].left_out == {"not-given": 1})
                await to.take([boasted])
                await here.until(1)
                await until(lambda: not peers.all[0].left_out)
            assert part.asked == [boasted.id]

    run(story())


def test_a_line_that_was_cut_is_seen_and_once_one_is_mended_all_are_tried(
    open_inside: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wayhome.peers.line.QUIET", 0.1)
    monkeypatch.setattr("wayhome.peers.in_step.SOON", 0.1)
    monkeypatch.setattr("wayhome.peers.service.KNOCK", 0.1)
    monkeypatch.setattr("wayhome.peers.way.DIAL", 0.5)
    monkeypatch.setattr("wayhome.peers.way.PARTING", 0.1)
    monkeypatch.setattr("wayhome.peers.patience.LEAST", 1_000.0)

    async def story() -> None:
        async with AsyncExitStack() as stack:
            here, *others = [
                await stack.enter_async_context(listening(open_inside())) for _ in range(3)
            ]
            lines = [await stack.enter_async_context(counted(one.port)) for one in others]
            peers = here.peers(*(line.address for line in lines))
            await stack.enter_async_context(in_step(peers))
            await until(lambda: all(peer.phase == "listening" for peer in peers.all))
            for line in lines:
                line.is_cut = True
            await until(lambda: all(peer.fault == "no-answer" for peer in peers.all))
            for number, one in enumerate(others):
                await one.take([word(str(number))])
            for line in lines:
                line.is_cut = False
            await here.until(2)

    run(story())


@pytest.mark.parametrize("is_able", [True, False])
def test_what_could_not_be_carried_is_fetched_once_what_it_needs_has_come(
    open_inside: Open, *, is_able: bool
) -> None:
    async def story() -> None:
        needed = plea()
        part = Foreign([hand(needed.id) for _ in range(5)], "NOTICE", "no such thing")
        part.is_able = is_able
        async with part.playing(), listening(open_inside()) as here:
            peers = here.peers(part.address)
            async with in_step(peers):
                await until(lambda: only(peers).agreed)
                assert only(peers).left_out == {"unknown-petition": 5}
                await here.take([needed])  # by another way
                await here.until(6)
                await until(lambda: not only(peers).left_out)  # nothing of its is missing any more

    run(story())


def test_what_is_not_carried_is_not_asked_for_until_that_may_change(open_inside: Open) -> None:
    async def story() -> None:
        part = Part([hand(plea().id) for _ in range(5)])
        async with part.playing(), listening(open_inside()) as here:
            peers = here.peers(part.address)
            for _ in range(3):
                await peers.once()
            assert (len(part.asked), only(peers).differed) == (5, 5)
            await here.take([word()])  # no hand waits for a word
            await peers.once()
            assert len(part.asked) == 5
            await here.take([plea("another")])
            await peers.once()
            assert len(part.asked) == 10

    run(story())


def test_what_found_no_room_is_fetched_once_more_when_what_it_is_tied_to_has_come(
    open_inside: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else each cosign that comes would have every node fetch what others have of a flood."""
    monkeypatch.setattr("wayhome.peers.in_step.SOON", 0.01)

    async def story() -> None:
        words = [word(f"{toys.NO_ROOM} {n}") for n in range(5)]
        part = Part([*words, hand(plea().id)])
        async with part.playing(), listening(open_inside()) as here:
            peers = here.peers(part.address)

            async def asked(number: int) -> None:
                peer = only(peers)
                await until(lambda: len(part.asked) == number and peer.phase == "listening")

            async with in_step(peers):
                await asked(5 + 1)
                await here.take([plea("of none")])
                await asked(6 + 1)  # the hand, which may have waited for it
                await here.take([plea("of one", ("e", words[0].id))])
                await asked(7 + 2 + 4)  # it made room, maybe for the others
                await here.take([plea("of another", ("e", words[4].id))])
                await asked(13 + 2 + 3)
                left = {"proposal-quota": 3, "unknown-petition": 1}
                assert only(peers).left_out == left
            assert [part.asked.count(one.id) for one in words] == [2, 3, 3, 3, 3]

    run(story())


def test_what_a_rule_refuses_is_never_asked_for_again_and_stops_nothing(open_inside: Open) -> None:
    async def story() -> None:
        bad = word("badly made")
        part = Part([word("first"), bad, word("last")])
        async with part.playing(), listening(open_inside()) as here:
            peers = here.peers(part.address)
            for _ in range(3):
                await peers.once()
                await here.take([plea()])  # whatever comes
            assert only(peers).refused == {"bad-content": 1}
            assert part.asked.count(bad.id) == 1
            assert set(here.ids) > set(part.lines) - {bad.id}

    run(story())


class Foreign(Part):
    """A relay that cannot compare, and says so in a way of its own."""

    def __init__(self, records: list[Record], *no: object) -> None:
        super().__init__(records)
        self.no = no
        self.is_silent: Callable[[], None] = lambda: None  # told that it leaves one unanswered
        self.is_able = False
        self.able_of: set[int] = set()  # kinds

    @property
    def pages(self) -> int:
        return sum(1 for said in self.heard if said[0] == "REQ" and "limit" in said[2])

    @property
    def dates(self) -> list[int]:
        """The dates down from which it was asked for pages of pleas."""
        pages = [said[2] for said in self.heard if said[0] == "REQ" and "limit" in said[2]]
        return [page["until"] for page in pages if page["kinds"] == [PLEA] and "until" in page]

    def answer(self, heard: list[Any]) -> Iterator[bytes]:
        if heard[0] != "NEG-OPEN" or self.is_able or self.able_of.issuperset(heard[2]["kinds"]):
            yield from super().answer(heard)
        elif self.no:
            yield said(*(heard[1] if part == "name" else part for part in self.no))
        else:
            self.is_silent()


def in_a_hurry(monkeypatch: pytest.MonkeyPatch, part: Foreign) -> None:
    """Let the answer that does not come be waited for shortly, and those after it for long."""

    def wait(seconds: float) -> None:
        monkeypatch.setattr("wayhome.peers.line.ANSWER", seconds)

    if not part.no:
        wait(0.9)
        part.is_silent = partial(wait, PATIENCE)


@pytest.mark.parametrize(
    "no",
    [
        ("NOTICE", "ERROR: bad msg: negentropy disabled"),
        ("CLOSED", "name", "unsupported: no such thing"),
        ("NEG-ERR", "name", "blocked: too many"),
        (),
    ],
)
def test_a_relay_that_cannot_compare_is_asked_by_pages(
    open_inside: Open, monkeypatch: pytest.MonkeyPatch, no: tuple[str, ...]
) -> None:
    monkeypatch.setattr(limits, "PEER_PAGE", 10)

    async def story() -> None:
        dated = [toys.at(PLEA, day) for day in range(25)]
        part = Foreign([*dated, *(hand(dated[0].id) for _ in range(7))], *no)
        in_a_hurry(monkeypatch, part)
        async with part.playing(), listening(open_inside()) as here:
            peers = here.peers(part.address)
            await peers.once()
            assert here.ids == sorted(part.lines)
            assert only(peers).fault == ""

    run(story())


def test_a_relay_that_breaks_off_is_asked_for_the_rest_and_later_for_what_is_newest(
    open_inside: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What came there late bears an old date: it is found when everything is asked for again."""
    monkeypatch.setattr(limits, "PEER_PAGE", 10)

    class Tired(Foreign):
        gives = 25  # records, then it breaks off

        def give(self, name: str, record_id: str) -> Iterator[bytes]:
            self.gives -= 1
            if self.gives < 0:
                raise ConnectionError
            yield from super().give(name, record_id)

    async def story() -> None:
        part = Tired([toys.at(PLEA, day) for day in range(60)], "NOTICE", "no such thing")
        async with part.playing(), listening(open_inside()) as here:
            here.inside.now = toys.at(PLEA, 60).created_at
            peers = here.peers(part.address)
            await peers.once()
            assert only(peers).fault == "hung-up"
            part.gives, (*_, broken) = 1_000, part.dates
            part.heard.clear()
            await peers.once()
            assert here.ids == sorted(part.lines)
            assert not [at for at in part.dates if broken < at < toys.at(PLEA, 55).created_at]
            part.add(late := toys.at(PLEA, 3))
            part.add(new := toys.at(PLEA, 59))
            part.heard.clear()
            await peers.once()
            assert min(part.dates) >= toys.at(PLEA, 55).created_at
            assert [one.id in here.ids for one in (new, late)] == [True, False]
            here.inside.now += 86_400
            await peers.once()
            assert here.ids == sorted(part.lines)

    run(story())


@pytest.mark.parametrize(("gives", "cut"), [(1_000, 0), (25, 1)])
def test_a_date_with_more_records_than_a_page_comes_whole_or_is_said_to_be_cut_short(
    open_inside: Open, monkeypatch: pytest.MonkeyPatch, gives: int, cut: int
) -> None:
    monkeypatch.setattr(limits, "PEER_PAGE", 10)
    monkeypatch.setattr("wayhome.peers.paging.LEAST", 10)

    class Stingy(Foreign):
        def _page(self, kinds: Sequence[int], until: int) -> list[str]:
            return super()._page(kinds, until)[:gives]

    async def story() -> None:
        days = [5] * 3 + [4] * 60 + [3] * 2 + [2] * 11 + [1]
        part = Stingy([toys.at(PLEA, day) for day in days], "NOTICE", "no such thing")
        async with part.playing(), listening(open_inside()) as here:
            peers = here.peers(part.address)
            await peers.once()
            lacking = set(part.lines).difference(here.ids)
            assert len(lacking) == cut * (60 - 25)
            assert {part.dated[one][1] for one in lacking} <= {toys.at(PLEA, 4).created_at}
            assert only(peers).left_out == ({"cut-short": 1} if cut else {})

    run(story())


@pytest.mark.parametrize(
    "no",
    [
        (),
        ("NEG-ERR", "name", "blocked: too-broad"),
        ("NEG-ERR", "name", "rate-limited: too-many-reconciliations"),
    ],
)
def test_whoever_could_not_compare_once_is_asked_again(
    open_inside: Open, monkeypatch: pytest.MonkeyPatch, no: tuple[str, ...]
) -> None:
    async def story() -> None:
        part = Foreign([plea()], *no)
        in_a_hurry(monkeypatch, part)
        async with part.playing(), listening(open_inside()) as here:
            peers = here.peers(part.address)
            await peers.once()
            assert here.ids == sorted(part.lines)
            part.is_able = True
            part.add(plea("later"))
            await peers.once()
            assert here.ids == sorted(part.lines)

    run(story())


def test_a_kind_that_is_too_broad_leaves_the_others_as_they_were(open_inside: Open) -> None:
    async def story() -> None:
        part = Foreign([word()], "NEG-ERR", "name", "blocked: too-broad")
        part.able_of = {PLEA}
        async with part.playing(), listening(open_inside()) as here:
            peers = here.peers(part.address)
            await peers.once()
            part.add(plea())
            await peers.once()
            assert here.ids == sorted(part.lines)

    run(story())


@pytest.mark.parametrize("is_able", [True, False])
def test_a_relay_that_asks_nobody_is_offered_what_only_we_have(
    open_inside: Open, *, is_able: bool
) -> None:
    class Choosy(Foreign):
        def judge(self, record: dict[str, Any]) -> Iterator[bytes]:
            no = record["kind"] == PLEA
            yield said("OK", record["id"], not no, "blocked: event kind not allowed" if no else "")

    async def story() -> None:
        part = Choosy([there := word("there")], "NOTICE", "no such thing")
        part.is_able = is_able
        async with part.playing(), listening(open_inside()) as here:
            await here.take([word("a"), word("b"), plea()])
            peers = here.peers(part.address, offers=True)
            await peers.once()
            offered = [heard[1]["id"] for heard in part.heard if heard[0] == "EVENT"]
            assert sorted(offered) == [one for one in here.ids if one != there.id]
            assert only(peers).not_taken == {"blocked": 1}
            assert [(one.kind, one.why) for one in only(peers).named.values()] == [
                (PLEA, "blocked")
            ]

    run(story())


def test_what_a_relay_was_made_to_delete_is_offered_to_it_again(open_inside: Open) -> None:
    """A relay of somebody else obeys whoever wrote a record and wants it gone (NIP-09)."""

    class Obeying(Part):
        def judge(self, record: dict[str, Any]) -> Iterator[bytes]:
            self.add(read(json.dumps(record).encode()))
            yield from super().judge(record)

    async def story() -> None:
        part = Obeying()
        async with part.playing(), listening(open_inside()) as here:
            await here.take([word("a"), word("b"), plea()])
            peers = here.peers(part.address, offers=True)
            for _ in range(2):
                await peers.once()
                assert sorted(part.lines) == here.ids
                gone = here.ids[0]
                del part.lines[gone], part.dated[gone]
            await peers.once()
            assert sorted(part.lines) == here.ids
            assert len(here.ids) == 3

    run(story())


def test_nobody_is_offered_anything_who_is_not_meant_to(open_inside: Open) -> None:
    async def story() -> None:
        part = Part()
        async with part.playing(), listening(open_inside()) as here:
            await here.take([word()])
            await here.peers(part.address).once()
            assert not [heard for heard in part.heard if heard[0] == "EVENT"]

    run(story())


def test_a_new_node_takes_files_first_and_reconciles_the_rest(
    open_inside: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wayhome.peers.in_step.MUCH", 100)
    monkeypatch.setattr("wayhome.web.record_files.PIECE", 50)

    async def story() -> None:
        async with listening(open_inside()) as full, listening(open_inside()) as new:
            records = pleas_and_hands(600)
            await full.take(records[:-5])
            await new.take(records[:40])
            first = new.peers(full.address)
            await first.once()
            assert new.ids == full.ids
            await full.take(records[-5:])  # newer than the files
            await first.once()
            assert new.ids == full.ids
            assert only(first).refused == {}
            assert only(first).kept == 600 + 3 - 40

    run(story())


def test_a_file_of_which_half_is_here_is_not_taken(
    open_inside: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wayhome.peers.in_step.MUCH", 100)
    monkeypatch.setattr("wayhome.web.record_files.PIECE", 50)

    async def story() -> None:
        async with listening(open_inside()) as full, listening(open_inside()) as half:
            records = pleas_and_hands(600)
            await full.take(records)
            await half.take(records[:300])
            async with counted(full.port) as there:
                await half.peers(there.address).once()
                assert half.ids == full.ids
                assert there.bytes < sum(len(one.line) for one in records[300:])

    run(story())


def test_clocks_ten_years_apart_make_no_difference(open_inside: Open) -> None:
    async def story() -> None:
        early, late = open_inside(), open_inside()
        early.now, late.now = 1_500_000_000, 2_200_000_000
        async with listening(early) as one, listening(late) as other:
            await one.take(pleas_and_hands(10))
            await other.take(pleas_and_hands(10))
            await one.peers(other.address).once()
            await other.peers(one.address).once()
            assert one.ids == other.ids

    run(story())


def test_a_round_that_is_broken_off_keeps_what_came_and_the_next_one_brings_the_rest(
    open_inside: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PEER_ASKED", 10)

    class Dying(Part):
        given = 0

        def give(self, name: str, record_id: str) -> Iterator[bytes]:
            self.given += 1
            if self.given == 25:
                raise ConnectionError
            yield from super().give(name, record_id)

    async def story() -> None:
        part = Dying(pleas_and_hands(40))
        async with part.playing(), listening(open_inside()) as here:
            peers = here.peers(part.address)
            await peers.once()
            assert only(peers).fault == "hung-up"
            assert len(here.ids) == 24  # of the last answer what came, too
            await peers.once()
            assert here.ids == sorted(part.lines)
            assert only(peers).fault == ""

    run(story())


def test_five_nodes_that_were_parted_agree_when_they_meet_again(open_inside: Open) -> None:
    async def story() -> None:
        async with (
            listening(open_inside()) as a, listening(open_inside()) as b,
            listening(open_inside()) as c, listening(open_inside()) as d,
            listening(open_inside()) as e,
        ):  # fmt: skip
            nodes = [a, b, c, d, e]
            ring = [node.peers(nodes[place - 1].address) for place, node in enumerate(nodes)]

            async def rounds(number: int) -> None:
                for _ in range(number):
                    for peers in ring:
                        await peers.once()

            a.way.cut, c.way.cut = {e.port}, {b.port}  # a and b on one side, c, d, e on the other
            await a.take(left := pleas_and_hands(30))
            await d.take(right := pleas_and_hands(30))
            await rounds(4)
            assert len(b.ids) == len(left)
            assert len(e.ids) == len(right)
            a.way.cut, c.way.cut = set(), set()
            await rounds(4)
            assert all(node.ids == sorted(one.id for one in left + right) for node in nodes)

    run(story())


def test_two_nodes_that_were_parted_send_hardly_more_than_what_the_other_lacks(
    open_inside: Open,
) -> None:
    async def story() -> None:
        async with listening(open_inside()) as one, listening(open_inside()) as other:
            both = [word(str(number)) for number in range(3_000)]
            # with so much a word is as long as a signature, and can be packed as little
            ours, theirs = [[word(token_urlsafe(600)) for _ in range(300)] for _ in range(2)]
            await one.take([*both, *ours])
            await other.take([*both, *theirs])
            async with counted(other.port) as there, counted(one.port) as here:
                await one.peers(there.address).once()
                await other.peers(here.address).once()
            assert one.ids == other.ids
            lacked = sum(len(record.line) for record in ours + theirs)
            assert there.bytes + here.bytes <= 1.25 * lacked

    run(story())


def test_of_a_narrowed_kind_only_a_part_is_asked_for_and_heard(open_inside: Open) -> None:
    async def story() -> None:
        ours, theirs = "a" * 64, "b" * 64
        async with listening(open_inside()) as one, listening(open_inside()) as other:
            await other.take([plea(), *(word(f"{n}", ("g", ours)) for n in range(3))])
            await other.take([word(f"{n}", ("g", theirs)) for n in range(5)])
            peers = one.peers(other.address, narrowed={WORD: {"g": (ours,)}})
            await peers.once()
            assert len(one.ids) == 4
            assert (only(peers).kept, only(peers).differed) == (4, 0)
            assert (dict(only(peers).refused), dict(only(peers).not_taken)) == ({}, {})
            async with in_step(peers):
                await until(lambda: only(peers).phase == "listening")
                await other.take([word("not ours", ("g", theirs)), word("ours", ("g", ours))])
                await one.until(5)
        assert not one.inside.store.count(Filter(kinds=(WORD,), tags=(("g", theirs),)))

    run(story())


def test_of_a_narrowed_kind_nothing_is_offered(open_inside: Open) -> None:
    async def story() -> None:
        part = Part()
        async with part.playing(), listening(open_inside()) as here:
            await here.take([plea(), word("x", ("g", "a" * 64))])
            narrowed = {WORD: {"g": ("a" * 64,)}}
            await here.peers(part.address, offers=True, narrowed=narrowed).once()
        offered = [heard[1]["kind"] for heard in part.heard if heard[0] == "EVENT"]
        assert offered == [PLEA]

    run(story())


def test_what_lapsed_here_is_not_asked_for_again(open_inside: Open) -> None:
    async def story() -> None:
        gone, stays = word("gone"), word("stays")
        part = Part([gone, stays])
        async with part.playing(), listening(open_inside()) as here:
            await here.take([gone])
            await here.inside.intake.lapse([gone.id])
            peers = here.peers(part.address)
            await peers.once()
            assert part.asked == [stays.id]
            assert (only(peers).kept, only(peers).differed) == (1, 0)
            assert here.ids == [stays.id]

    run(story())
