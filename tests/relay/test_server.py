"""Who calls a relay by websocket is told what is kept, whatever way it came, and once."""

import asyncio
import json
from base64 import b64decode
from collections.abc import Awaitable, Callable

from websockets.typing import Subprotocol

import toys
from inside import Inside
from relaying import Caller, Running, running
from wayhome.crypto.keys import new_secret_key
from wayhome.records.draft import Draft
from wayhome.records.record import Record
from wayhome.records.signing import sign
from wayhome.relay import parcels


def words(count: int, kind: int = toys.WORD, at: int = 1_700_000_000) -> list[Record]:
    key = new_secret_key()
    return [sign(Draft(kind, (("t", str(i)),), "", at + i), key) for i in range(count)]


def story(inside: Inside, told: Callable[[Running, Caller], Awaitable[None]]) -> None:
    async def run() -> None:
        async with running(inside) as relay, relay.caller() as caller:
            await told(relay, caller)

    asyncio.run(run())


def test_what_is_offered_is_kept_durably_and_answered(inside: Inside) -> None:
    async def told(_: Running, caller: Caller) -> None:
        one = toys.word("hello")
        assert await caller.offer(one) == ["OK", one.id, True, ""]
        assert inside.store.get(one.id) == one
        assert await caller.offer(one) == ["OK", one.id, True, "duplicate: kept"]

    story(inside, told)


def test_what_is_held_is_answered_with_its_moment_and_told_at_it(inside: Inside) -> None:
    async def told(relay: Running, caller: Caller) -> None:
        plea = toys.plea()
        hand = toys.hand(plea.id)
        await caller.offer(plea)
        assert await caller.offer(hand) == ["OK", hand.id, True, "held: until 1020"]
        assert await caller.stored("h", {"kinds": [toys.HAND]}) == []
        assert await caller.count({"kinds": [toys.HAND]}) == 0
        relay.inside.now = 1_020
        await relay.inside.intake.release(1_020)
        said = await caller.hear()
        assert (said[:2], said[2]["id"]) == (["EVENT", "h"], hand.id)
        assert await caller.count({"kinds": [toys.HAND]}) == 1

    story(inside, told)


def test_stored_records_come_newest_first_then_by_id(inside: Inside) -> None:
    async def told(relay: Running, caller: Caller) -> None:
        same = [toys.word(str(i)) for i in range(40)]
        later = words(3, at=1_700_000_001)
        await relay.take(*same, *later)
        found = await caller.stored("a", {})
        assert found == [
            *[one.id for one in reversed(later)],
            *sorted(one.id for one in same),
        ]
        assert await caller.stored("a", {"limit": 5}) == found[:5]

    story(inside, told)


def test_whatever_way_a_record_comes_it_is_told_once_and_looks_alike(inside: Inside) -> None:
    async def told(relay: Running, caller: Caller) -> None:
        by_door, by_file, by_websocket = (toys.word(way) for way in ("door", "file", "websocket"))
        await caller.stored("a", {"kinds": [toys.WORD]})
        await relay.inside.intake.receive(by_door.line, "person")
        lines = relay.inside.intake.receive_lines([by_file.line], "own")
        assert [outcome async for outcome in lines]
        async with relay.caller() as another:
            await another.offer(by_websocket)
            await another.offer(by_websocket)
        await relay.take(by_door, by_file)
        heard = [await caller.socket.recv() for _ in range(3)]
        lines_heard = {b'["EVENT","a",' + one.line + b"]" for one in (by_door, by_file)}
        lines_heard.add(b'["EVENT","a",' + by_websocket.line + b"]")
        assert {one.encode() if isinstance(one, str) else one for one in heard} == lines_heard
        await caller.say("CLOSE", "a")
        assert await caller.count({}) == 3, "nothing was told twice"

    story(inside, told)


