"""One peer, connected: which records has it that we have not? Fetch those, then listen.

Kinds go in the order of need, so no record arrives before what it is judged by. Nothing that a peer
says is believed: every record goes through the one door. What it may cost us is bounded.
"""

import asyncio
import contextlib
import time
from collections.abc import Iterable, Sequence

from websockets.asyncio.client import ClientConnection

from wayhome.codec import limits
from wayhome.journal.lines import kind_of
from wayhome.peers import line
from wayhome.peers.asking import Asking
from wayhome.peers.fetching import Answers, Fetching
from wayhome.peers.first_load import lacking, load, pieces_of
from wayhome.peers.judging import Judging, Ours
from wayhome.peers.offering import Offering
from wayhome.peers.paging import Paging, Place, date_of
from wayhome.peers.peer import Peer, PeerFault
from wayhome.peers.way import Unreachable, Way
from wayhome.relay.client import Begun, Came, Client, Done, Effect, Found, Named, News, Say
from wayhome.relay.questions import ALL, Only
from wayhome.relay.reconcile import Items
from wayhome.store.line import ids_in
from wayhome.store.store import StorageFault

SOON = 1.0  # seconds between rounds while what was refused may be let in by what has come since
MUCH = 1_000  # records that a first message finds missing: then files are quicker
AGAIN = "again"
MOST_CAME = 2 * max(limits.PEER_ASKED, limits.PEER_PAGE)  # records of one answer
BREATH = 0.02  # seconds to wait for more news before what came is taken together

# what a relay says that cannot compare, or not so much; then its records are asked for by pages
_PAGED = frozenset({"unsupported", "blocked", "invalid", "error", "restricted", "other"})


