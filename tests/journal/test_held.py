"""What is held is not public, is not lost, and leaves no trace of when it came."""

import asyncio
import random
import sqlite3
from pathlib import Path

import pytest

import toys
from inside import Inside
from wayhome.crypto import keys
from wayhome.crypto.keypage import KeyPage
from wayhome.journal.answer import HeldUntil, Kept
from wayhome.journal.held import HeldRecords
from wayhome.records.filter import Filter
from wayhome.records.refused import Refused
from wayhome.store.sqlite import SqliteStore
from wayhome.store.store import StorageFault

MANY = 2_500
NONE = 0.12  # of an order that is chance: six deviations, so once in 500 million runs


def test_what_a_person_brings_is_public_only_at_the_windows_end(inside: Inside) -> None:
    plea = toys.plea()
    inside.take(plea)
    hands = [toys.hand(plea.id) for _ in range(20)]
    answers = inside.take(*hands, origin="person")
    assert answers == [HeldUntil(hand.id, 1_020) for hand in hands]
    assert inside.store.ids(Filter(kinds=(toys.HAND,))) == []
    assert list(inside.store.facts("hands", plea.id)) == []
    inside.now = 1_019
    assert inside.release() == 0
    inside.now = 1_020
    assert inside.release() == 20
    assert inside.store.ids(Filter(kinds=(toys.HAND,))) == sorted(hand.id for hand in hands)
    assert len(list(inside.store.facts("hands", plea.id))) == 20
    assert inside.take(hands[0], origin="person") == [Kept(hands[0].id, new=False)]


def test_bringing_it_again_is_harmless(inside: Inside) -> None:
    plea = toys.plea()
    inside.take(plea)
    hand = toys.hand(plea.id)
    first = inside.take(hand, hand, origin="person")
    inside.now += 7
    assert first + inside.take(hand, origin="person") == [HeldUntil(hand.id, 1_020)] * 3
    inside.now = 2_000
    assert inside.release() == 1


def test_only_the_very_line_is_known_as_held(inside: Inside) -> None:
    plea = toys.plea()
    inside.take(plea)
    hand = toys.hand(plea.id)
    inside.take(hand, origin="person")
    line = hand.line
    assert inside.held.until_of(line) == 1_020
    for other in (line[:-4] + b'00"}', line[:71], line + b" ", b"", b"{" * 80):
        assert inside.held.until_of(other) is None


def test_of_one_slot_the_lowest_id_is_held(inside: Inside) -> None:
    plea, author = toys.plea(), keys.new_secret_key()
    inside.take(plea)
    hands = [toys.hand(plea.id, author, filler=f"{n}") for n in range(9)]
    for hand in hands[:5]:
        inside.take(hand, origin="person")
    answers = inside.take(*hands, origin="person")
    lowest = min(hand.id for hand in hands)
    assert HeldUntil(lowest, 1_020) in answers
    assert {one.reason for one in answers if isinstance(one, Refused)} == {"superseded"}
    assert [one.id for one in inside.held.find(Filter(kinds=(toys.HAND,)))] == [lowest]
    inside.now = 2_000
    assert inside.release() == 1


def test_a_held_record_is_found_by_what_needs_it(inside: Inside) -> None:
    plea = toys.plea()
    inside.take(plea)
    hands = [toys.hand(plea.id) for _ in range(3)]
    inside.take(*hands, origin="person")
    one = hands[1]
    assert inside.held.find(Filter(authors=(one.pubkey,), tags=(("e", plea.id),))) == [one]
    assert inside.held.find(Filter(authors=(one.pubkey,), tags=(("e", "0" * 64),))) == []
    assert inside.held.find(Filter(ids=(one.id,))) == [one]
    assert inside.held.find(Filter(kinds=(toys.WORD,))) == []
    assert len(inside.held.find(Filter())) == 3


def test_the_key_page_goes_with_the_release_and_not_before(inside: Inside) -> None:
    plea = toys.plea()
    inside.take(plea)
    inside.take(toys.hand(plea.id), origin="person")
    inside.now += 60
    inside.take(toys.hand(plea.id), origin="person")
    pages = inside.folder / "pages"
    assert sorted(page.name for page in pages.iterdir()) == ["1020.page", "1080.page"]
    assert inside.release() == 1
    assert [page.name for page in pages.iterdir()] == ["1080.page"]
    assert len(list(inside.store.held())) == 1


def test_after_a_restart_everything_is_still_held(inside: Inside) -> None:
    plea = toys.plea()
    inside.take(plea)
    hands = [toys.hand(plea.id) for _ in range(5)]
    inside.take(*hands, origin="person")
    again = HeldRecords(inside.store, inside.folder / "pages")
    assert again.find(Filter()) == sorted(hands, key=lambda hand: hand.id)
    assert again.until_of(hands[0].line) == 1_020
    assert again.lost == 0