def test_who_asks_for_ids_is_told_those_of_what_comes_and_nothing_that_is_stored(
    inside: Inside,
) -> None:
    async def told(relay: Running, caller: Caller) -> None:
        stored, *later = words(4)
        await relay.take(stored)
        assert await caller.ask("IDS", "w", {"kinds": [toys.WORD]}) == ["EOSE", "w"]
        await relay.take(*later)
        heard = b""
        while len(heard) < 3 * 32:
            verb, name, ids = await caller.hear()
            assert (verb, name) == ("IDS", "w")
            heard += b64decode(ids)
        assert sorted(heard[at : at + 32].hex() for at in (0, 32, 64)) == sorted(
            one.id for one in later
        )
        await caller.say("CLOSE", "w")
        await relay.take(*words(1))
        assert await caller.count({"kinds": [toys.WORD]}) == 5
        closed = await caller.ask("IDS", "w", {"since": "x"})
        assert closed == ["CLOSED", "w", "invalid: bad-filter"]

    story(inside, told)


def test_who_takes_parcels_is_answered_in_them_and_nobody_else_is(inside: Inside) -> None:
    async def told(relay: Running, caller: Caller) -> None:
        await relay.take(*words(60))
        question = ("REQ", "w", {"kinds": [toys.WORD]})
        await caller.say(*question)
        plain = [json.dumps(said, separators=(",", ":")) for said in await caller.until("EOSE")]

        async with relay.caller(subprotocols=[Subprotocol(parcels.NAME)]) as taker:
            assert taker.socket.subprotocol == parcels.NAME
            assert (await taker.ask("COUNT", "n", {}))[2] == {"count": 60}, "too little to pack"
            await taker.say(*question)
            texts: list[bytes] = []
            size = 0
            while len(texts) < len(plain):
                came = await taker.socket.recv(decode=False)
                size += len(came)
                texts += parcels.unpack(came) if parcels.is_parcel(came) else [came]
        assert [text.decode() for text in texts] == plain
        assert size < sum(map(len, plain)) / 2

    story(inside, told)


def test_nothing_is_missed_or_told_twice_while_records_pour_in(inside: Inside) -> None:
    async def told(relay: Running, caller: Caller) -> None:
        some = words(600)
        pouring = asyncio.create_task(relay.take(*some))
        await caller.say("REQ", "a", {"kinds": [toys.WORD]})
        heard = []
        while len(heard) < len(some):
            said = await caller.hear()
            heard += [said[2]["id"]] if said[0] == "EVENT" else []
        await pouring
        assert sorted(heard) == sorted(one.id for one in some)

    story(inside, told)


def test_a_record_that_has_lapsed_is_not_served_counted_or_told_but_reconciled(
    inside: Inside,
) -> None:
    async def told(relay: Running, caller: Caller) -> None:
        relay.inside.now = 500
        over, fresh = toys.echo(until=400), toys.echo(until=600)
        await relay.take(over)
        assert await caller.stored("live", {"kinds": [toys.ECHO]}) == []
        await relay.take(fresh, toys.echo(until=500))
        assert (await caller.hear())[2]["id"] == fresh.id
        assert await caller.stored("a", {"ids": [over.id, fresh.id]}) == [fresh.id]
        assert await caller.count({"kinds": [toys.ECHO]}) == 1
        relay.inside.now = 600
        assert await caller.stored("b", {}) == []
        assert await caller.count({}) == 0
        opened = await caller.ask("NEG-OPEN", "n", {"kinds": [toys.ECHO]}, "6100000200")
        assert over.id in opened[2]
        assert fresh.id in opened[2]

    story(inside, told)


def test_a_record_with_a_lower_id_takes_the_place_of_another_in_counts(inside: Inside) -> None:
    async def told(relay: Running, caller: Caller) -> None:
        plea, key = toys.plea(), new_secret_key()
        await relay.take(plea)
        hands = sorted((toys.hand(plea.id, key, str(i)) for i in range(2)), key=lambda one: one.id)
        await relay.take(hands[1])
        assert await caller.stored("a", {"kinds": [toys.HAND]}) == [hands[1].id]
        await relay.take(hands[0])
        assert (await caller.hear())[2]["id"] == hands[0].id
        assert await caller.count({"kinds": [toys.HAND]}) == 1
        assert await caller.stored("b", {"kinds": [toys.HAND]}) == [hands[0].id]
        opened = await caller.ask("NEG-OPEN", "n", {"kinds": [toys.HAND]}, "6100000200")
        assert hands[0].id in opened[2]
        assert hands[1].id not in opened[2]

    story(inside, told)
