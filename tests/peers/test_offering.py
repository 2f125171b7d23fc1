"""Which of ours a peer did not take is told: some of them, in a word, and nothing of a person."""

from collections.abc import Callable

import pytest

from inside import Inside
from toys import HAND, PLEA, WORD, hand, plea, word
from wayhome.codec import limits
from wayhome.peers.judging import Ours
from wayhome.peers.memory import Memory
from wayhome.peers.offering import Offering
from wayhome.peers.peer import Peer
from wayhome.peers.quota import Quota
from wayhome.peers.way import Address
from wayhome.records.record import Record


@pytest.fixture
def peer() -> Peer:
    address = Address.read("ws://relay.example")
    return Peer(address, 1, Memory(lambda _: 0), Quota(0.0), offers=True)


@pytest.fixture
def inside(open_inside: Callable[..., Inside]) -> Inside:
    return open_inside()


@pytest.fixture
def offering(peer: Peer, inside: Inside) -> Offering:
    async def nothing(_: int) -> object:
        raise AssertionError

    ours = Ours(
        inside.store,
        (PLEA, WORD, HAND),
        nothing,  # type: ignore[arg-type] - nobody compares here
        lambda lines: inside.intake.receive_lines(lines, "peer"),
        inside.intake.waits_for,
        lambda: inside.now,
        unnamed=frozenset({HAND}),
    )
    return Offering(peer, ours)


def offered(offering: Offering, *some: Record) -> list[str]:
    offering.lacks(WORD, [bytes.fromhex(one.id) for one in some])
    return [one.id for one in offering.records()]


def test_what_a_relay_declines_is_not_offered_again_that_day(
    peer: Peer, offering: Offering, inside: Inside
) -> None:
    yes, no, later = (word(each) for each in ("yes", "no", "later"))
    inside.take(yes, no, later)
    assert offered(offering, yes, no, later) == [yes.id, no.id, later.id]
    for record, why in ((yes, ""), (no, "blocked"), (later, "rate-limited")):
        offering.judged(record, why)
    assert offered(offering, yes, no, later) == [yes.id, later.id]  # it was made to delete one
    peer.declined.clear()  # as each day
    assert offered(offering, no, later) == [no.id, later.id]


def test_what_is_taken_later_is_named_no_more(peer: Peer, offering: Offering) -> None:
    offering.judged(one := word(), "rate-limited")
    assert [(named.id, named.why) for named in peer.named.values()] == [(one.id, "rate-limited")]
    offering.judged(one, "")
    assert not peer.named
    assert peer.not_taken == {"rate-limited": 1}


def test_of_what_a_person_wrote_only_the_number_is_told(peer: Peer, offering: Offering) -> None:
    for _ in range(3):
        offering.judged(hand(plea().id), "blocked")
    assert not peer.named
    assert peer.not_taken == {"blocked": 3}


def test_few_are_named_and_those_of_a_common_kind_give_way(peer: Peer, offering: Offering) -> None:
    offering.judged(rare := plea(), "invalid")
    words = [word(str(n)) for n in range(2 * limits.PEER_NOT_TAKEN)]
    for one in words:
        offering.judged(one, "blocked")
    newest = [one.id for one in words[1 - limits.PEER_NOT_TAKEN :]]
    assert list(peer.named) == [rare.id, *newest]