def test_a_crash_between_release_and_letting_go_changes_nothing(inside: Inside) -> None:
    plea = toys.plea()
    inside.take(plea)
    hands = [toys.hand(plea.id) for _ in range(5)]
    inside.take(*hands, origin="person")
    still_held = list(inside.store.held())
    page = (inside.folder / "pages" / "1020.page").read_bytes()
    inside.now = 1_020
    assert inside.release() == 5
    # as it was before the last steps: the rows are there again, and so is the page
    inside.store.hold(still_held)
    (inside.folder / "pages" / "1020.page").write_bytes(page)
    inside.intake.close()
    again = Inside(inside.store, inside.folder, now=1_021)
    assert again.release() == 0
    assert again.store.count(Filter(kinds=(toys.HAND,))) == 5
    assert list(again.store.held()) == []
    assert list((inside.folder / "pages").iterdir()) == []
    again.intake.close()


def test_rows_without_their_page_and_a_torn_page_do_not_stop_the_start(inside: Inside) -> None:
    plea = toys.plea()
    inside.take(plea)
    inside.take(toys.hand(plea.id), origin="person")
    (inside.folder / "pages" / "1020.page").unlink()
    (inside.folder / "pages" / "1080.page").write_bytes(b"cut while it was made")
    inside.intake.close()
    again = Inside(inside.store, inside.folder, now=1_021)
    assert again.held.lost == 1
    hand = toys.hand(plea.id)
    assert again.take(hand, origin="person") == [HeldUntil(hand.id, 1_080)]
    again.now = 1_080
    assert again.release() == 1
    assert list(again.store.held()) == []
    again.intake.close()


def test_what_is_sealed_shows_its_size_in_steps_and_nothing_else(inside: Inside) -> None:
    plea = toys.plea()
    inside.take(plea)
    hand = toys.hand(plea.id)
    inside.take(hand, toys.hand(plea.id, filler="x" * 1_200), origin="person")
    page = KeyPage.open(inside.folder / "pages" / "1020.page")
    assert sorted(len(page.unseal(one.sealed, one.key)) for one in inside.store.held()) == [
        1264,
        2528,
    ]
    shown = b"".join(one.key + one.sealed for one in inside.store.held())
    assert hand.pubkey.encode() not in shown
    assert bytes.fromhex(hand.id) not in shown


@pytest.mark.slow
def test_neither_rows_held_nor_rows_released_tell_the_order_of_arrival(tmp_path: Path) -> None:
    inside = Inside(SqliteStore(tmp_path / "node.db"), tmp_path)
    plea = toys.plea()
    inside.take(plea)
    hands = [toys.hand(plea.id) for _ in range(MANY)]
    for start in range(0, len(hands), 50):
        inside.take(*hands[start : start + 50], origin="person")
    arrived = {hand.id: place for place, hand in enumerate(hands)}
    page = KeyPage.open(tmp_path / "pages" / "1020.page")
    held = [page.unseal(one.sealed, one.key)[7:71].decode() for one in inside.store.held()]
    assert abs(rank_correlation([arrived[one] for one in held])) < NONE
    inside.now = 1_020
    assert inside.release() == MANY
    with sqlite3.connect(tmp_path / "node.db") as db:
        lines = db.execute("select line from record where kind = ? order by row", (toys.HAND,))
        released = [line[7:71].decode() for (line,) in lines]
    db.close()
    assert abs(rank_correlation([arrived[one] for one in released])) < NONE
    inside.intake.close()
    inside.store.close()


def rank_correlation(places: list[int]) -> float:
    """Spearman's, for places without ties."""
    n = len(places)
    apart = sum((place - rank) ** 2 for rank, place in enumerate(places))
    return 1 - 6 * apart / (n * (n * n - 1))


def test_the_correlation_that_judges_can_tell_order_from_none() -> None:
    assert rank_correlation(list(range(100))) == 1
    shuffled = random.Random(2).sample(range(MANY), MANY)  # noqa: S311 - an order, no secret
    assert abs(rank_correlation(shuffled)) < NONE


def test_a_release_that_the_disk_refuses_holds_on(inside: Inside) -> None:
    plea = toys.plea()
    inside.take(plea)
    inside.take(toys.hand(plea.id), origin="person")
    inside.store.close()
    inside.now = 1_020
    if isinstance(inside.store, SqliteStore):
        with pytest.raises(Exception, match=r"(node|held)\.db"):
            asyncio.run(inside.intake.release(inside.now))
        assert [one.name for one in (inside.folder / "pages").iterdir()] == ["1020.page"]


def test_a_page_that_is_not_erased_now_is_erased_at_the_next_release(inside: Inside) -> None:
    plea = toys.plea()
    inside.take(plea)
    hand = toys.hand(plea.id)
    inside.take(hand, origin="person")
    page, away = inside.folder / "pages" / "1020.page", inside.folder / "away"
    page.rename(away)
    page.mkdir()  # no disk overwrites that
    inside.now = 1_020
    with pytest.raises(StorageFault):
        inside.release()
    assert inside.store.get(hand.id) == hand
    assert inside.held.soonest == 1_020
    page.rmdir()
    away.rename(page)
    inside.release()
    assert (inside.held.soonest, page.exists()) == (None, False)
