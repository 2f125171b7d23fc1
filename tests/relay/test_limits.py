"""Every limit of the relay is kept by a running one, and others go on being served."""

import asyncio
import contextlib
import resource
import socket
import struct
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from threading import Event

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

import toys
from inside import Inside
from monsters import MONSTERS, ODD
from relaying import HEAD, PATIENCE, Caller, Running, frame, running
from wayhome.codec import limits
from wayhome.crypto.keys import new_secret_key
from wayhome.pages import guard
from wayhome.records.draft import Draft
from wayhome.records.filter import Filter
from wayhome.records.refused import Refused
from wayhome.records.signing import sign
from wayhome.relay import connection
from wayhome.relay.words import refused
from wayhome.store.memory import MemoryStore
from wayhome.store.store import Entry, StorageFault

EMPTY = "6100000200"


@pytest.fixture
def inside(tmp_path_factory: pytest.TempPathFactory) -> Inside:
    return Inside(MemoryStore(), tmp_path_factory.mktemp("inside"))


@pytest.fixture
def _three_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "RELAY_SETS", 3)


def story(inside: Inside, told: Callable[[Running, Caller], Awaitable[None]]) -> None:
    async def run() -> None:
        async with running(inside) as relay, relay.caller() as caller:
            await told(relay, caller)

    try:
        asyncio.run(run())
    finally:
        inside.intake.close()


async def until(caller: Caller, relay: Running, others: int) -> None:
    """Wait until there are so many besides a caller, who is served meanwhile."""
    async with asyncio.timeout(PATIENCE):
        while relay.relay.connections != others + 1:
            await caller.count({"kinds": []})


async def raw(relay: Running, *said: bytes) -> bytes:
    """Speak by hand after the handshake; give all that comes until the other side hangs up.

    What is said last is said when the rest was answered.
    """
    reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
    writer.write(HEAD + b"\r\n")
    await reader.readuntil(b"\r\n\r\n")
    heard = b""
    async with asyncio.timeout(PATIENCE):
        for one in said[:-1]:
            writer.write(one)
            heard += await reader.readuntil(b"]")
        writer.write(said[-1])
        with contextlib.suppress(ConnectionError):
            heard += await reader.read()
    writer.close()
    return heard


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ([], ["NOTICE", "invalid: bad-message"]),
        (["PING"], ["NOTICE", "unsupported: unknown-message"]),
        (["REQ", "", {}], ["NOTICE", "invalid: bad-subscription"]),
        (["REQ", "a", {"kinds": [-1]}], ["CLOSED", "a", "invalid: bad-filter"]),
        (["REQ", "a", {"x": 1}], ["CLOSED", "a", "unsupported: unknown-filter"]),
        (["REQ", "a", *[{}] * 11], ["CLOSED", "a", "invalid: too-many-filters"]),
        (["REQ", "a", {"kinds": [*range(1001)]}], ["CLOSED", "a", "invalid: too-many-values"]),
        (["NEG-OPEN", "a", {}, "00"], ["NEG-ERR", "a", "invalid: bad-reconciliation"]),
        (["NEG-MSG", "a", EMPTY], ["NEG-ERR", "a", "closed: unknown-reconciliation"]),
        (["EVENT", {}], ["OK", "", False, "invalid: bad-form"]),
    ],
)
def test_what_is_wrong_is_answered_and_the_next_is_heard(
    inside: Inside, said: list[object], heard: list[object]
) -> None:
    async def told(_: Running, caller: Caller) -> None:
        assert await caller.ask(*said) == heard
        assert await caller.count({}) == 0

    story(inside, told)


@pytest.mark.parametrize(
    ("message", "most", "heard"),
    [
        (("REQ", {}), limits.RELAY_SUBSCRIPTIONS, "rate-limited: too-many-subscriptions"),
        (
            ("NEG-OPEN", {}, EMPTY),
            limits.RELAY_RECONCILIATIONS,
            "rate-limited: too-many-reconciliations",
        ),
    ],
)
def test_a_connection_has_so_many_talks_and_no_more(
    inside: Inside, message: tuple[object, ...], most: int, heard: str
) -> None:
    async def told(_: Running, caller: Caller) -> None:
        for i in range(most):
            assert (await caller.ask(message[0], str(i), *message[1:]))[1] == str(i)
        assert (await caller.ask(message[0], "more", *message[1:]))[2] == heard

    story(inside, told)


