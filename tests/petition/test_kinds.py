"""What a node asks of the petition's kinds beside their vectors: when to show, which to keep."""

from functools import cache

import pytest

from petition_world import DAY, DAYS, OPEN, World
from toys import Everywhere
from wayhome.crypto.claims import Claim
from wayhome.crypto.stamps import token_input
from wayhome.petition.kinds import KINDS, closing_list, counter, signature, withdrawal
from wayhome.petition.kinds.acceptance import is_trial
from wayhome.records.kind import KindBook, Moment, Origin
from wayhome.records.record import Record
from wayhome.records.refused import Refused

CLOSE = OPEN + DAYS * DAY


@cache
def petition() -> World:
    world = World()
    who, _ = world.sign_up(2)
    world.withdraw(who, 2)
    return world


@cache
def poll() -> World:
    world = World(1, 1, options=("да", "нет"))
    world.sign_up(option="1")
    return world


def held_until(world: World, record: Record, now: int, origin: Origin = "person") -> int | None:
    kind = KindBook(KINDS).of(record)
    return kind.held_until(record, [world.petition, *world.accepted], Moment(now, origin))


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (OPEN - 300, OPEN + DAY),
        (OPEN, OPEN + DAY),
        (OPEN + DAY - 1, OPEN + DAY),
        (OPEN + 5 * DAY, OPEN + 6 * DAY),
        (CLOSE - 1, CLOSE),
        (CLOSE, CLOSE + DAY),
        (CLOSE + DAY - 1, CLOSE + DAY),
    ],
)
def test_what_a_person_sends_is_shown_with_its_window_of_arrival(now: int, until: int) -> None:
    for record in petition().extra:
        assert held_until(petition(), record, now) == until


def test_answers_to_a_poll_are_held_until_it_closes() -> None:
    (answer,) = poll().extra
    assert held_until(poll(), answer, OPEN) == held_until(poll(), answer, CLOSE - 1) == CLOSE


@pytest.mark.parametrize("origin", ["peer", "own"])
def test_what_is_public_elsewhere_is_public_here(origin: Origin) -> None:
    for record in petition().extra:
        assert held_until(petition(), record, OPEN, origin) is None


def test_a_key_keeps_one_signature_an_option_and_one_withdrawal() -> None:
    signed, gone = petition().extra
    (answer,) = poll().extra
    assert signature.slot(signed).keeps == withdrawal.slot(gone).keeps == 1
    assert signature.slot(signed).key == ("3971", petition().petition.id, signed.pubkey, "")
    assert signature.slot(answer).key[-1] == "1"
    assert signature.slot(signed).key != withdrawal.slot(gone).key


def test_two_counters_of_one_number_and_two_lists_of_one_author_are_kept() -> None:
    world = World()
    world.open_desks()
    world.finish(0)
    one, other = world.list_up()
    first, final = world.counters["volga"]
    assert counter.slot(first).keeps == closing_list.slot(one).keeps == 2
    assert counter.slot(first).key != counter.slot(final).key
    assert closing_list.slot(one).key != closing_list.slot(other).key


def test_everyone_asks_the_same_question_about_one_petition() -> None:
    """A node answers from memory what it has looked up before."""
    one, other = World(), petition()
    first, second = one.sign_up()[1], one.sign_up()[1]
    assert signature.needs(first) == signature.needs(second)
    assert one.petition.id == other.petition.id


def test_kinds_need_no_kind_of_a_later_order() -> None:
    order = {kind.number: kind.order for kind in KINDS}
    world = petition()
    world_records = [world.petition, *world.accepted, *world.extra]
    for record in world_records:
        kind = KindBook(KINDS).of(record)
        asked = {number for wanted in kind.needs(record) for number in wanted.kinds or ()}
        assert all(order.get(number, 0) <= kind.order for number in asked)


def test_addresses_of_a_trial_are_told_from_real_ones() -> None:
    assert is_trial("http://127.0.0.1:8100")
    assert is_trial("http://volga.test")
    assert not is_trial("https://volga.example")
    assert not is_trial("http://" + "a2" * 28 + ".onion")


def test_a_signer_and_its_questions_print_no_secret() -> None:
    who = petition().signer()
    assert repr(who) == "Signer(...)"
    assert repr(who.questions) == "(Blinded(...), Blinded(...))"


def test_what_admission_verifies_is_what_it_said_it_would() -> None:
    world, asked = petition(), []
    (record,) = (one for one in world.extra if one.kind == signature.NUMBER)

    def verifies(claim: Claim) -> bool:
        asked.append(claim)
        return True

    held = [world.petition, *world.accepted]
    signature.admit(record, held, Everywhere(), Moment(OPEN + 3 * DAY, "person", verifies))
    assert tuple(asked) == signature.claims(record, held, Everywhere())
    assert [covered for _, covered, _ in asked] == [
        token_input(world.petition.id, record.pubkey, world.panel.seat(tag[1]).kid)
        for tag in record.tags[1:]
    ]
    assert signature.claims(record, [world.petition], Everywhere()) == ()


class Nowhere(Everywhere):
    """A ground on which nothing is official."""

    def is_official(self, record_id: str) -> bool:
        return not record_id


def test_a_panel_that_stood_is_asked_for_anew_on_another_ground() -> None:
    world = petition()
    held, everywhere = (world.petition, *world.accepted), Everywhere()
    panel = signature.panel_of(held, everywhere)
    assert panel == world.panel
    assert signature.panel_of(held, everywhere) is panel
    with pytest.raises(Refused, match="unknown-petition"):
        signature.panel_of(held, Nowhere())
    with pytest.raises(Refused, match="not-open"):
        signature.panel_of((world.petition,), everywhere)
