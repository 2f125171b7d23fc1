"""A hostile or broken peer costs a bounded amount, and nothing it does stops what others bring."""

import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

import toys
from hostile import Crier, Endless, Garbage, Huge, Nonsense, Silent, Talker
from inside import Inside
from monsters import MONSTERS
from peering import CutWay, Part, in_step, listening, only, said, until
from toys import plea, word
from wayhome.codec import limits
from wayhome.pace import Pace
from wayhome.peers.quota import Waste
from wayhome.peers.way import Address
from wayhome.records.record import Record
from wayhome.relay import answers
from wayhome.relay.messages import claimed_id
from wayhome.store.sqlite import SqliteStore
from wayhome.store.store import Entry

Open = Callable[..., Inside]


def run(doing: Coroutine[Any, Any, None]) -> None:
    asyncio.run(doing)


@pytest.mark.parametrize(
    ("part", "word_of_it"),
    [
        (Garbage, "bad-answer"),
        (Huge, "too-large"),
        (Endless, "endless"),
        (Nonsense, "bad-reconciliation"),
        (Silent, "no-answer"),
    ],
)
def test_a_peer_that_talks_nonsense_is_left_with_a_word_and_others_are_heard(
    open_inside: Open, monkeypatch: pytest.MonkeyPatch, part: type[Part], word_of_it: str
) -> None:
    if part is Silent:
        monkeypatch.setattr("wayhome.peers.line.ANSWER", 1.0)
    monkeypatch.setattr(limits, "PEER_ROUNDS", 50)

    async def story() -> None:
        bad, good = part([word()]), Part([plea(), word("good")])
        async with bad.playing(), good.playing(), listening(open_inside()) as here:
            peers = here.peers(bad.address, good.address)
            await peers.once()
            assert here.ids == sorted(good.lines)
            assert [peer.fault for peer in peers.all] == [word_of_it, ""]
            assert not peers.are_silent

    run(story())


def test_forged_records_are_refused_and_never_asked_for_again(open_inside: Open) -> None:
    async def story() -> None:
        genuine = [word(str(number)) for number in range(10)]
        part = Part(genuine)
        for one in genuine[:5]:
            part.lines[one.id] = one.line.replace(one.sig.encode(), one.sig[::-1].encode())
        async with part.playing(), listening(open_inside()) as here:
            peers = here.peers(part.address)
            for _ in range(2):
                await peers.once()
            assert here.ids == sorted(one.id for one in genuine[5:])
            assert only(peers).refused == {"bad-sig": 5}
            assert len(part.asked) == 10
            honest = Part(genuine)  # what one has forged another may give
            async with honest.playing():
                await here.peers(honest.address).once()
            assert here.ids == sorted(honest.lines)

    run(story())


def test_other_records_than_were_asked_for_are_not_even_looked_at(open_inside: Open) -> None:
    class Pusher(Part):
        def give(self, name: str, record_id: str) -> Iterator[bytes]:
            for _ in range(2):
                yield b'["EVENT",%b,%b]' % (json.dumps(name).encode(), word("pushed").line)
            yield from super().give(name, record_id)

    async def story() -> None:
        part = Pusher([word("asked")])
        async with part.playing(), listening(open_inside()) as here:
            peers = here.peers(part.address)
            await peers.once()
            assert here.ids == sorted(part.lines)
            assert only(peers).refused == {"not-asked-for": 2}

    run(story())