@pytest.mark.usefixtures("_three_sets")
def test_all_connections_together_have_so_many_reconciliations(inside: Inside) -> None:
    async def told(relay: Running, caller: Caller) -> None:
        async with relay.caller() as one, relay.caller() as two, relay.caller() as three:
            for other in (one, two, three):
                assert (await other.ask("NEG-OPEN", "0", {}, EMPTY))[0] == "NEG-MSG"
            refused = ["NEG-ERR", "n", "rate-limited: too-many-reconciliations"]
            assert await caller.ask("NEG-OPEN", "n", {}, EMPTY) == refused
            await one.say("NEG-CLOSE", "0")
            assert await one.count({}) == 0, "it was heard"
            assert (await caller.ask("NEG-OPEN", "n", {}, EMPTY))[0] == "NEG-MSG"
        assert (await caller.ask("NEG-OPEN", "m", {}, EMPTY))[0] == "NEG-MSG", "those who left"

    story(inside, told)


@pytest.mark.usefixtures("_three_sets")
def test_what_is_closed_before_it_was_answered_gives_its_place_back(inside: Inside) -> None:
    async def told(relay: Running, caller: Caller) -> None:
        async with relay.caller() as hasty, relay.caller() as other:
            for number in range(30):
                await hasty.say("NEG-OPEN", str(number), {}, EMPTY)
                await hasty.say("NEG-CLOSE", str(number))
            await hasty.say("COUNT", "n", {})
            await hasty.until("COUNT")
            for one in (caller, other):  # both beside one who might have kept what he closed
                assert (await one.ask("NEG-OPEN", "n", {}, EMPTY))[0] == "NEG-MSG"
            assert (await hasty.ask("NEG-OPEN", "n", {}, EMPTY))[0] == "NEG-MSG"

    story(inside, told)


@pytest.mark.usefixtures("_three_sets")
def test_who_takes_all_places_of_reconciliation_gives_one_to_who_has_none(inside: Inside) -> None:
    async def told(relay: Running, caller: Caller) -> None:
        async with relay.caller() as greedy:
            for name in "abc":
                assert (await greedy.ask("NEG-OPEN", name, {}, EMPTY))[0] == "NEG-MSG"
            assert (await caller.ask("NEG-OPEN", "n", {}, EMPTY))[0] == "NEG-MSG"
            assert await greedy.hear() == ["NEG-ERR", "a", "rate-limited: too-slow"]
            refused = ["NEG-ERR", "m", "rate-limited: too-many-reconciliations"]
            assert await caller.ask("NEG-OPEN", "m", {}, EMPTY) == refused, "it has as many"
            assert (await greedy.ask("NEG-MSG", "b", EMPTY))[:2] == ["NEG-MSG", "b"]

    story(inside, told)


def test_an_answer_has_so_many_records(inside: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "RELAY_ANSWER", 200)
    inside.store.keep([toys_entry(i) for i in range(limits.RELAY_ANSWER + 1)])

    async def told(_: Running, caller: Caller) -> None:
        assert len(await caller.stored("a", {})) == limits.RELAY_ANSWER
        assert len(await caller.stored("a", {"limit": 10_000})) == limits.RELAY_ANSWER
        assert await caller.count({}) == limits.RELAY_ANSWER + 1

    story(inside, told)


def test_what_would_cost_too_much_is_refused(
    inside: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "RELAY_SET", 10)
    inside.store.keep([toys_entry(i) for i in range(20)])

    async def told(_: Running, caller: Caller) -> None:
        too_broad = ["NEG-ERR", "n", "blocked: too-broad"]
        assert await caller.ask("NEG-OPEN", "n", {"since": 1}, EMPTY) == too_broad
        whole = await caller.ask("NEG-OPEN", "n", {"kinds": [toys.HAND]}, EMPTY)
        assert whole[0] == "NEG-MSG"

    story(inside, told)


