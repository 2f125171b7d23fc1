"""What nostr-tools publishes, reads, counts and syncs is what the relay holds, byte for byte."""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Sequence
from hashlib import sha256
from pathlib import Path

import pytest

import toys
from inside import Inside
from nodejs import Theirs, program
from relaying import Running, running
from wayhome.records.record import Record
from wayhome.relay.reconcile import Client, Items, Server

pytestmark = pytest.mark.slow  # the packages are those of web/, which `./run test` has installed

PROGRAM = Path(__file__).parent / "nostr_tools.mjs"
WORDS = {"kinds": [toys.WORD]}
PAIRINGS = 25
ROUNDS = 200  # no pairing here needs as many
LATEST = 1 << 31  # nostr-tools writes no later times: its numbers have 32 bits

Given = list[tuple[int, str]]


def story(inside: Inside, told: Callable[[Running, Theirs], Awaitable[None]]) -> None:
    async def run() -> None:
        async with running(inside) as relay, program(PROGRAM) as theirs:
            await theirs.ask("connect", url=relay.address)
            await told(relay, theirs)

    asyncio.run(run())


def fields(record: Record) -> object:
    return json.loads(record.line)


def test_what_it_publishes_is_kept_as_it_is(inside: Inside) -> None:
    async def told(_: Running, theirs: Theirs) -> None:
        good = toys.word('слово 🙂\n"\\', ("g", "Урал"))
        assert await theirs.ask("publish", record=fields(good)) == {"said": ""}
        kept = inside.store.get(good.id)
        assert kept is not None
        assert kept.line == good.line
        refused = await theirs.ask("publish", record=fields(toys.word("badly made")))
        assert refused == {"refused": "invalid: bad-content"}

    story(inside, told)


def test_it_reads_counts_and_is_told_what_becomes_public(inside: Inside) -> None:
    async def told(relay: Running, theirs: Theirs) -> None:
        some = [toys.word(str(i)) for i in range(40)]
        await relay.take(*some, toys.plea())
        found = await theirs.ask("subscribe", filters=[WORDS])
        assert found == {"ids": sorted(one.id for one in some)}
        assert await theirs.ask("count", filters=[WORDS]) == {"number": 40}
        later = toys.word("news")
        await relay.take(later)
        assert await theirs.ask("news") == {"id": later.id}
        refused = await theirs.ask("subscribe", filters=[{"search": "a"}])
        assert refused == {"closed": "unsupported: unknown-filter"}

    story(inside, told)


def test_it_syncs_with_the_relay(inside: Inside) -> None:
    async def told(relay: Running, theirs: Theirs) -> None:
        every = [toys.word(str(i)) for i in range(300)]
        await relay.take(*every[:260])
        mine = [(one.created_at, one.id) for one in every[30:]]
        done = await theirs.ask("sync", items=mine, filter=WORDS)
        assert sorted(done["have"]) == sorted(one.id for one in every[260:])
        assert sorted(done["need"]) == sorted(one.id for one in every[:30])
        assert done["why"] is None

    story(inside, told)


def pairing(chance: random.Random) -> tuple[Given, Given]:
    """Give two sets that share something, by chance much or nothing."""
    times = chance.choice([1, 5, LATEST])
    every = [
        (chance.randrange(times), sha256(chance.randbytes(8)).hexdigest())
        for _ in range(chance.choice([0, 3, 60, 900, 4_000]))
    ]
    kept = [chance.choice([0.0, 0.5, 0.98, 1.0]) for _ in range(2)]
    ours, theirs = ([one for one in every if chance.random() < share] for share in kept)
    return ours, theirs


def items(given: Given) -> Items:
    return Items((at, bytes.fromhex(one)) for at, one in given)


async def between(theirs: Theirs, server: Server) -> tuple[list[str], int]:
    """Let their client ask our server; give what it found and the bytes of all messages."""
    message = (await theirs.ask("begin"))["message"]
    found: list[str] = []
    spent = 0
    while message is not None:
        assert server.rounds < ROUNDS
        answer = server.answer(bytes.fromhex(message))
        spent += len(message) // 2 + len(answer)
        said = await theirs.ask("next", message=answer.hex())
        found += [f"have {one}" for one in said["have"]] + [f"need {one}" for one in said["need"]]
        message = said["message"]
    return sorted(set(found)), spent


def ours_between(ours: Items, server: Server, limit: int) -> tuple[list[str], int]:
    client = Client(ours, limit)
    message: bytes | None = client.begin()
    found: list[str] = []
    spent = 0
    while message is not None:
        answer = server.answer(message)
        spent += len(message) + len(answer)
        message, have, need = client.next(answer)
        found += [f"have {one.hex()}" for one in have] + [f"need {one.hex()}" for one in need]
    return sorted(found), spent


def expected(ours: Sequence[tuple[int, str]], theirs: Sequence[tuple[int, str]]) -> list[str]:
    mine, others = {one for _, one in ours}, {one for _, one in theirs}
    return sorted(
        [f"have {one}" for one in mine - others] + [f"need {one}" for one in others - mine]
    )


@pytest.mark.parametrize("limit", [4_096, 60_000])
def test_its_machine_and_ours_find_the_same_in_as_many_bytes(limit: int) -> None:
    chance = random.Random(limit)  # noqa: S311 - the same pairings in every run

    async def run() -> list[tuple[int, int]]:
        spent = []
        async with program(PROGRAM) as theirs:
            for _ in range(PAIRINGS):
                mine, others = pairing(chance)
                await theirs.ask("set", items=mine, limit=limit)
                server = Server(items(others), limit)
                found, bytes_of_theirs = await between(theirs, server)
                assert found == expected(mine, others)
                also, bytes_of_ours = ours_between(items(mine), server, limit)
                assert also == found
                spent.append((bytes_of_ours, bytes_of_theirs))
        return spent

    spent = asyncio.run(run())
    assert sum(ours for ours, _ in spent) <= 1.01 * sum(theirs for _, theirs in spent)
