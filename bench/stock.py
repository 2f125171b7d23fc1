"""Stock: folders of nodes that hold many records, made once and kept in .bench/ of the project."""

import contextlib
import secrets
import shutil
import time
from collections.abc import AsyncIterator, Callable, Iterator
from functools import cache
from itertools import islice
from pathlib import Path

from petition_world import Group
from sheets import FOLDER, OPEN, papers, say, world
from wayhome.channel.service import Writing, write
from wayhome.codec import nip01
from wayhome.journal.answer import Answer
from wayhome.node import BOOK, Node, NodeParts
from wayhome.peers.service import Asked
from wayhome.records.record import Record, read_line
from wayhome.records.signing import sign
from wayhome.store.sqlite import SqliteStore
from wayhome.store.store import Entry
from wayhome.web.site import Face

TEXT = "Мы требуем вернуть наших мужей и сыновей домой. " * 6
_TOGETHER = 2_000
_DATES = 100_000


@cache
def alone() -> Group:
    """Give a group of one person: of any other key a node keeps 500 posts that nobody cosigned."""
    return Group("alone", k=1, size=1)


def post(number: int) -> Record:
    """Give a real post."""
    group = alone()
    said = Writing(f"post {number}", "ru", f"{TEXT}\n\n{secrets.token_hex(8)}")
    return sign(write((group.id, group.id), said, OPEN + number % _DATES), group.organisers[0])


def a_post() -> Record:
    """Give one post."""
    return post(0)


def a_signature() -> Record:
    """Give one signature."""
    return world().sign_up(0)[1]


LIKE: dict[str, Callable[[], Record]] = {"posts": a_post, "signatures": a_signature}


async def stocked(folder: Path, of: str, number: int) -> None:
    """Make a node's folder with so many posts or signatures in its store."""
    shutil.copytree(await in_stock(of, number), folder)


async def in_stock(of: str, number: int) -> Path:
    """Give such a folder that stays: whoever writes into it spoils it for others."""
    FOLDER.mkdir(exist_ok=True)
    made = FOLDER / f"{of}-{number}"
    if not made.exists():
        say(f"making {number} {of}, once")
        begun, partly = time.monotonic(), FOLDER / f"{of}-{number}.partly"
        shutil.rmtree(partly, ignore_errors=True)
        await _fill(partly, LIKE[of](), number)
        partly.rename(made)
        say(f"made in {time.monotonic() - begun:.0f} s")
    return made


def node_of(folder: Path, late: int, peers: tuple[Asked, ...] = ()) -> Node:
    """Give a node of the world's groups, so many seconds after its petition was opened."""
    home = tuple(one.id for one in (*world().groups, alone()))
    parts = NodeParts(folder, home, Face({"en": "bench"}, {"en": "bench"}, ("en",)), peers)
    return Node(parts, lambda: OPEN + late)


@contextlib.asynccontextmanager
async def opened(folder: Path, late: int = 100) -> AsyncIterator[Node]:
    """Open a node that knows who may speak."""
    node = node_of(folder, late)
    lines = [*papers(), *(one.line for one in alone().records)]
    try:
        async for outcome in node.intake.receive_lines(lines, "own"):
            if not isinstance(outcome, Answer):
                raise outcome
        yield node
    finally:
        node.close()


async def _fill(folder: Path, like: Record, number: int) -> None:
    async with opened(folder):
        pass
    store = SqliteStore(folder / "records.db")
    entries = _stored(like, number)
    while together := list(islice(entries, _TOGETHER)):
        store.keep(together)
    store.close()


def _stored(like: Record, number: int) -> Iterator[Entry]:
    """Give records as they lie in a store; their sigs are rubbish: nobody checks them there.

    Whoever signs does so once; posts are their author's, each with words of its own.
    """
    kind = BOOK.of(like)
    for i in range(number):
        author = like.pubkey if like.content else secrets.token_hex(32)
        at = like.created_at + i % _DATES
        parts = nip01.body(like.tags, f"{like.content}{i}" if like.content else "")
        digest = nip01.id_of(author, at, like.kind, parts).hex()
        line = nip01.line((digest, author, at, like.kind), parts, secrets.token_hex(64))
        record = read_line(line, sig_is_known=True)
        yield Entry(record, kind.count(record), kind.slot(record))