def test_a_question_looks_at_so_many_records(
    inside: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "RELAY_LOOKS", 100)
    inside.store.keep([toys_entry(i) for i in range(101)])

    async def told(_: Running, caller: Caller) -> None:
        nowhere = {"kinds": [toys.HAND], "#x": ["nowhere"]}
        assert await caller.ask("REQ", "a", nowhere) == ["CLOSED", "a", "blocked: too-broad"]
        assert await caller.ask("COUNT", "a", nowhere) == ["CLOSED", "a", "blocked: too-broad"]

    story(inside, told)


def test_a_filter_that_cannot_match_costs_nothing(inside: Inside) -> None:
    async def told(_: Running, caller: Caller) -> None:
        del inside.store._records  # noqa: SLF001 - whoever looks now fails
        for never in ({"ids": []}, {"kinds": [1]}, {"since": 2, "until": 1}):
            assert await caller.stored("a", never) == []
            assert await caller.count(never) == 0

    story(inside, told)


@pytest.mark.slow
def test_who_never_reads_what_is_new_is_cut_and_others_hear_all(inside: Inside) -> None:
    many = [toys.word(str(i) + "x" * 50_000) for i in range(200)]

    async def told(relay: Running, caller: Caller) -> None:
        deaf = await asyncio.to_thread(deaf_listener, relay.port)
        with deaf:
            assert await caller.stored("a", {"kinds": [toys.WORD]}) == []
            for number, one in enumerate(many):
                await relay.take(one)
                assert (await caller.hear())[2]["id"] == one.id
                # what the kernel buffers for the deaf one besides is not ours to say
                if number * 50_000 < limits.RELAY_UNREAD:
                    assert relay.relay.connections == 2
            async with asyncio.timeout(PATIENCE):
                while relay.relay.connections > 1:
                    await caller.count({"kinds": []})

    story(inside, told)


def test_who_reads_no_answers_is_cut_before_all_together_hold_too_much(
    inside: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "RELAY_UNREAD_TOGETHER", 5_500_000)
    many = [toys.word(str(i) + "x" * 50_000) for i in range(100)]  # nothing of it is news

    async def told(relay: Running, caller: Caller) -> None:
        await relay.take(*many)
        with contextlib.ExitStack() as stack:
            for _ in range(6):
                stack.enter_context(await asyncio.to_thread(deaf_listener, relay.port))
            async with asyncio.timeout(PATIENCE):
                while relay.relay.connections > 3:
                    await caller.count({"kinds": []})
            assert await caller.count({}) == len(many)

    story(inside, told)