class InStep:
    """A connection with one peer."""

    def __init__(
        self, connection: ClientConnection, peer: Peer, ours: Ours, way: Way, asking: Asking
    ) -> None:
        self._peer = peer
        peer.is_paged = False  # it may have been slow, or is another program now
        peer.portion = peer.portion.at_first  # it is remembered to be slow, and not to be quick
        peer.line += 1
        self._ours = ours
        self._way = way
        self._client = Client()
        self._came: list[bytes] = []
        self._most = MOST_CAME
        self._live = ""
        self._judging = Judging(peer, ours)
        answers = Answers(self._question, self._take_came)
        self._fetching = Fetching(peer, ours, asking, self._judging, answers)
        self._untaken = self._fetching.untaken
        self._offering = Offering(peer, ours)
        self._line = line.Line(connection, self._client, self._judging.bill)
        self._asking = asking
        self._hears_all = False
        self._is_behind = False  # what it told of waits for its turn
        self._tells_ids = True  # until it is asked
        self._has_told = False
        self._loaded: set[int] = set()  # kinds whose files were taken

    @property
    def is_quiet(self) -> bool:
        """Tell whether the peer says nothing, or next to nothing."""
        return self._line.is_quiet

    async def begin(self) -> None:
        """Ask to be told of what all else is judged by, until it is this peer's turn.

        Of seven nodes every one would else tell of all that we fetch from one of them.

        Raises:
            PeerFault: the peer cannot be spoken with.
        """
        await self._hear_of(self._ours.kinds[:1])

    async def hear_all(self) -> None:
        """Ask to be told of everything; before it is compared, so that nothing falls between both.

        Raises:
            PeerFault: the peer cannot be spoken with.
        """
        self._is_behind = False
        if not self._hears_all:
            await self._perform(self._client.end(self._live))
            await self._hear_of(self._ours.kinds)
            self._hears_all = True

    async def take_told(self) -> bool:
        """Fetch what waited for this turn, if anything; True: let the comparison wait as well.

        Where so much was told they lack as much of ours, and a comparison would be about that.

        Raises:
            PeerFault: as `agree`.
        """
        if not self._is_behind:
            return False
        self._is_behind = False
        return await self._fetching.told()

    async def agree(self) -> None:
        """Fetch, kind by kind, what the peer has and we lack.

        Raises:
            PeerFault: the peer is away or talks nonsense; what came before is kept.
        """
        self._peer.phase = "comparing"
        self._peer.lacked.clear()
        left = list(self._peer.left)
        for kind in self._ours.kinds:
            await self._agree_on(kind)
            await self._take_news()
        if self._peer.is_paged:  # a comparison would have told of them again
            await self._ask_again(left)
        await self._offer()
        self._peer.agree(self._ours.clock())

    async def listen(self, seconds: float, due: asyncio.Event) -> None:
        """Take what comes, for so long, or until something is ``due`` and SOON has passed.

        Raises:
            PeerFault: as `agree`.
        """
        begun = time.monotonic()
        is_fresh = True  # something was told that was not looked at yet
        while (passed := time.monotonic() - begun) < seconds:
            if due.is_set() and passed >= SOON and not self._untaken:
                return
            effects = await self._line.heard(BREATH if is_fresh else min(SOON, seconds - passed))
            if effects is None or len(self._untaken) >= limits.PEER_ASKED:
                await self._take_news()
                await self._ask_for_named()
            is_fresh = effects is not None
            await self._perform(effects or ())
            if not self._live:
                raise PeerFault("not-told")
            await self._line.knock()

    async def _hear_of(self, kinds: Sequence[int]) -> None:
        """Ask to be told what comes from now on.

        By its ids alone, where the relay knows how: of seven nodes every one would else send us a
        copy of its own.
        """
        ours = kinds, {kind: only for kind, only in self._ours.narrowed.items() if kind in kinds}
        if self._tells_ids:
            self._live, effects = self._client.listen_by_id(*ours)
            if (
                self._peer.tells_ids or self._has_told
            ):  # over a slow line silence for so long says nothing
                await self._perform(effects)
            else:
                self._tells_ids = await self._is_begun(self._live, effects)
                self._peer.tells_ids = self._tells_ids
            self._has_told = self._tells_ids
        if not self._tells_ids:
            self._live, effects = self._client.listen(*ours)
            await self._perform(effects)

    async def _agree_on(self, kind: int) -> None:
        while not self._peer.is_paged:
            if self._asking.are_files_taken(kind, time.monotonic()):
                self._peer.due.set()
                return
            self._judging.begin()
            why = await self._compare(kind)
            if why in {"too-broad", "too-many-reconciliations"}:  # of this kind, or just now
                break
            if why in _PAGED:
                self._peer.is_paged = True
            elif why not in {"", AGAIN}:
                raise PeerFault(_of_theirs(why))
            elif not (why or self._judging.is_worth_another):
                return
        await self._page(kind)

    async def _compare(self, kind: int) -> str:
        """Compare and fetch; give why it cannot be done, or AGAIN after files were taken."""
        items = await self._items(kind)
        name, effects = self._client.compare(kind, items, self._only(kind))
        try:
            return await self._until_done(name, effects, kind)
        except TimeoutError:  # some relays answer a message that they do not know with silence
            self._client.drop_comparison(name)
            return "no-answer" if self._peer.compares else "unsupported"

    async def _load(self, kind: int) -> bool:
        """Take what the peer has as files, where it has much that we lack; tell whether it had."""
        held = await asyncio.to_thread(lambda: ids_in(self._ours.reader.keys(kind)))
        with contextlib.suppress(Unreachable):  # a relay need not have any
            async with self._way.to_files(self._peer.address) as files:
                pieces = lacking((await pieces_of(files)).get(kind, ()), held)
                await load(files, kind, pieces, self._judging)
                return bool(pieces)
        return False

    def _only(self, kind: int) -> Only:
        return self._ours.narrowed.get(kind, ALL)

    async def _items(self, kind: int) -> Items:
        try:
            return await self._ours.items(kind)
        except StorageFault:
            raise PeerFault("storage") from None

    async def _page(self, kind: int) -> None:
        """Ask for what this peer was not asked for yet, from the newest on."""
        place = self._peer.places.setdefault(kind, Place())
        place.begin(self._ours.clock(), self._peer.line)
        self._judging.begin()
        while paging := place.next:
            if paging.number > limits.PEER_ROUNDS:
                del self._peer.places[kind]
                raise PeerFault("endless")
            came = await self._page_of(kind, paging)
            await self._judging.take(came)  # who breaks off before is asked for this page again
            paging.given = max(paging.given, self._peer.given)
            place.came(paging, [at for at in map(date_of, came) if at is not None])
            self._peer.given = paging.given
            self._peer.cut |= {(kind, at) for at in paging.cut}
            self._offering.has(kind, came)
        await self._offering.look(kind)

    async def _page_of(self, kind: int, paging: Paging) -> list[bytes]:
        self._most = 2 * paging.limit
        dates = paging.since, paging.until
        name, effects = self._client.ask_page(kind, dates, paging.limit, self._only(kind))
        await self._expect(name, effects, kind)
        self._most = MOST_CAME
        came, self._came = self._came, []
        return came

    async def _ask_again(self, left: Sequence[bytes]) -> None:
        """Ask by their ids for records that a page brought before their time."""
        still = [one for one in left if one in self._peer.left]
        await self._fetching.all([one for one in still if self._peer.memory.is_to_be_asked(one)], 0)

    async def _fetch(self, found: Found, kind: int) -> bool:
        """Fetch what was found; True: files were taken, so that all is to be compared anew."""
        self._peer.compares = True
        is_whole = kind not in self._ours.narrowed  # files hold all of a kind
        if is_whole and len(found.theirs) >= MUCH and kind not in self._loaded:
            self._loaded.add(kind)
            if self._asking.take_files(kind, time.monotonic()):
                try:
                    if await self._load(kind):
                        return True
                finally:
                    self._asking.give_back([kind])
        if found.theirs and is_whole and self._asking.are_files_taken(kind, time.monotonic()):
            self._peer.due.set()  # what the files do not bring it is asked for then
            return False
        self._offering.lacks(kind, found.ours)
        theirs = self._ours.without_lapsed(found.theirs)
        if len(self._peer.lacked) < limits.PEER_REMEMBERED:
            self._peer.lacked.update(theirs)
        ids = [one for one in theirs if self._peer.memory.is_to_be_asked(one)]
        await self._fetching.all(self._asking.in_own_order(ids), kind)
        return False

    async def _ask_for_named(self) -> None:
        """Ask for what was told; what waits for its turn a comparison will tell more of."""
        if await self._fetching.named():
            return
        self._is_behind = True  # until its turn, though others may bring all of it before
        if self._hears_all:
            self._hears_all = False
            self._peer.line += 1  # not all that is told will be heard
            await self._perform(self._client.end(self._live))
            await self._hear_of(self._ours.kinds[:1])

    async def _question(self, ids: Sequence[bytes], kind: int) -> None:
        name, effects = self._client.ask_ids(ids)
        await self._expect(name, effects, kind)

    def _take_came(self) -> list[bytes]:
        came, self._came = self._came, []
        return self._in_order(came)

    async def _is_begun(self, name: str, effects: list[Effect]) -> bool:
        """Tell whether the relay tells ids; some answer what they do not know with silence."""
        try:
            async with asyncio.timeout(line.ANSWER):
                while True:
                    await self._perform(effects)
                    for effect in effects:
                        if isinstance(effect, Begun | Done) and effect.name == name:
                            return isinstance(effect, Begun)
                    effects = await self._line.answer()
        except TimeoutError:
            self._client.drop(name)
            return False

    async def _expect(self, name: str, effects: list[Effect], kind: int) -> None:
        try:
            why = await self._until_done(name, effects, kind)
        except TimeoutError:
            raise PeerFault("no-answer") from None
        if why:
            raise PeerFault(_of_theirs(why))

    async def _until_done(self, name: str, effects: list[Effect], kind: int) -> str:
        """Go on until an errand is over; give why it failed, if it did.

        Raises:
            TimeoutError: the peer says nothing.
        """
        over: str | None = None
        while over is None:
            for effect in effects:
                match effect:
                    case Done(ended, why) if ended == name:
                        over = why
                    case Found():  # before the next message, so that no more is found than fits
                        if await self._fetch(effect, kind):
                            await self._perform(self._client.drop_comparison(name))
                            return AGAIN
                    case _:
                        await self._perform([effect])
            if over is None:
                effects = await self._line.answer()
        return over

    async def _perform(self, effects: Iterable[Effect]) -> None:
        for effect in effects:
            match effect:
                case Say(frame):
                    await self._line.say(frame)
                case Came(raw):
                    self._came.append(raw)
                    if len(self._came) > self._most:
                        raise PeerFault("too-many-records")
                case News() | Named() if not self._untaken.add(effect):
                    self._peer.line += 1  # not all that was told was heard
                    self._peer.due.set()
                case Done(ended) if ended == self._live:
                    self._live = ""
                    self._peer.tells_ids = False  # next time it is asked, and waited for

    async def _take_news(self) -> None:
        """Take what came by itself, in the order of need."""
        records = self._untaken.records()
        if records:
            await self._judging.take(self._in_order(records))
            for raw in records:
                self._offering.has(kind_of(raw), [raw])

    def _in_order(self, came: Sequence[bytes]) -> list[bytes]:
        order = {kind: place for place, kind in enumerate(self._ours.kinds)}
        return sorted(came, key=lambda raw: order.get(kind_of(raw), 0))

    async def _offer(self) -> None:
        """Offer a relay that asks nobody what only we have; what it refuses is noted."""
        for record in self._offering.records():
            name, effects = self._client.offer(record.id, record.line)
            try:
                why = await self._until_done(name, effects, 0)
            except TimeoutError:
                raise PeerFault("no-answer") from None
            self._offering.judged(record, _of_theirs(why))


def _of_theirs(why: str) -> str:
    """Tell their disk from ours."""
    return "error" if why == "storage" else why
