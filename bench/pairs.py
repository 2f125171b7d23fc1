"""Pairs: two nodes by websocket; the other is a process of its own, as on another machine."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import toys
from inside import Inside
from peering import Here, listening
from wayhome.journal.verifier import Verifier
from wayhome.peers.way import Address, Way
from wayhome.records.record import Record
from wayhome.relay import parcels
from wayhome.relay.client import Client, Done, Found, Say
from wayhome.store.sqlite import SqliteStore
from wayhome.store.store import Entry

MIB = 1 << 20
PLEA = toys.plea("bench")
WAIT = 600.0


def with_rubbish_sigs(number: int) -> list[Record]:
    """Give records for what never looks at a sig."""
    return [toys.unsigned(PLEA.id, "x" * 700) for _ in range(number)]


def signed(number: int) -> list[Record]:
    """Give records as long as signatures, each with a sig of its own."""
    return [toys.word(f"{one} {'x' * 700}") for one in range(number)]


@contextlib.contextmanager
def away(records: Sequence[Record]) -> Iterator[int]:
    """Let a process of its own listen that holds records; give its port."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        asyncio.run(_serve(records, writer))
        os._exit(0)
    os.close(writer)
    try:
        with os.fdopen(reader, "rb") as told:
            yield int(told.readline())
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


async def _serve(records: Sequence[Record], writer: int) -> None:
    with TemporaryDirectory() as folder:
        inside = Inside(SqliteStore(Path(folder) / "records.db"), Path(folder))
        inside.store.keep([Entry(record) for record in records])
        async with listening(inside) as here:
            os.write(writer, b"%d\n" % here.port)
            await asyncio.sleep(WAIT)


@contextlib.asynccontextmanager
async def new_node(records: Sequence[Record]) -> AsyncIterator[Here]:
    """Open a node on a disk that holds records."""
    with TemporaryDirectory() as folder, contextlib.closing(Verifier()) as verifier:
        store = SqliteStore(Path(folder) / "records.db")
        inside = Inside(store, Path(folder), ask=verifier.ask)
        inside.store.keep([Entry(record) for record in records])
        try:
            async with listening(inside) as here:
                yield here
        finally:
            inside.intake.close()
            inside.store.close()


async def differences(port: int, here: Here, kind: int) -> dict[str, float]:
    """Find what differs, and fetch none of it."""
    client = Client()
    items = await here.relay.items(kind)
    found = sent = 0
    address = Address.read(f"ws://127.0.0.1:{port}", is_trusted=True)
    async with Way().to_relay(address, takes_parcels=True) as line:
        begun = time.perf_counter()
        name, effects = client.compare(kind, items)
        while True:
            for effect in effects:
                if isinstance(effect, Say):
                    sent += len(effect.frame)
                    await line.send(effect.frame, text=True)
                elif isinstance(effect, Found):
                    found += len(effect.ours) + len(effect.theirs)
                elif effect == Done(name):
                    seconds = time.perf_counter() - begun
                    return {"found": found, "MiB": sent / MIB, "seconds": seconds}
            raw = await line.recv(decode=False)
            sent += len(raw)
            texts = parcels.unpack(raw) if parcels.is_parcel(raw) else [raw]
            effects = [effect for text in texts for effect in client.hear(text)]