@pytest.mark.parametrize(
    "said",
    [
        frame(1, b"x" * 50_000)[:-1],
        frame(1, b"x" * 50_000, is_last=False),
        frame(1, b'["EVENT","x"]') * 650,  # the door thinks the first over
        frame(1, b'["EVENT","x"]') + (frame(1, b"[", is_last=False) + frame(0, b"]" * 25_000)) * 2,
    ],
    ids=["half", "pieces", "unheard", "unheard pieces"],
)
def test_what_nobody_has_dealt_with_is_bounded_over_all_and_who_leaves_takes_it_along(
    inside: Inside, monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    monkeypatch.setattr(limits, "RELAY_BACKLOG_TOGETHER", 220_000)
    monkeypatch.setattr(limits, "RELAY_OFFERED_TOGETHER", 0)

    async def run() -> None:
        under_way: list[Callable[[Refused], None]] = []
        door = running(inside, lambda _, tell: under_way.append(tell))
        async with door as relay, relay.caller() as caller:
            for number in (8, 4):  # had the first left anything behind, the second would be cut
                async with contextlib.AsyncExitStack() as stack:
                    for _ in range(number):
                        reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
                        stack.callback(writer.close)
                        writer.write(HEAD + b"\r\n")
                        await reader.readuntil(b"\r\n\r\n")
                        writer.write(said)
                    await until(caller, relay, 4)
                    assert await caller.count({"#x": ["x" * 1_000] * 9}) == 0
                while relay.relay.connections > 1:
                    while under_way:
                        under_way.pop()(Refused("bad-form"))
                    await caller.count({})

    asyncio.run(run())
    inside.intake.close()


def test_what_was_sent_and_is_not_read_is_bounded_over_all_too(
    inside: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "RELAY_BACKLOG_TOGETHER", 50_000)
    monkeypatch.setattr(guard, "READ_DEADLINE", 10 * PATIENCE)
    many = [toys.word(str(i) + "x" * 50_000) for i in range(200)]

    async def told(relay: Running, caller: Caller) -> None:
        await relay.take(*many)
        with contextlib.ExitStack() as stack:
            for _ in range(8):  # the kernel takes some megabytes of what each is sent
                stack.enter_context(await asyncio.to_thread(deaf_listener, relay.port))
            async with asyncio.timeout(PATIENCE):
                while relay.relay.connections == 8 + 1:
                    await caller.count({"kinds": []})
            assert await caller.count({}) == len(many)

    story(inside, told)


def test_whose_filters_name_most_is_cut_before_all_together_name_too_much(
    inside: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "RELAY_WANTED_TOGETHER", 10_000)

    async def told(relay: Running, caller: Caller) -> None:
        assert await caller.stored("a", {}) == []
        async with relay.caller() as greedy, relay.caller() as modest:
            for name in "abcd":
                await greedy.stored(name, {"#x": [f"{name}{i}" for i in range(999)]})
                await greedy.stored(name, {"#x": [f"{name}{i}" for i in range(999)]})
            await modest.stored("b", {"#x": [str(i) for i in range(900)]})
            for name in "efghij":
                await greedy.say("REQ", name, {"#x": [f"{name}{i}" for i in range(999)]})
            assert await greedy.ended() == 1008
            await modest.stored("c", {"#x": [str(i) for i in range(900)]})
            one = toys.word("x" * 9)
            await relay.take(one)
            assert (await caller.hear())[2]["id"] == one.id
            await modest.say("CLOSE", "b")
            assert await modest.count({"#x": [str(i) for i in range(900)]}) == 0

    story(inside, told)


def test_of_what_all_offer_only_so_much_is_under_way(
    inside: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "RELAY_OFFERED_TOGETHER", 2_000)

    async def run() -> None:
        under_way = asyncio.Queue[Callable[[Refused], None]]()  # a door that thinks it over
        door = running(inside, lambda _, tell: under_way.put_nowait(tell))
        async with door as relay, relay.caller() as one, relay.caller() as another:
            for caller in (one, another):
                for _ in range(20):
                    await caller.say("EVENT", "x" * 500)
            async with relay.caller() as third:
                for _ in range(50):
                    await third.count({})
            assert under_way.qsize() <= 2_000 // 500 + 2
            async with asyncio.timeout(PATIENCE):
                for _ in range(40):  # all of it comes through
                    (await under_way.get())(Refused("bad-form"))
            said = [(await caller.hear())[2] for caller in (one, another) for _ in range(20)]
            assert said == [False] * 40

    asyncio.run(run())
    inside.intake.close()


def deaf_listener(port: int) -> socket.socket:
    """Subscribe to everything, and never read."""
    deaf = socket.socket()
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    deaf.connect(("127.0.0.1", port))
    deaf.sendall(HEAD + b"\r\n")
    heard = b""
    while not heard.endswith(b"\r\n\r\n"):
        heard += deaf.recv(1)
    deaf.sendall(frame(1, b'["REQ","a",{}]'))
    return deaf


def test_a_message_that_is_too_large_ends_the_connection(inside: Inside) -> None:
    async def told(relay: Running, caller: Caller) -> None:
        await caller.socket.send("[" + " " * limits.RELAY_MESSAGE)
        assert await caller.ended() == 1009
        async with relay.caller() as another:
            assert await another.count({}) == 0

    story(inside, told)


def test_nothing_is_compressed(inside: Inside) -> None:
    async def told(relay: Running, _: Caller) -> None:
        async with contextlib.AsyncExitStack() as stack:
            reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
            stack.callback(writer.close)
            writer.write(HEAD + b"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n")
            answer = await reader.readuntil(b"\r\n\r\n")
        assert b" 101 " in answer
        assert b"extensions" not in answer.lower()

    story(inside, told)


def test_binary_messages_are_not_taken(inside: Inside) -> None:
    async def told(_: Running, caller: Caller) -> None:
        await caller.socket.send(b'["COUNT","a",{}]')
        assert await caller.ended() == 1003

    story(inside, told)


def test_what_is_no_utf8_is_answered_like_anything_that_is_no_message(inside: Inside) -> None:
    async def told(_: Running, caller: Caller) -> None:
        await caller.socket.send(b'["COUNT","\xff",{}]', text=True)
        assert await caller.hear() == ["NOTICE", "invalid: bad-subscription"]

    story(inside, told)


def test_empty_pieces_of_a_message_do_not_go_on_for_ever(inside: Inside) -> None:
    pieces = frame(1, b"[", is_last=False) + frame(0, b"", is_last=False) * guard.PIECES

    async def told(relay: Running, _: Caller) -> None:
        heard = await raw(relay, pieces)
        assert struct.pack("!H", 1009) in heard

    story(inside, told)


def test_half_a_message_is_not_waited_for(inside: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "BODY_DEADLINE", 0.2)
    subscribed = frame(1, b'["REQ","a",{}]')

    async def told(relay: Running, caller: Caller) -> None:
        for half in (frame(1, b"[", is_last=False), frame(1, b'["COUNT"]' * 9)[:-3]):
            assert b"EOSE" in await raw(relay, subscribed, half)
        assert await caller.count({}) == 0

    story(inside, told)


def test_who_says_nothing_is_hung_up_on(inside: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
    async def told(relay: Running, _: Caller) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(connection, "FIRST_DEADLINE", 0.2)
            async with relay.caller() as silent:
                assert await silent.ended() == 1000
        monkeypatch.setattr(connection, "IDLE_DEADLINE", 0.3)
        async with relay.caller() as listening, relay.caller() as idle:
            assert await listening.stored("a", {}) == []
            assert await idle.count({}) == 0
            assert await idle.ended() == 1000
            one = toys.word()
            await relay.take(one)
            assert (await listening.hear())[2]["id"] == one.id

    story(inside, told)


def test_there_are_so_many_places_and_who_leaves_gives_one_back(
    inside: Inside, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(limits, "RELAY_CONNECTIONS", 3)

    async def told(relay: Running, caller: Caller) -> None:
        assert await caller.count({}) == 0
        async with relay.caller(), relay.caller():
            with pytest.raises(InvalidStatus) as refused:
                await one_more(relay)
            assert refused.value.response.status_code == 503
        async with asyncio.timeout(PATIENCE):
            while relay.relay.connections > 1:
                await caller.count({})
        await one_more(relay)

    story(inside, told)
    assert not [one for one in caplog.records if one.levelname == "ERROR"]


def test_where_files_are_few_the_relay_leaves_enough_for_the_rest(
    inside: Inside,
) -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (512, before[1]))

    async def told(relay: Running, caller: Caller) -> None:
        raised, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        assert raised == min(limits.OPEN_FILES, before[1])
        resource.setrlimit(resource.RLIMIT_NOFILE, (limits.OPEN_FILES_KEPT + 2, before[1]))
        assert await caller.count({}) == 0
        async with relay.caller():
            with pytest.raises(InvalidStatus) as refused:
                await one_more(relay)
            assert refused.value.response.status_code == 503

    try:
        story(inside, told)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


async def one_more(relay: Running) -> None:
    async with relay.caller() as another:
        assert await another.count({}) == 0


def test_when_the_node_ends_everybody_is_told(inside: Inside) -> None:
    async def run() -> int:
        async with contextlib.AsyncExitStack() as stack:
            async with running(inside) as relay:
                caller = await stack.enter_async_context(relay.caller())
                assert await caller.stored("a", {}) == []
            return await caller.ended()

    assert asyncio.run(run()) == 1001
    inside.intake.close()


class FullStore(MemoryStore):
    """A store whose disk is full."""

    def keep(self, _entries: Sequence[Entry]) -> list[bool]:
        raise StorageFault("the disk is full")


def test_a_disk_that_is_full_is_said(tmp_path: Path) -> None:
    async def told(_: Running, caller: Caller) -> None:
        one = toys.word()
        assert await caller.offer(one) == ["OK", one.id, False, "error: storage"]
        assert await caller.stored("a", {}) == []

    story(Inside(FullStore(), tmp_path), told)


def test_a_node_that_is_closing_ends_its_callers(inside: Inside) -> None:
    async def told(_: Running, caller: Caller) -> None:
        assert await caller.stored("a", {}) == []
        inside.intake.close()
        await caller.socket.send(b'["EVENT",' + toys.word().line + b"]", text=True)
        assert await caller.ended() == 1001

    story(inside, told)


def test_a_fault_of_ours_ends_the_connection_and_no_other(
    inside: Inside, caplog: pytest.LogCaptureFixture
) -> None:
    async def told(relay: Running, caller: Caller) -> None:
        async with relay.caller() as another:
            await caller.socket.send(
                b'["EVENT",' + toys.word("our own mistake").line + b"]", text=True
            )
            with pytest.raises(ConnectionClosed):
                await caller.hear()
            assert await another.count({}) == 0
        assert "ZeroDivisionError" in caplog.text

    story(inside, told)


def toys_entry(number: int) -> Entry:
    return Entry(toys.unsigned("ab" * 32, str(number)))


def test_every_monster_gets_its_reason_and_the_next_is_taken(inside: Inside) -> None:
    async def told(_: Running, caller: Caller) -> None:
        whole = [one for one in MONSTERS if len(one.raw) < limits.RELAY_MESSAGE - 100]
        assert len(MONSTERS) - len(whole) < 5, "the rest ends the connection, as above"
        for monster in whole:
            await caller.socket.send(b'["EVENT",' + monster.raw + b"]", text=True)
            said = await caller.hear()
            assert (said[0], *said[2:]) == ("OK", False, refused(monster.reason)), monster.name
        for name, raw_line in ODD.items():
            await caller.socket.send(b'["EVENT",' + raw_line + b"]", text=True)
            assert (await caller.hear())[2] is True, name
        assert await caller.count({}) == 1, "other spellings of one record are one record"

    story(inside, told)


@pytest.mark.parametrize("kind", [0, 3, 5, 62, 10_002, 20_001, 22_242, 30_023])
def test_nothing_is_deleted_replaced_or_forgotten_for_anybody(inside: Inside, kind: int) -> None:
    key = new_secret_key()
    kept = sign(Draft(toys.WORD, (), "it stays", 1_700_000_000), key)
    against = sign(Draft(kind, (("e", kept.id), ("relay", "ALL_RELAYS")), "", 1_700_000_001), key)

    async def told(_: Running, caller: Caller) -> None:
        assert (await caller.offer(kept))[2] is True
        refused_so = ["OK", against.id, False, "blocked: unknown-kind"]
        assert await caller.offer(against) == refused_so
        assert await caller.stored("a", {}) == [kept.id]

    story(inside, told)


class Slow(MemoryStore):
    """Gives nothing by author before it may."""

    def __init__(self) -> None:
        super().__init__()
        self.may = Event()

    def lines(self, wanted: Filter) -> Iterator[bytes]:
        if wanted.authors is not None:
            self.may.wait()
        return super().lines(wanted)


def test_peers_stand_behind_nobody_who_has_much_looked_through(tmp_path: Path) -> None:
    store, one = Slow(), toys.word()
    store.keep([Entry(one)])
    kinds = {"kinds": [toys.WORD]}

    async def told(relay: Running, caller: Caller) -> None:
        async with contextlib.AsyncExitStack() as stack:
            callers = [await stack.enter_async_context(relay.caller()) for _ in range(4)]
            try:
                for other in callers:
                    await other.say("COUNT", "n", {"authors": ["ab" * 32]})
                assert (await caller.ask("NEG-OPEN", "n", kinds, EMPTY))[0] == "NEG-MSG"
                assert (await caller.ask("NEG-MSG", "n", EMPTY))[0] == "NEG-MSG"
                assert await caller.stored("a", {"ids": [one.id]}) == [one.id]
            finally:
                store.may.set()
            for other in callers:
                assert await other.hear() == ["COUNT", "n", {"count": 0}]

    story(Inside(store, tmp_path), told)