def test_ids_without_records_are_counted_against_the_peer(
    open_inside: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PEER_RECORDS", 2_000)

    class Boaster(Part):
        def give(self, name: str, record_id: str) -> Iterator[bytes]:  # noqa: ARG002 - none of them
            return iter(())

    async def story() -> None:
        part = Boaster()
        part.dated = {secrets.token_hex(32): (toys.WORD, number) for number in range(5_000)}
        async with part.playing(), listening(open_inside()) as here:
            peers = here.peers(part.address)
            await peers.once()
            peer = only(peers)
            assert (peer.fault, peer.phase) == ("too-many-records", "resting")
            assert peer.quota.rest(peer.quota.since) == pytest.approx(3_600.0)
            assert len(part.asked) <= 2_000 + 2 * limits.PEER_ASKED

    run(story())


def test_a_flood_of_what_we_do_not_carry_ends_and_what_we_carry_has_come_before(
    open_inside: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PEER_RECORDS", 300)
    monkeypatch.setattr(limits, "PEER_ASKED", 100)

    async def story() -> None:
        carried = plea()
        strange = plea("of a group that nobody knows")
        flood = [toys.unsigned(strange.id, "x") for _ in range(1_000)]
        part = Part([carried, *flood])
        async with part.playing(), listening(open_inside()) as here:
            peers = here.peers(part.address)
            await peers.once()
            assert here.ids == [carried.id]
            assert only(peers).fault == "too-many-records"
            assert len(part.asked) <= 1 + 300 + 2 * 100

    run(story())


def test_a_flood_of_news_ends_too(open_inside: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PEER_BYTES", 100_000)

    async def story() -> None:
        part = Crier([plea()])
        async with part.playing(), listening(open_inside()) as here:
            peers = here.peers(part.address)
            async with in_step(peers):
                await until(lambda: only(peers).phase == "resting")
            assert only(peers).fault == "too-many-bytes"

    run(story())


def test_one_poisoned_record_among_many_stops_none_of_them(open_inside: Open) -> None:
    async def story() -> None:
        good = [word(str(each)) for each in range(500)]
        bad = word("badly made")
        async with listening(open_inside()) as there, listening(open_inside()) as here:
            await there.take(good)
            there.inside.store.keep([Entry(bad)])  # as an earlier version would have kept it
            peers = here.peers(there.address)
            await peers.once()
            assert here.ids == sorted(one.id for one in good)
            assert only(peers).refused == {"bad-content": 1}

    run(story())


@pytest.mark.parametrize(
    "number",
    [
        500,
        pytest.param(
            10_000, marks=[pytest.mark.soak, pytest.mark.slow, pytest.mark.timeout(1_800)]
        ),
    ],
)
def test_all_that_was_ever_refused_stops_nothing_that_comes_behind_it(
    open_inside: Open, tmp_path: Path, number: int
) -> None:
    """By a peer, to a peer, and by a file, with the whole corpus at the head."""
    corpus = [monster.raw for monster in MONSTERS if b"\n" not in monster.raw]
    good = [word(str(each)) for each in range(number - len(corpus))]
    expected = sorted(one.id for one in good)
    file = tmp_path / "records.jsonl"
    file.write_bytes(b"".join(line + b"\n" for line in (*corpus, *(one.line for one in good))))

    async def story() -> None:
        poisoned = Part(good)
        for place, raw in enumerate(filter(is_carried, corpus)):
            claimed = claimed_id(raw)
            asked = f"{place:064x}" if claimed in poisoned.lines or len(claimed) != 64 else claimed
            poisoned.lines[asked] = raw
            poisoned.dated[asked] = (toys.WORD, 2**40)  # of the last second, and so at the head
        async with (
            poisoned.playing(),
            listening(open_inside()) as here,
            listening(open_inside()) as there,
            listening(open_inside()) as by_file,
        ):
            peers = here.peers(poisoned.address)
            await peers.once()
            assert only(peers).refused.total() > 200
            assert here.ids == expected
            await there.peers(here.address).once()
            assert there.ids == expected
            with file.open("rb") as lines:
                answers = [one async for one in by_file.inside.intake.receive_lines(lines, "own")]
            assert by_file.ids == expected
            assert len(answers) >= number

    run(story())


def is_carried(raw: bytes) -> bool:
    """Tell whether it can come in a message, which is JSON: spaces around it are the message's."""
    try:
        return answers.read(b'["EVENT","a",%b]' % raw) == answers.Given("a", raw)
    except answers.BadAnswer:
        return False


@pytest.mark.parametrize(
    ("told", "file"),
    [
        (json.dumps({"9" * 5_000: []}), b""),  # more digits than Python makes a number of
        (json.dumps({str(toys.WORD): [["", 5, "0" * 64]]}), b"x        \n" * 15_000),
    ],
    ids=["number", "lines"],
)
def test_files_of_nonsense_cost_a_bounded_amount_and_what_is_asked_for_comes(
    open_inside: Open, monkeypatch: pytest.MonkeyPatch, told: str, file: bytes
) -> None:
    monkeypatch.setattr("wayhome.peers.in_step.MUCH", 10)
    monkeypatch.setattr("wayhome.peers.first_load.LINES", 1_000)
    monkeypatch.setattr(limits, "PEER_RECORDS", 1_000_000)

    async def story() -> None:
        def pieces(_: Request) -> Response:
            return Response(told)

        def lines(_: Request) -> Response:
            return Response(file)

        bad = [Route("/records/pieces", pieces), Route("/records/{kind}/{sum}.jsonl", lines)]
        async with listening(open_inside(), bad) as there, listening(open_inside()) as here:
            await there.take([word(str(each)) for each in range(50)])
            peers = here.peers(there.address)
            await peers.once()
            assert here.ids == there.ids
            assert only(peers).refused.total() < 10_000  # what the line gave at once, and no more

    run(story())


def test_files_that_come_by_the_byte_are_left_and_what_is_in_them_is_asked_for(
    open_inside: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wayhome.peers.in_step.MUCH", 10)
    asked: list[str] = []

    async def story() -> None:
        def pieces(_: Request) -> Response:
            files = [[f"{at:02x}", 100, f"{at:064x}"] for at in range(9)]
            return Response(json.dumps({str(toys.WORD): files}))

        def slow(request: Request) -> Response:
            async def drops() -> AsyncIterator[bytes]:
                while True:
                    yield b"x"
                    await asyncio.sleep(0.02)

            asked.append(request.path_params["sum"])
            monkeypatch.setattr("wayhome.pace.Pace", partial(Pace, 0.3))  # for this answer
            return StreamingResponse(drops())

        bad = [Route("/records/pieces", pieces), Route("/records/{kind}/{sum}.jsonl", slow)]
        async with listening(open_inside(), bad) as there, listening(open_inside()) as here:
            await there.take([word(str(each)) for each in range(50)])
            await here.peers(there.address).once()
            assert here.ids == there.ids
            assert len(asked) == 1

    run(story())


def test_whoever_sends_a_file_a_byte_at_a_time_is_left_and_what_is_of_no_use_is_billed(
    open_inside: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PEER_BYTES", 3)

    async def story() -> None:
        def slow(_: Request) -> Response:
            async def drops() -> AsyncIterator[bytes]:
                while True:
                    yield b"x"
                    await asyncio.sleep(0.02)

            monkeypatch.setattr("wayhome.pace.Pace", partial(Pace, 0.3))  # for this answer
            return StreamingResponse(drops())

        def quick(_: Request) -> Response:
            monkeypatch.setattr("wayhome.pace.Pace", Pace)
            return Response(b"file")

        one, other = [Route("/file", slow)], [Route("/file", quick)]
        async with (
            listening(open_inside(), one) as first,
            listening(open_inside(), other) as second,
            listening(open_inside()) as here,
        ):
            peers = here.peers(first.address, second.address)
            assert [content async for content in peers.files("/file", 1_000)] == [b"file"]
            assert [peer.quota.waste.bytes for peer in peers.all] == [0, 4]
            assert [content async for content in peers.files("/file", 1_000)] == []

    run(story())


def test_more_than_was_asked_for_is_heard_to_no_end(open_inside: Open) -> None:
    async def story() -> None:
        part = Talker([word()])
        async with part.playing(), listening(open_inside()) as here:
            peers = here.peers(part.address)
            await peers.once()
            assert only(peers).fault == "too-many-records"

    run(story())


def test_a_relay_says_no_in_words_that_are_known_and_whatever_else_it_says_is_not_kept(
    open_inside: Open,
) -> None:
    class Poet(Part):
        def judge(self, record: dict[str, Any]) -> Iterator[bytes]:
            letters = "".join(chr(ord("a") + int(digit, 16)) for digit in record["id"][:12])
            why = f"{letters}: bad-sig" if record["kind"] == toys.PLEA else f"invalid: {letters}"
            yield said("OK", record["id"], False, why)  # noqa: FBT003 - NIP-01

    async def story() -> None:
        part = Poet()
        async with part.playing(), listening(open_inside()) as here:
            await here.take([word(str(each)) for each in range(60)])
            await here.take([plea(str(each)) for each in range(20)])
            peers = here.peers(part.address, offers=True)
            await peers.once()
            assert only(peers).not_taken == {"invalid": 60, "other": 20}
            assert {one.why for one in only(peers).named.values()} == {"invalid", "other"}

    run(story())


def test_a_full_disk_is_our_own_fault_and_nothing_is_lost(open_inside: Open) -> None:
    async def story() -> None:
        inside = open_inside(disk=True)
        store = inside.store
        assert isinstance(store, SqliteStore)
        records: list[Record] = [word("x" * 20_000) for _ in range(50)]
        part = Part(records)
        async with part.playing(), listening(inside) as here:
            peers = here.peers(part.address)
            store.limit(8192)
            await peers.once()
            assert (only(peers).fault, here.ids) == ("storage", [])
            assert only(peers).refused == {}  # it is not the peer's
            store.limit(1 << 32)
            await peers.once()
            assert here.ids == sorted(part.lines)

    run(story())


def test_a_peer_that_never_reads_is_left(
    open_inside: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wayhome.peers.line.ANSWER", 0.5)

    async def story() -> None:
        parted = asyncio.Event()

        async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await parted.wait()
            writer.close()
            await writer.wait_closed()

        deaf = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = deaf.sockets[0].getsockname()[1]
        monkeypatch.setattr("wayhome.peers.way.DIAL", 0.5)
        async with deaf, listening(open_inside()) as here:
            peers = here.peers(f"ws://127.0.0.1:{port}")
            await peers.once()
            assert only(peers).fault == "no-answer"
            assert peers.are_silent
            parted.set()
            await asyncio.sleep(0)

    run(story())


def test_at_most_eight_named_peers_are_chosen_and_each_node_chooses_for_itself(
    open_inside: Open,
) -> None:
    async def story() -> None:
        named = [f"https://node-{number}.example" for number in range(30)]
        async with listening(open_inside()) as one, listening(open_inside()) as other:
            chosen = []
            for here in (one, other):
                here.way.cut = {443}
                peers = here.peers("https://node-3.example", named=named)
                await peers.once()
                first, *rest = peers.all
                assert (first.number, first.address.is_trusted) == (1, True)
                assert len(rest) == limits.PEERS_NAMED
                assert not any(peer.address.is_trusted for peer in rest)
                places = {peer.address.same for peer in peers.all}
                assert len(places) == limits.PEERS_NAMED + 1
                chosen.append(places)
            assert chosen[0] != chosen[1]

    run(story())


def test_a_node_does_not_call_itself(open_inside: Open) -> None:
    async def story() -> None:
        async with listening(open_inside()) as here:
            peers = here.peers(named=[here.address, here.address.replace("http", "ws")])
            await peers.once()
            assert peers.all == []

    run(story())


def test_a_charter_that_names_an_address_of_this_machine_makes_nobody_knock(
    open_inside: Open,
) -> None:
    async def story() -> None:
        part = Part([plea()])
        async with part.playing(), listening(open_inside()) as here:
            peers = here.peers(named=[part.address])
            await peers.once()
            assert only(peers).fault == "private-address"
            assert (here.ids, part.heard) == ([], [])

    run(story())


def test_peers_that_charters_name_come_and_go_with_them(open_inside: Open) -> None:
    async def story() -> None:
        named: list[str] = []
        async with listening(open_inside()) as here:
            here.way.cut = {443}
            peers = here.peers(named=named)
            await peers.once()
            assert peers.all == []
            named.append("https://far.example")
            await peers.once()
            assert only(peers).address.host == "far.example"
            named.clear()
            await peers.once()
            assert peers.all == []

    run(story())


def test_another_address_of_a_group_is_no_other_hour(open_inside: Open) -> None:
    async def story() -> None:
        named = ["a https://one.example", "b https://other.example"]
        async with listening(open_inside()) as here:
            here.way.cut = {443}
            peers = here.peers(named=named)
            await peers.once()
            for peer in peers.all:
                peer.quota = peer.quota.bill(time.monotonic(), Waste(limits.PEER_BYTES + 1))
            named[:] = ["a https://two.example", "c https://third.example"]
            await peers.once()
            over = {peer.address.host: peer.quota.over for peer in peers.all}
            assert over == {"two.example": "too-many-bytes", "third.example": None}
            named[:] = ["b https://other.example", "a https://two.example", "a https://one.example"]
            await peers.once()
            over = {peer.address.host: peer.quota.over for peer in peers.all}
            assert over["other.example"] == over["two.example"] == "too-many-bytes"
            assert over["one.example"] is None, "a second one of a group has an hour of its own"

    run(story())


class Breaking(CutWay):
    """A way that breaks as nobody thought of."""

    @asynccontextmanager
    async def to_relay(self, address: Address, **_: object) -> AsyncIterator[Any]:
        raise IndexError(address.host)
        yield  # the shape of it

    @asynccontextmanager
    async def to_files(self, address: Address) -> AsyncIterator[Any]:
        if address.port in self.cut:
            raise IndexError(address.host)
        async with super().to_files(address) as files:
            yield files


def test_a_fault_of_ours_over_one_peer_ends_that_line_and_not_the_node(
    open_inside: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    async def story() -> None:
        async with listening(open_inside()) as there:
            here = replace(there, inside=open_inside(), way=Breaking())
            peers = here.peers(there.address)
            task = asyncio.create_task(peers.run())
            await until(lambda: only(peers).fault == "our-fault")
            assert not task.done()
            task.cancel()

    run(story())
    told = capsys.readouterr().err
    assert "to_relay" in told
    assert "127.0.0.1" not in told


def test_a_fault_of_ours_over_one_peers_files_ends_no_node_and_another_is_asked(
    open_inside: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    async def story() -> None:
        async with listening(open_inside()) as one, listening(open_inside()) as other:
            way = Breaking()
            way.cut.add(one.port)
            peers = replace(one, inside=open_inside(), way=way).peers(one.address, other.address)
            assert [body async for body in peers.files("/records/pieces", 1_000)]

    run(story())
    told = capsys.readouterr().err
    assert "to_files" in told
    assert "127.0.0.1" not in told
