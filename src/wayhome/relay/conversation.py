"""Conversation: the listening end of one connection, a machine without I/O.

    what the caller says -> hear -> what is to be done -> the server does it -> report -> ...

The tables of talks.py say what follows what; here is which talk a thing is for.
"""

from collections.abc import Iterator, Sequence

from wayhome.codec import limits
from wayhome.journal.answer import HeldUntil, Outcome
from wayhome.records.refused import Refused
from wayhome.relay import messages, words
from wayhome.relay.messages import (
    BadMessage,
    Close,
    Count,
    Event,
    Message,
    NegClose,
    NegMsg,
    NegOpen,
    Req,
)
from wayhome.relay.talks import (
    SORTS,
    Effect,
    Failed,
    News,
    Offer,
    Report,
    Say,
    Sort,
    State,
    Talk,
)

_Said = Req | Count | Close | NegOpen | NegMsg | NegClose
# which word of the caller ends what a bad message spoke of, so that both ends agree it is over
_ENDS: dict[str, type[Close] | type[NegClose]] = {
    "REQ": Close,
    "IDS": Close,
    "COUNT": Close,
    "CLOSE": Close,
    "NEG-OPEN": NegClose,
    "NEG-MSG": NegClose,
    "NEG-CLOSE": NegClose,
}


class Conversation:
    """All talks of one connection."""

    def __init__(self) -> None:
        self._talks: dict[tuple[type, str], Talk] = {}
        self._by_ticket: dict[int, tuple[Sort, Talk]] = {}
        self._last_ticket = 0

    @property
    def listens(self) -> bool:
        """Tell whether the caller has subscribed to anything."""
        return any(begins is Req for begins, _ in self._talks)

    def waits_for(self, ticket: int) -> bool:
        """Tell whether the talk with that ticket still goes on."""
        return ticket in self._by_ticket

    def hear(self, raw: bytes) -> list[Effect]:
        """Take a message of the caller, whatever its bytes are."""
        try:
            message: Message = messages.read(raw)
        except BadMessage as bad:
            ended = self._ended(bad)
            return [*ended, Say(bad.answer)]
        if isinstance(message, Event):
            return [Offer(message.raw)]
        return list(self._hear(message))

    def report(self, report: Report) -> list[Effect]:
        """Take what was found out; nothing comes of it when its talk is over."""
        known = self._by_ticket.get(report.ticket)
        return list(self._step(*known, report)) if known else []

    def tell(self, ticket: int, news: Sequence[News]) -> list[Effect]:
        """Take what has become public and a subscription waits for, if it still does."""
        if ticket not in self._by_ticket:
            return []
        sort, talk = self._by_ticket[ticket]
        done = [effect for one in news for effect in self._step(sort, talk, one)]
        done += talk.catch_up() if talk.state is State.LIVE else ()
        if len(talk.later) > limits.RELAY_ANSWER:
            talk.later.clear()
            done += self._step(sort, talk, Failed(talk.ticket, "too-slow"))
        return done

    def _hear(self, said: _Said) -> Iterator[Effect]:
        for sort in SORTS:
            if (State.ABSENT, type(said)) in sort.table or isinstance(said, sort.ends):
                yield from self._hear_in(sort, said)

    def _hear_in(self, sort: Sort, said: _Said) -> Iterator[Effect]:
        talk = self._talks.get((sort.begins, said.id))
        if isinstance(said, sort.begins):
            if talk is not None:  # NIP-01, NIP-77: a new one takes the place of the old
                yield from self._step(sort, talk, sort.ends(said.id))
            elif self._number(sort) >= sort.most:
                yield Say(sort.too_many(said.id))
                return
            self._last_ticket += 1
            talk = Talk(said.id, self._last_ticket)
        yield from self._step(sort, talk or Talk(said.id), said)

    def _step(self, sort: Sort, talk: Talk, heard: _Said | Report | News) -> list[Effect]:
        talk_state, act = sort.table[talk.state, type(heard)]
        effects = list(act(talk, heard))
        talk.state = talk_state
        if talk_state is State.ABSENT:
            self._talks.pop((sort.begins, talk.id), None)
            self._by_ticket.pop(talk.ticket, None)
        else:
            self._talks[sort.begins, talk.id] = talk
            self._by_ticket[talk.ticket] = (sort, talk)
        return effects

    def _number(self, sort: Sort) -> int:
        return sum(1 for begins, _ in self._talks if begins is sort.begins)

    def _ended(self, bad: BadMessage) -> list[Effect]:
        if bad.id is None:
            return []
        return list(self._hear(_ENDS[bad.verb](bad.id)))


def judged(raw: bytes, outcome: Outcome) -> Say:
    """Say what became of a record that was offered."""
    if isinstance(outcome, Refused):
        why = words.refused(outcome.reason)
        return Say(messages.ok(messages.claimed_id(raw), accepted=False, why=why))
    if isinstance(outcome, HeldUntil):
        why = f"held: until {outcome.until}"
    else:
        why = "" if outcome.new else "duplicate: kept"
    return Say(messages.ok(outcome.id, accepted=True, why=why))
