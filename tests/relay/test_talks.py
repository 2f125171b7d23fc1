"""A connection's talks go through the tables, whatever is said and found out in whatever order."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import toys
from wayhome.codec import limits
from wayhome.journal.answer import HeldUntil, Kept
from wayhome.records.refused import Refused
from wayhome.relay.conversation import Conversation, judged
from wayhome.relay.messages import Close, Count, NegClose, NegOpen, Req
from wayhome.relay.talks import (
    COUNTING,
    RECONCILIATION,
    SORTS,
    SUBSCRIPTION,
    Begun,
    Done,
    Effect,
    Failed,
    Found,
    Gather,
    Look,
    News,
    Number,
    Numbered,
    Offer,
    Reconcile,
    Replied,
    Say,
    State,
    Stop,
    Table,
)

LINE = b'{"id":"x"}'
NEWS = News(toys.word("news"))
EMPTY = "6100000200"


def said(*message: object) -> bytes:
    return json.dumps(message).encode()


def frames(effects: list[Effect]) -> list[object]:
    return [json.loads(effect.frame) for effect in effects if isinstance(effect, Say)]


def ticket_of(effects: list[Effect]) -> int:
    return next(
        one.ticket for one in effects if isinstance(one, Look | Number | Gather | Reconcile)
    )


def begun(talk: Conversation, name: str = "a") -> int:
    """Subscribe, as far as LIVE."""
    ticket = ticket_of(talk.hear(said("REQ", name, {})))
    talk.report(Begun(ticket))
    talk.report(Done(ticket))
    return ticket


def test_a_subscription_gives_what_is_stored_then_what_is_new() -> None:
    talk = Conversation()
    (look,) = talk.hear(said("REQ", "a", {"limit": 1}))
    assert isinstance(look, Look)
    assert talk.tell(look.ticket, [NEWS]) == [], "it will be in the store by then"
    assert talk.report(Begun(look.ticket)) == []
    assert frames(talk.tell(look.ticket, [NEWS])) == [], "what is new waits behind what is stored"
    assert frames(talk.report(Found(look.ticket, [LINE]))) == [["EVENT", "a", {"id": "x"}]]
    ended = frames(talk.report(Done(look.ticket)))
    assert ended == [["EOSE", "a"], ["EVENT", "a", json.loads(NEWS.line)]]
    assert frames(talk.tell(look.ticket, [NEWS])) == [["EVENT", "a", json.loads(NEWS.line)]]
    assert talk.hear(said("CLOSE", "a")) == [Stop(look.ticket)]
    assert talk.tell(look.ticket, [NEWS]) == []


@pytest.mark.parametrize("so_far", [(), (Begun,), (Begun, Found)])
def test_what_is_closed_while_it_is_answered_is_stopped(so_far: tuple[type, ...]) -> None:
    talk = Conversation()
    ticket = ticket_of(talk.hear(said("REQ", "a", {})))
    for kind in so_far:
        talk.report(Found(ticket, [LINE]) if kind is Found else Begun(ticket))
    assert talk.hear(said("CLOSE", "a")) == [Stop(ticket)]
    assert not talk.waits_for(ticket)
    assert talk.report(Done(ticket)) == []
    assert talk.report(Found(ticket, [LINE])) == []


def test_a_second_subscription_of_a_name_takes_the_place_of_the_first() -> None:
    talk = Conversation()
    first = ticket_of(talk.hear(said("REQ", "a", {})))
    stop, look = talk.hear(said("REQ", "a", {"kinds": [1]}))
    assert stop == Stop(first)
    assert isinstance(look, Look)
    assert look.ticket != first
    assert talk.report(Begun(first)) == []
    live = begun(talk, "a")
    stop, look = talk.hear(said("REQ", "a", {}))
    assert (stop, type(look)) == (Stop(live), Look)
    assert not talk.waits_for(live)


def test_a_slow_answer_is_given_up_when_too_much_waits_behind_it() -> None:
    talk = Conversation()
    ticket = ticket_of(talk.hear(said("REQ", "a", {})))
    talk.report(Begun(ticket))
    assert talk.tell(ticket, [NEWS] * limits.RELAY_ANSWER) == []
    assert frames(talk.tell(ticket, [NEWS])) == [["CLOSED", "a", "rate-limited: too-slow"]]
    assert not talk.waits_for(ticket)


def test_a_count_is_answered_once() -> None:
    talk = Conversation()
    ticket = ticket_of(talk.hear(said("COUNT", "a", {})))
    assert frames(talk.report(Numbered(ticket, 7))) == [["COUNT", "a", {"count": 7}]]
    assert talk.report(Numbered(ticket, 8)) == []


def test_close_ends_subscription_and_count_of_a_name() -> None:
    talk = Conversation()
    live = begun(talk)
    counted = ticket_of(talk.hear(said("COUNT", "a", {})))
    assert talk.hear(said("CLOSE", "a")) == [Stop(live), Stop(counted)]
    assert not talk.listens


def test_a_reconciliation_goes_turn_by_turn() -> None:
    talk = Conversation()
    (gather,) = talk.hear(said("NEG-OPEN", "a", {}, EMPTY))
    assert isinstance(gather, Gather)
    assert frames(talk.report(Replied(gather.ticket, b"\x61"))) == [["NEG-MSG", "a", "61"]]
    assert talk.hear(said("NEG-MSG", "a", EMPTY)) == [
        Reconcile(gather.ticket, bytes.fromhex(EMPTY))
    ]
    assert frames(talk.report(Replied(gather.ticket, b"\x61"))) == [["NEG-MSG", "a", "61"]]
    assert talk.hear(said("NEG-CLOSE", "a")) == [Stop(gather.ticket)]
    assert frames(talk.hear(said("NEG-MSG", "a", EMPTY))) == [
        ["NEG-ERR", "a", "closed: unknown-reconciliation"]
    ]


def test_who_speaks_out_of_turn_in_a_reconciliation_ends_it() -> None:
    talk = Conversation()
    ticket = ticket_of(talk.hear(said("NEG-OPEN", "a", {}, EMPTY)))
    stop, say = talk.hear(said("NEG-MSG", "a", EMPTY))
    assert stop == Stop(ticket)
    assert frames([say]) == [["NEG-ERR", "a", "invalid: bad-reconciliation"]]
    assert talk.report(Replied(ticket, b"\x61")) == []


@pytest.mark.parametrize(
    ("message", "most", "word"),
    [
        (("REQ", {}), limits.RELAY_SUBSCRIPTIONS, "too-many-subscriptions"),
        (("COUNT", {}), limits.RELAY_SUBSCRIPTIONS, "too-many-subscriptions"),
        (("NEG-OPEN", {}, EMPTY), limits.RELAY_RECONCILIATIONS, "too-many-reconciliations"),
    ],
)
def test_one_talk_too_many_is_one_too_many(
    message: tuple[object, ...], most: int, word: str
) -> None:
    talk = Conversation()
    for i in range(most):
        assert frames(talk.hear(said(message[0], str(i), *message[1:]))) == []
    verb = "NEG-ERR" if message[0] == "NEG-OPEN" else "CLOSED"
    more = said(message[0], "more", *message[1:])
    assert frames(talk.hear(more)) == [[verb, "more", f"rate-limited: {word}"]]
    assert frames(talk.hear(said(message[0], "0", *message[1:]))) == [], "a new one of that name"
    talk.hear(said("NEG-CLOSE" if message[0] == "NEG-OPEN" else "CLOSE", "1"))
    assert frames(talk.hear(more)) == []


@pytest.mark.parametrize(
    ("message", "heard"),
    [
        (("REQ", "a", {"search": ""}), ["CLOSED", "a", "unsupported: unknown-filter"]),
        (("COUNT", "a", {"search": ""}), ["CLOSED", "a", "unsupported: unknown-filter"]),
        (("NEG-OPEN", "a", {}, "x"), ["NEG-ERR", "a", "invalid: bad-reconciliation"]),
        (("NEG-MSG", "a", "x"), ["NEG-ERR", "a", "invalid: bad-reconciliation"]),
    ],
)
def test_a_bad_message_ends_what_it_speaks_of_at_this_end_too(
    message: tuple[object, ...], heard: list[object]
) -> None:
    talk = Conversation()
    begun(talk)
    tickets = [
        ticket_of(talk.hear(said("COUNT", "a", {}))),
        ticket_of(talk.hear(said("NEG-OPEN", "a", {}, EMPTY))),
    ]
    assert frames(talk.hear(said(*message))) == [heard]
    is_reconciliation = str(message[0]).startswith("NEG")
    assert talk.listens is is_reconciliation
    assert talk.waits_for(tickets[1]) is not is_reconciliation


@pytest.mark.parametrize(
    ("outcome", "why"),
    [
        (Kept("ab" * 32, new=True), [True, ""]),
        (Kept("ab" * 32, new=False), [True, "duplicate: kept"]),
        (HeldUntil("ab" * 32, 99), [True, "held: until 99"]),
        (Refused("bad-stamp"), [False, "invalid: bad-stamp"]),
        (Refused("unknown-group"), [False, "blocked: unknown-group"]),
        (Refused("over-quota"), [False, "rate-limited: over-quota"]),
        (Refused("storage"), [False, "error: storage"]),
    ],
)
def test_what_became_of_a_record_is_said_with_its_prefix(
    outcome: Kept | HeldUntil | Refused, why: list[object]
) -> None:
    raw = b'{"id":"' + b"ab" * 32 + b'"}'
    assert json.loads(judged(raw, outcome).frame) == ["OK", "ab" * 32, *why]


# every pair of a state and what can be heard in it, as the page at the top of talks.py draws it
ENDS: dict[type, type] = {Req: Close, Count: Close, NegOpen: NegClose}


@pytest.mark.parametrize("table", [SUBSCRIPTION, COUNTING, RECONCILIATION])
def test_every_state_of_a_table_can_be_reached_and_left(table: Table) -> None:
    reached = {State.ABSENT}
    for _ in table:
        reached |= {state for (before, _), (state, _) in table.items() if before in reached}
    assert reached == {before for before, _ in table}
    for before in reached - {State.ABSENT}:
        after = {state for (here, heard), (state, _) in table.items() if here is before}
        assert State.ABSENT in after or State.OPEN in after or State.GIVEN in after


def test_whoever_is_asked_can_fail_and_whoever_asks_can_leave() -> None:
    ours = {State.ASKED, State.GIVEN, State.COUNTED, State.GATHERED, State.ANSWERED}
    ours |= {State.OPEN}  # it is the caller's turn, and its place may be another's meanwhile
    for sort in SORTS:
        for state in {before for before, _ in sort.table}:
            assert (state, ENDS[sort.begins]) in sort.table
            assert ((state, Failed) in sort.table) == (state in ours)


VERBS = st.sampled_from(
    [
        ("REQ", {}),
        ("REQ", {"kinds": [toys.WORD]}),
        ("REQ", {"bad": 1}),
        ("IDS", {"kinds": [toys.WORD]}),
        ("COUNT", {}),
        ("CLOSE",),
        ("NEG-OPEN", {}, EMPTY),
        ("NEG-MSG", EMPTY),
        ("NEG-MSG", "x"),
        ("NEG-CLOSE",),
    ]
)
STEPS = st.lists(
    st.tuples(st.just("hear"), VERBS, st.sampled_from("abc"))
    | st.tuples(st.just("report"), st.integers(0, 20), st.just(""))
    | st.tuples(st.just("tell"), st.integers(1, 3), st.just("")),
    max_size=60,
)
# what a server may report of something it was asked, in an order that it keeps
REPORTS: dict[type, list[list[Callable[[int], object]]]] = {
    Look: [
        [Begun, lambda t: Found(t, [LINE, LINE]), Done],
        [Begun, lambda t: Failed(t, "too-broad")],
        [lambda t: Failed(t, "storage")],
        [Begun, Done],
    ],
    Number: [[lambda t: Numbered(t, 1)], [lambda t: Failed(t, "storage")]],
    Gather: [[lambda t: Replied(t, b"\x61")], [lambda t: Failed(t, "too-broad")]],
    Reconcile: [[lambda t: Replied(t, b"\x61")], [lambda t: Failed(t, "bad-reconciliation")]],
}


VERBS_SAID = {"EVENT", "IDS", "EOSE", "CLOSED", "COUNT", "NEG-MSG", "NEG-ERR"}


@dataclass
class Played:
    """A conversation, and a server that reports in an order it could report in."""

    talk: Conversation = field(default_factory=Conversation)
    under_way: list[tuple[int, list[Callable[[int], object]]]] = field(default_factory=list)
    reconciled: set[int] = field(default_factory=set)  # sets of ids that nobody has let go
    listening: list[int] = field(default_factory=list)  # tickets that wait for news

    def hear(self, verb: tuple[object, ...], name: str) -> None:
        self.do(self.talk.hear(said(verb[0], name, *verb[1:])))

    def report(self, which: int, _: object) -> None:
        if not self.under_way:
            return
        ticket, left = self.under_way[which % len(self.under_way)]
        report = left.pop(0)(ticket)
        self.under_way = [(one, rest) for one, rest in self.under_way if rest]
        self.do(self.talk.report(report))  # type: ignore[arg-type]

    def tell(self, number: int, _: object) -> None:
        for ticket in self.listening:
            self.do(self.talk.tell(ticket, [NEWS] * number))

    def do(self, effects: list[Effect]) -> None:
        for effect in effects:
            match effect:
                case Offer():
                    raise AssertionError("nobody offered anything")
                case Stop(ticket):
                    self.reconciled.discard(ticket)
                    self.listening = [one for one in self.listening if one != ticket]
                case Say(frame):
                    assert json.loads(frame)[0] in VERBS_SAID
                case _:
                    ways = REPORTS[type(effect)]
                    self.under_way.append((effect.ticket, [*ways[effect.ticket % len(ways)]]))
                    self.reconciled.update([effect.ticket] if isinstance(effect, Gather) else [])
                    self.listening += [effect.ticket] if isinstance(effect, Look) else []


@settings(max_examples=200, deadline=None)
@given(STEPS)
def test_no_order_of_things_is_a_fault_and_every_stop_frees_what_was_begun(
    steps: list[tuple[str, object, object]],
) -> None:
    played = Played()
    for what, one, other in steps:
        getattr(played, what)(one, other)
        assert all(map(played.talk.waits_for, (*played.reconciled, *played.listening)))
    for name in "abc":
        played.hear(("CLOSE",), name)
        played.hear(("NEG-CLOSE",), name)
    assert not played.reconciled
    assert not played.listening
    assert not played.talk.listens
