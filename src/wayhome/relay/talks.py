"""Talks: what goes on inside one connection, each sort as a table, without I/O.

What the caller says and what the server found out are both heard; each moves one talk along its
table and gives what is to be done. A pair that stands in no table cannot come: conversation.py ends
a talk before it begins another of its name, and drops what was found out for a talk that is over.

    subscription     ABSENT -REQ-> ASKED -Begun-> GIVEN -Done-> LIVE -CLOSE-> ABSENT
    count            ABSENT -COUNT-> COUNTED -Numbered-> ABSENT
    reconciliation   ABSENT -NEG-OPEN-> GATHERED -Replied-> OPEN -NEG-MSG-> ANSWERED -Replied-> OPEN

What could not be done ends a talk: Failed; of a reconciliation also when its place was taken.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cached_property
from itertools import islice
from typing import Any, TypeAlias

from wayhome.codec import limits
from wayhome.records.record import Record
from wayhome.relay import messages
from wayhome.relay.messages import Close, Count, NegClose, NegMsg, NegOpen, Req
from wayhome.relay.wanted import Wanted
from wayhome.relay.words import Word


class State(Enum):
    """How far a talk is."""

    ABSENT = auto()
    ASKED = auto()  # a REQ waits for its turn; what comes live will be in the store by then
    GIVEN = auto()  # its answer is being given; what comes live waits behind it
    LIVE = auto()  # the answer was given; what comes is told
    COUNTED = auto()
    GATHERED = auto()  # the set of ids is being made, and the first message answered
    OPEN = auto()  # it is the caller's turn
    ANSWERED = auto()  # it is ours


# what the server found out, for the talk with that ticket


@dataclass(frozen=True, slots=True)
class Begun:
    """The answer is of this moment; what becomes public from now on is not in it."""

    ticket: int


@dataclass(frozen=True, slots=True)
class Found:
    """Some of the stored records."""

    ticket: int
    lines: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Done:
    """There is no more of the stored records."""

    ticket: int


@dataclass(frozen=True, slots=True)
class Numbered:
    """So many match."""

    ticket: int
    number: int


@dataclass(frozen=True, slots=True)
class Replied:
    """The reconciliation's next message."""

    ticket: int
    message: bytes


@dataclass(frozen=True, slots=True)
class Failed:
    """It cannot be done."""

    ticket: int
    word: Word


@dataclass(frozen=True)
class News:
    """A record that a talk waits for has become public."""

    record: Record

    @cached_property
    def line(self) -> bytes:
        """Its canonical line, written when the first who waits for it is told."""
        return self.record.line


# what is to be done


@dataclass(frozen=True, slots=True)
class Say:
    """Send this."""

    frame: bytes


@dataclass(frozen=True, slots=True)
class Offer:
    """Hand this to the one door, and come back with `judged`."""

    raw: bytes


@dataclass(frozen=True, slots=True)
class Look:
    """Give what is stored: Begun, Found ..., Done; and tell what comes that matches, until Stop."""

    ticket: int
    wanted: tuple[Wanted, ...]


@dataclass(frozen=True, slots=True)
class Number:
    """Count what is stored: Numbered."""

    ticket: int
    wanted: tuple[Wanted, ...]


@dataclass(frozen=True, slots=True)
class Gather:
    """Make the set of ids and answer the first message: Replied."""

    ticket: int
    wanted: Wanted
    message: bytes


@dataclass(frozen=True, slots=True)
class Reconcile:
    """Answer a further message: Replied."""

    ticket: int
    message: bytes


@dataclass(frozen=True, slots=True)
class Stop:
    """Nobody waits for that talk any more."""

    ticket: int


Report: TypeAlias = Begun | Found | Done | Numbered | Replied | Failed
Effect: TypeAlias = Say | Offer | Look | Number | Gather | Reconcile | Stop


@dataclass(slots=True)
class Talk:
    """One subscription, count or reconciliation."""

    id: str
    ticket: int = 0
    state: State = State.ABSENT
    by_id: bool = False  # it is told ids, and fetches what it lacks
    later: list[bytes] = field(default_factory=list)  # what came live and was not told yet

    def catch_up(self) -> Iterator[Effect]:
        """Tell all that came live; ids go together."""
        if self.by_id:
            ids = iter(self.later)
            while together := list(islice(ids, limits.RELAY_IDS)):
                yield Say(messages.ids(self.id, together))
        else:
            for line in self.later:
                yield Say(messages.event(self.id, line))
        self.later.clear()


def _nothing(_talk: Talk, _heard: Any) -> Iterator[Effect]:  # noqa: ANN401 - whatever was heard
    return iter(())


def _stop(talk: Talk, _heard: Any) -> Iterator[Effect]:  # noqa: ANN401 - whatever was heard
    yield Stop(talk.ticket)


def _look(talk: Talk, asked: Req) -> Iterator[Effect]:
    talk.by_id = asked.by_id
    yield Look(talk.ticket, asked.wanted)


def _give(talk: Talk, found: Found) -> Iterator[Effect]:
    for line in found.lines:
        yield Say(messages.event(talk.id, line))


def _give_end(talk: Talk, _: Done) -> Iterator[Effect]:
    yield Say(messages.eose(talk.id))
    yield from talk.catch_up()


def _keep(talk: Talk, news: News) -> Iterator[Effect]:
    talk.later.append(bytes.fromhex(news.record.id) if talk.by_id else news.line)
    return iter(())


