"""Client: the calling end of one connection, a machine without I/O.

    what we want -> compare, ask, listen, offer -> what is to be done
    what the relay says -> hear -> what is to be done

The tables say what follows what. What a relay says out of turn, or of what is over, says nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Any, TypeAlias

from wayhome.codec import limits
from wayhome.relay import answers, questions, reconcile
from wayhome.relay.answers import Compared, Ended, Given, GivenAll, Judged, Notice, Told
from wayhome.relay.questions import ALL, Dates, Only
from wayhome.relay.ranges import BadMessage


class State(Enum):
    """Where an errand stands; each but the last waits for the relay."""

    COMPARED = "a message of Negentropy is with the relay"
    ASKED = "records were asked for"
    WISHED = "ids of what comes were asked for; not every relay knows of such a thing"
    NAMED = "ids of what comes are told"
    LIVE = "what comes is told"
    OFFERED = "a record is with the relay"
    OVER = "nothing more is waited for"


# what is to be done


@dataclass(frozen=True, slots=True)
class Say:
    """Send this."""

    frame: bytes


@dataclass(frozen=True, slots=True)
class Found:
    """These ids only we have, and these only they say they have."""

    ours: tuple[bytes, ...]
    theirs: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Came:
    """A record that was asked for, or is said to be."""

    raw: bytes


@dataclass(frozen=True, slots=True)
class News:
    """A record that has just become public there, or is said to have."""

    raw: bytes


@dataclass(frozen=True, slots=True)
class Named:
    """Records that have just become public there, or are said to have."""

    ids: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Begun:
    """The relay tells ids from now on."""

    name: str


@dataclass(frozen=True, slots=True)
class Done:
    """An errand is over; `why` is empty where nothing is wrong."""

    name: str
    why: str = ""


Effect: TypeAlias = Say | Found | Came | News | Named | Begun | Done


# what a message of Negentropy comes to


@dataclass(frozen=True, slots=True)
class _Further:
    message: bytes
    found: Found


@dataclass(frozen=True, slots=True)
class _Agreed:
    found: Found


@dataclass(frozen=True, slots=True)
class _Broken:
    why: str


@dataclass(slots=True)
class _Errand:
    """One thing we want of the relay."""

    name: str
    state: State
    comparing: reconcile.Client | None = None


class Client:
    """All errands of one connection."""

    def __init__(self) -> None:
        self._errands: dict[str, _Errand] = {}
        self._last = 0

    def compare(
        self, kind: int, items: reconcile.Items, only: Only = ALL
    ) -> tuple[str, list[Effect]]:
        """Begin to find out what differs between our records of a kind and theirs."""
        errand = self._begun(State.COMPARED)
        errand.comparing = reconcile.Client(items, limits.RELAY_FRAME)
        first = errand.comparing.begin()
        return errand.name, [Say(questions.neg_open(errand.name, kind, only, first))]

    def ask_ids(self, ids: Iterable[bytes]) -> tuple[str, list[Effect]]:
        """Ask for records by their ids."""
        errand = self._begun(State.ASKED)
        return errand.name, [Say(questions.ask_ids(errand.name, ids))]

    def ask_page(
        self, kind: int, dates: Dates, limit: int, only: Only = ALL
    ) -> tuple[str, list[Effect]]:
        """Ask for the newest records of a kind that bear certain dates."""
        errand = self._begun(State.ASKED)
        page = questions.ask_page(errand.name, kind, only, dates, limit)
        return errand.name, [Say(page)]

    def listen(
        self, kinds: Iterable[int], narrowed: Mapping[int, Only] = MappingProxyType({})
    ) -> tuple[str, list[Effect]]:
        """Ask for what comes from now on."""
        errand = self._begun(State.LIVE)
        return errand.name, [Say(questions.listen(errand.name, kinds, narrowed))]

    def listen_by_id(
        self, kinds: Iterable[int], narrowed: Mapping[int, Only] = MappingProxyType({})
    ) -> tuple[str, list[Effect]]:
        """Ask for the ids of what comes from now on."""
        errand = self._begun(State.WISHED)
        return errand.name, [Say(questions.listen_by_id(errand.name, kinds, narrowed))]

    def offer(self, record_id: str, line: bytes) -> tuple[str, list[Effect]]:
        """Offer a record; the errand bears its id."""
        self._errands[record_id] = _Errand(record_id, State.OFFERED)
        return record_id, [Say(questions.offer(line))]

    def hear(self, raw: bytes) -> list[Effect]:
        """Take what the relay sent.

        Raises:
            BadAnswer: no relay says such a thing.
        """
        said = answers.read(raw)
        match said:
            case Notice():  # a relay says to nobody in particular what it cannot do
                return self._noticed(said)
            case Judged():
                return self._told(said.id, said)
            case Compared():
                return self._told(said.name, self._further(said))
            case Given() | Told() | GivenAll() | Ended():
                return self._told(said.name, said)
        return []

    def drop_comparison(self, name: str) -> list[Effect]:
        """Compare no further."""
        self.drop(name)
        return [Say(questions.neg_close(name))]

    def end(self, name: str) -> list[Effect]:
        """Listen no further."""
        self.drop(name)
        return [Say(questions.close(name))]

    def drop(self, name: str) -> None:
        """Wait no longer for what the relay does not answer."""
        self._errands.pop(name, None)

    def _begun(self, state: State) -> _Errand:
        self._last += 1
        errand = _Errand(f"w{self._last}", state)
        self._errands[errand.name] = errand
        return errand

    def _noticed(self, said: Notice) -> list[Effect]:
        unsure = (State.COMPARED, State.WISHED)
        waiting = [one for one in self._errands.values() if one.state in unsure]
        return [effect for one in waiting for effect in self._told(one.name, said)]

    def _told(self, name: str, said: object) -> list[Effect]:
        errand = self._errands.get(name)
        follows = _NEXT.get((errand.state, type(said))) if errand else None
        if errand is None or follows is None:
            return []
        errand.state, act = follows
        if errand.state is State.OVER:
            del self._errands[name]
        return list(act(name, said))

    def _further(self, said: Compared) -> "_Further | _Agreed | _Broken | None":
        errand = self._errands.get(said.name)
        if errand is None or errand.comparing is None:
            return None
        try:
            message, ours, theirs = errand.comparing.next(said.message)
        except BadMessage:
            return _Broken("bad-reconciliation")
        found = Found(tuple(ours), tuple(theirs))
        if message is None:
            return _Agreed(found)
        if errand.comparing.rounds >= limits.PEER_ROUNDS:
            return _Broken("endless")
        return _Further(message, found)


def _go_on(name: str, further: _Further) -> Iterator[Effect]:
    yield further.found
    yield Say(questions.neg_msg(name, further.message))


def _agree(name: str, agreed: _Agreed) -> Iterator[Effect]:
    yield agreed.found
    yield Say(questions.neg_close(name))
    yield Done(name)


def _break(name: str, broken: _Broken) -> Iterator[Effect]:
    yield Say(questions.neg_close(name))
    yield Done(name, broken.why)


def _unable(name: str, _: Notice) -> Iterator[Effect]:
    yield Done(name, "unsupported")


def _hand(_: str, given: Given) -> Iterator[Effect]:
    yield Came(given.raw)


def _tell(_: str, given: Given) -> Iterator[Effect]:
    yield News(given.raw)


def _begin(name: str, _: GivenAll) -> Iterator[Effect]:
    yield Begun(name)


def _name(_: str, told: Told) -> Iterator[Effect]:
    yield Named(told.ids)


def _nothing(_name: str, _: object) -> Iterator[Effect]:
    return iter(())


def _close(name: str, _: GivenAll) -> Iterator[Effect]:
    yield Say(questions.close(name))
    yield Done(name)


def _end(name: str, ended: Ended) -> Iterator[Effect]:
    yield Done(name, ended.why)


def _judge(name: str, judged: Judged) -> Iterator[Effect]:
    yield Done(name, "" if judged.accepted else judged.why)


# Any: each act takes the one thing that was heard in its row
_Act: TypeAlias = Callable[[str, Any], Iterator[Effect]]
_S = State
_NEXT: Mapping[tuple[State, type], tuple[State, _Act]] = {
    (_S.COMPARED, _Further): (_S.COMPARED, _go_on),
    (_S.COMPARED, _Agreed): (_S.OVER, _agree),
    (_S.COMPARED, _Broken): (_S.OVER, _break),
    (_S.COMPARED, Ended): (_S.OVER, _end),
    (_S.COMPARED, Notice): (_S.OVER, _unable),
    (_S.ASKED, Given): (_S.ASKED, _hand),
    (_S.ASKED, GivenAll): (_S.OVER, _close),
    (_S.ASKED, Ended): (_S.OVER, _end),
    (_S.WISHED, GivenAll): (_S.NAMED, _begin),
    (_S.WISHED, Ended): (_S.OVER, _end),
    (_S.WISHED, Notice): (_S.OVER, _unable),
    (_S.NAMED, Told): (_S.NAMED, _name),
    (_S.NAMED, Ended): (_S.OVER, _end),
    (_S.LIVE, Given): (_S.LIVE, _tell),
    (_S.LIVE, GivenAll): (_S.LIVE, _nothing),
    (_S.LIVE, Ended): (_S.OVER, _end),
    (_S.OFFERED, Judged): (_S.OVER, _judge),
}
