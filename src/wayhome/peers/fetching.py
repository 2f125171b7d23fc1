"""Fetching: what one peer is asked for by its ids, and when: at once, or once it is its turn.

What another is being asked for waits here. So does much over a slow line, for several tell of the
same, and over one line it would come from each of them.
"""

import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from wayhome.codec import limits
from wayhome.peers.asking import Asking
from wayhome.peers.judging import Judging, Ours, id_of
from wayhome.peers.news import Untaken
from wayhome.peers.peer import Peer, PeerFault
from wayhome.records.filter import Filter

AGAIN = 1.0  # seconds between looks at how much still waits for its turn


@dataclass(frozen=True, slots=True)
class Answers:
    """How a question for ids is put, and what has come of it, in the order of need."""

    ask: Callable[[Sequence[bytes], int], Awaitable[None]]
    take: Callable[[], list[bytes]]


class Fetching:
    """On one connection."""

    def __init__(
        self, peer: Peer, ours: Ours, asking: Asking, judging: Judging, answers: Answers
    ) -> None:
        self._peer = peer
        self._ours = ours
        self._asking = asking
        self._judging = judging
        self._untaken = Untaken()
        self._again = 0.0  # when what waits is looked through again
        self._answers = answers

    @property
    def untaken(self) -> Untaken:
        """What was told and not looked at yet."""
        return self._untaken

    async def all(self, ids: Sequence[bytes], kind: int) -> None:
        """Ask for what nobody else is being asked for; who is may fail, so the rest waits here.

        Raises:
            PeerFault: the peer is away or talks nonsense; what came before is kept.
        """
        rest = deque(ids)
        while rest:
            await self._some(rest, kind)

    async def named(self) -> bool:
        """Ask for what was told by its id and is not here; False: it is to wait for its turn.

        Raises:
            PeerFault: as `all`.
        """
        if time.monotonic() < self._again:
            return False
        rest = deque(self._lacked(self._untaken.ids(self._asking, time.monotonic())))
        self._judging.begin()
        while rest:
            if self._peer.portion.is_too_small_for(len(rest)):
                self._untaken.put_back({*rest})
                self._peer.due.set()
                self._again = time.monotonic() + AGAIN
                return False
            await self._some(rest, 0)
        return True

    async def told(self) -> bool:
        """Ask, in turn, for what was told before; False: it does not come in the order of need.

        Ids do not tell what is judged by what, kind by kind; a comparison does that.

        Raises:
            PeerFault: as `all`.
        """
        ids = self._lacked(self._untaken.ids(self._asking, time.monotonic()))
        rest = deque(self._asking.in_own_order(ids))
        self._judging.begin()
        while rest and not self._judging.is_out_of_order:
            await self._some(rest, 0)
        self._untaken.put_back({*rest})
        return not self._judging.is_out_of_order

    async def _some(self, rest: deque[bytes], kind: int) -> None:
        """Ask for the first of them; what another is asked for is looked at again later."""
        together: list[bytes] = []
        while rest and len(together) < self._peer.portion.most:
            one = rest.popleft()
            if not self._asking.has_come(one):  # while the ids before these were asked for
                together.append(one)
        asked = self._asking.take(together, time.monotonic())
        if not self._untaken.put_back({*together}.difference(asked)):
            self._peer.due.set()
        if asked:
            await self._ask(asked, kind)

    async def _ask(self, asked: list[bytes], kind: int) -> None:
        begun = time.monotonic()
        try:
            await self._answers.ask(asked, kind)
            portion = self._peer.portion.after(len(asked), time.monotonic() - begun)
            self._peer.portion = portion
            await self._take(self._answers.take(), {*asked})
        except PeerFault:  # on a line that breaks again and again a whole answer may never come
            came = self._answers.take()
            await self._take(came, {*map(id_of, came)}.intersection(asked))
            raise
        finally:
            self._asking.give_back(asked)

    async def _take(self, came: Sequence[bytes], asked: set[bytes]) -> None:
        self._asking.note(await self._judging.take_asked(came, asked))

    def _lacked(self, ids: Sequence[bytes]) -> list[bytes]:
        here = {
            one
            for at in range(0, len(ids), limits.PEER_ASKED)
            for one in self._ours.reader.ids(
                Filter(ids=tuple(one.hex() for one in ids[at : at + limits.PEER_ASKED]))
            )
        }
        lacked = self._ours.without_lapsed([one for one in ids if one.hex() not in here])
        return [one for one in lacked if self._peer.memory.is_to_be_asked(one)]
