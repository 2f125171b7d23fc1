"""What rust-nostr's SDK for JavaScript publishes, reads, counts and syncs is what the relay holds.

It is another client than the one for Python: compiled to WebAssembly, with the browser's websocket.
"""

import asyncio
from pathlib import Path

import pytest

import toys
from inside import Inside
from nodejs import Theirs, program
from relaying import Running, running
from wayhome.records.filter import Filter
from wayhome.records.record import Record

PROGRAM = Path(__file__).parent / "rust_nostr.cjs"
WORD = toys.WORD


def ids(*some: Record) -> list[str]:
    return sorted(one.id for one in some)


def lines(*some: Record) -> list[str]:
    return [one.line.decode() for one in some]


async def reads_what_it_published(relay: Running, theirs: Theirs) -> list[Record]:
    good, bad = toys.word('слово 🙂\n"\\', ("g", "Урал")), toys.word("badly made")
    said = [await theirs.ask("publish", line=line) for line in lines(good, bad)]
    assert said[0] == {"taken": 1, "refused": []}
    assert said[1] == {"taken": 0, "refused": ["invalid: bad-content"]}
    kept = relay.inside.store.get(good.id)
    assert kept is not None
    assert kept.line == good.line
    some = [toys.word(str(i)) for i in range(40)]
    await relay.take(*some, toys.plea())
    assert await theirs.ask("count", kind=WORD) == {"number": 41}
    found = await theirs.ask("fetch", kind=WORD)
    assert found == {"ids": ids(good, *some), "areGood": True}
    return [good, *some]


async def syncs_both_ways(relay: Running, theirs: Theirs, before: list[Record]) -> None:
    both, ours, own = ([toys.word(f"{n} {i}") for i in range(30)] for n in range(3))
    await relay.take(*both, *ours)
    await theirs.ask("keep", lines=lines(*both, *own))
    done = await theirs.ask("sync", kind=WORD)
    assert set(ids(*own)) <= set(done["local"])  # and what it published in vain
    assert done["sent"] == ids(*own)
    assert done["remote"] == done["received"] == ids(*ours)
    held = relay.inside.store.ids(Filter(kinds=(WORD,)))
    assert sorted(held) == ids(*before, *both, *ours, *own)


@pytest.mark.slow  # it needs the packages of web/
@pytest.mark.parametrize("inside", ["memory"], indirect=True)  # other tests ask which store
def test_it_publishes_reads_counts_syncs_both_ways_and_is_told(inside: Inside) -> None:
    async def story() -> None:
        async with running(inside) as relay, program(PROGRAM) as theirs:
            assert await theirs.ask("connect", url=relay.address) == {"failed": []}
            before = await reads_what_it_published(relay, theirs)
            await syncs_both_ways(relay, theirs, before)
            await theirs.ask("listen", kind=WORD)
            await relay.take(news := toys.word("news"))
            assert await theirs.ask("news") == {"id": news.id}

    asyncio.run(story())