def _tell(talk: Talk, news: News) -> Iterator[Effect]:
    if talk.by_id:  # the conversation tells them once all that came is known
        return _keep(talk, news)
    return iter((Say(messages.event(talk.id, news.line)),))


def _closed(talk: Talk, failed: Failed) -> Iterator[Effect]:
    yield Stop(talk.ticket)
    yield Say(messages.closed(talk.id, failed.word))


def _number(talk: Talk, asked: Count) -> Iterator[Effect]:
    yield Number(talk.ticket, asked.wanted)


def _say_number(talk: Talk, counted: Numbered) -> Iterator[Effect]:
    yield Say(messages.count(talk.id, counted.number))


def _gather(talk: Talk, asked: NegOpen) -> Iterator[Effect]:
    yield Gather(talk.ticket, asked.wanted, asked.message)


def _reconcile(talk: Talk, asked: NegMsg) -> Iterator[Effect]:
    yield Reconcile(talk.ticket, asked.message)


def _reply(talk: Talk, replied: Replied) -> Iterator[Effect]:
    yield Say(messages.neg_msg(talk.id, replied.message))


def _unknown(talk: Talk, _: NegMsg) -> Iterator[Effect]:
    yield Say(messages.neg_err(talk.id, "unknown-reconciliation"))


def _out_of_turn(talk: Talk, _: NegMsg) -> Iterator[Effect]:
    yield Stop(talk.ticket)
    yield Say(messages.neg_err(talk.id, "bad-reconciliation"))


def _no_more(talk: Talk, failed: Failed) -> Iterator[Effect]:
    yield Stop(talk.ticket)
    yield Say(messages.neg_err(talk.id, failed.word))


# Any: each act takes the one thing that was heard in its row
Act: TypeAlias = Callable[[Talk, Any], Iterator[Effect]]
Table: TypeAlias = Mapping[tuple[State, type], tuple[State, Act]]

_S = State
SUBSCRIPTION: Table = {
    (_S.ABSENT, Req): (_S.ASKED, _look),
    (_S.ABSENT, Close): (_S.ABSENT, _nothing),
    (_S.ASKED, Begun): (_S.GIVEN, _nothing),
    (_S.ASKED, News): (_S.ASKED, _nothing),
    (_S.ASKED, Close): (_S.ABSENT, _stop),
    (_S.ASKED, Failed): (_S.ABSENT, _closed),
    (_S.GIVEN, Found): (_S.GIVEN, _give),
    (_S.GIVEN, News): (_S.GIVEN, _keep),
    (_S.GIVEN, Done): (_S.LIVE, _give_end),
    (_S.GIVEN, Close): (_S.ABSENT, _stop),
    (_S.GIVEN, Failed): (_S.ABSENT, _closed),
    (_S.LIVE, News): (_S.LIVE, _tell),
    (_S.LIVE, Close): (_S.ABSENT, _stop),
}
COUNTING: Table = {
    (_S.ABSENT, Count): (_S.COUNTED, _number),
    (_S.ABSENT, Close): (_S.ABSENT, _nothing),
    (_S.COUNTED, Numbered): (_S.ABSENT, _say_number),
    (_S.COUNTED, Failed): (_S.ABSENT, _closed),
    (_S.COUNTED, Close): (_S.ABSENT, _stop),
}
RECONCILIATION: Table = {
    (_S.ABSENT, NegOpen): (_S.GATHERED, _gather),
    (_S.ABSENT, NegMsg): (_S.ABSENT, _unknown),
    (_S.ABSENT, NegClose): (_S.ABSENT, _nothing),
    (_S.GATHERED, Replied): (_S.OPEN, _reply),
    (_S.GATHERED, NegMsg): (_S.ABSENT, _out_of_turn),
    (_S.GATHERED, NegClose): (_S.ABSENT, _stop),
    (_S.GATHERED, Failed): (_S.ABSENT, _no_more),
    (_S.OPEN, NegMsg): (_S.ANSWERED, _reconcile),
    (_S.OPEN, NegClose): (_S.ABSENT, _stop),
    (_S.OPEN, Failed): (_S.ABSENT, _no_more),
    (_S.ANSWERED, Replied): (_S.OPEN, _reply),
    (_S.ANSWERED, NegMsg): (_S.ABSENT, _out_of_turn),
    (_S.ANSWERED, NegClose): (_S.ABSENT, _stop),
    (_S.ANSWERED, Failed): (_S.ABSENT, _no_more),
}


@dataclass(frozen=True, slots=True)
class Sort:
    """One sort of talks: its table, what begins and ends one, and how many there may be."""

    table: Table
    begins: type
    ends: type
    most: int
    too_many: Callable[[str], bytes]


SORTS: tuple[Sort, ...] = (
    Sort(
        SUBSCRIPTION,
        Req,
        Close,
        limits.RELAY_SUBSCRIPTIONS,
        lambda name: messages.closed(name, "too-many-subscriptions"),
    ),
    Sort(
        COUNTING,
        Count,
        Close,
        limits.RELAY_SUBSCRIPTIONS,
        lambda name: messages.closed(name, "too-many-subscriptions"),
    ),
    Sort(
        RECONCILIATION,
        NegOpen,
        NegClose,
        limits.RELAY_RECONCILIATIONS,
        lambda name: messages.neg_err(name, "too-many-reconciliations"),
    ),
)
