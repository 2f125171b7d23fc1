"""One part, one stamp; the same question, the same answer."""

import asyncio
import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import sample
from secrets import token_bytes

import pytest

from journal.test_held import rank_correlation
from stamping.desks import CLOSE, OPEN, Clock, blinded, open_desk, parts, request, stamp_in
from wayhome.codec import limits
from wayhome.crypto import codes
from wayhome.records.refused import Refused
from wayhome.stamping.book import Book, BookFault
from wayhome.stamping.service import StampingDesk

MANY = 400


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[StampingDesk]:
    desk = open_desk(tmp_path / "desk")
    yield desk
    desk.close()


def reason(desk: StampingDesk, raw: bytes) -> str:
    try:
        asyncio.run(desk.stamp(raw))
    except Refused as refused:
        return refused.reason
    return "stamped"


def test_the_same_question_gets_the_same_answer_and_counts_once(desk: StampingDesk) -> None:
    raw = request(desk, parts(desk, 1)[0], blinded(desk))
    assert asyncio.run(desk.stamp(raw)) == asyncio.run(desk.stamp(raw))
    assert desk.desk.issued == 1


def test_the_answer_is_the_stamp_of_the_number_that_was_asked(desk: StampingDesk) -> None:
    number = blinded(desk)
    answer = stamp_in(asyncio.run(desk.stamp(request(desk, parts(desk, 1)[0], number))))
    raised = pow(int.from_bytes(answer, "big"), 65_537, desk.key.modulus)
    assert raised == int.from_bytes(number, "big")


def test_a_used_part_stamps_no_other_number(desk: StampingDesk) -> None:
    secret = parts(desk, 1)[0]
    assert reason(desk, request(desk, secret, blinded(desk))) == "stamped"
    assert reason(desk, request(desk, secret, blinded(desk))) == "already-stamped"
    assert desk.desk.issued == 1


def test_the_book_does_not_tell_in_which_order_parts_were_made_or_used(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "desk")
    made = [token_bytes(16) for _ in range(MANY)]
    desk.book.add(made)
    used = sample(made, MANY)
    for one in [desk.book.use(row, token_bytes(16)) for row in used]:
        assert one.result() == "new"
    desk.close()
    with closing(sqlite3.connect(tmp_path / "desk" / "book.db")) as db:
        found = [row for row, _ in db.execute("select * from part")]  # as they lie there
    for order in (made, used):
        assert abs(rank_correlation([order.index(row) for row in found])) < 6 / MANY**0.5
    assert rank_correlation([made.index(row) for row in made]) == 1


def test_bad_tries_cost_no_stamp_and_lock_nobody_out(desk: StampingDesk) -> None:
    secret, other = parts(desk, 2)
    question = request(desk, secret, blinded(desk))
    answer = asyncio.run(desk.stamp(question))
    guesses = [request(desk, codes.new_secret(), blinded(desk)) for _ in range(limits.STAMP_QUEUE)]
    again = [request(desk, secret, blinded(desk)) for _ in range(limits.STAMP_QUEUE)]

    async def tried(raws: list[bytes]) -> set[str]:
        told = [desk.stamp(raw) for raw in raws]
        answers = await asyncio.gather(*told, return_exceptions=True)
        return {one.reason if isinstance(one, Refused) else repr(one) for one in answers}

    signer, desk._signer = desk._signer, None  # noqa: SLF001 - whoever is stamped for now fails
    assert asyncio.run(tried(guesses)) == {"unknown-voucher"}
    assert asyncio.run(tried(again)) == {"already-stamped"}
    desk._signer = signer  # noqa: SLF001
    assert asyncio.run(desk.stamp(question)) == answer
    assert reason(desk, request(desk, other, blinded(desk))) == "stamped"
    assert desk.refresh().issued == 2


def test_of_sixty_four_racing_for_one_part_exactly_one_is_stamped(desk: StampingDesk) -> None:
    secret = parts(desk, 1)[0]
    raws = [request(desk, secret, blinded(desk)) for _ in range(64)]

    async def race() -> list[bytes | BaseException]:
        return await asyncio.gather(*(desk.stamp(raw) for raw in raws), return_exceptions=True)

    first = asyncio.run(race())
    won = [i for i, answer in enumerate(first) if isinstance(answer, bytes)]
    assert len(won) == 1
    refusals = Counter(one.reason for one in first if isinstance(one, Refused))
    assert refusals == {"already-stamped": 63}
    assert asyncio.run(desk.stamp(raws[won[0]])) == first[won[0]]
    assert desk.desk.issued == 1


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"petition": "cd" * 32}, "unknown-petition"),
        ({"kid": "cd" * 32}, "wrong-kid"),
        ({"voucher": "00" * 10}, "unknown-voucher"),
        ({"blinded": "A" * 342 + "=="}, "bad-blinded"),
        ({"blinded": "A" * 340}, "bad-form"),
        ({"blinded": "/" * 342 + "=="}, "bad-form"),  # not the canonical spelling
        ({"voucher": "00" * 9}, "bad-form"),
        ({"voucher": "AB" * 10}, "bad-form"),
        ({"petition": 1}, "bad-form"),
        ({"more": "x"}, "bad-form"),
        ({"more": "x" * 2_048}, "too-large"),
    ],
)
def test_a_bad_request_is_told_why_and_spends_nothing(
    desk: StampingDesk, changed: dict[str, object], expected: str
) -> None:
    raw = request(desk, parts(desk, 1)[0], blinded(desk), **changed)
    assert reason(desk, raw) == expected
    assert desk.desk.issued == 0


def test_a_field_that_stands_twice_is_refused(desk: StampingDesk) -> None:
    raw = request(desk, parts(desk, 1)[0], blinded(desk))
    assert reason(desk, raw[:-1] + b',"voucher":"' + b"0" * 20 + b'"}') == "bad-form"


@pytest.mark.parametrize(
    ("now", "expected"),
    [(OPEN - 1, "not-open"), (OPEN, "stamped"), (CLOSE - 1, "stamped"), (CLOSE, "closed")],
)
def test_it_stamps_from_open_until_close(tmp_path: Path, now: int, expected: str) -> None:
    clock = Clock()
    desk = open_desk(tmp_path / "desk", clock)
    raw = request(desk, parts(desk, 1)[0], blinded(desk))
    clock.now = now
    assert reason(desk, raw) == expected
    desk.close()


def test_it_does_not_stamp_before_the_clerk_opens_it(tmp_path: Path) -> None:
    StampingDesk.make(tmp_path / "desk")
    desk = StampingDesk(tmp_path / "desk", Clock())
    desk.set_up("ab" * 32, (OPEN, CLOSE), 10)
    assert reason(desk, request(desk, parts(desk, 1)[0], blinded(desk))) == "not-open"
    desk.close()


def test_more_parts_than_were_promised_are_not_honoured(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "desk", ceiling=3)
    secrets = parts(desk, 3)
    with pytest.raises(BookFault, match="3 that were promised"):
        desk.add_parts([codes.new_secret()])
    assert desk.add_parts(secrets) == 3
    assert reason(desk, request(desk, secrets[0], blinded(desk))) == "stamped"
    desk.close()


def test_a_desk_started_again_remembers(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "desk")
    used, fresh = parts(desk, 2)
    raw = request(desk, used, blinded(desk))
    answer = asyncio.run(desk.stamp(raw))
    desk.close()
    again = StampingDesk(tmp_path / "desk", Clock())
    assert asyncio.run(again.stamp(raw)) == answer
    assert reason(again, request(again, used, blinded(again))) == "already-stamped"
    assert reason(again, request(again, fresh, blinded(again))) == "stamped"
    assert again.desk.issued == 2
    again.close()


def test_two_processes_do_not_share_a_book(desk: StampingDesk, tmp_path: Path) -> None:
    assert desk.desk.stage == "open"
    with pytest.raises(BookFault, match="another stamping desk is running"):
        Book(tmp_path / "desk" / "book.db")


def test_a_copy_without_its_key_page_does_not_start(tmp_path: Path) -> None:
    open_desk(tmp_path / "desk").close()
    (tmp_path / "desk" / "stamp.page").unlink()
    with pytest.raises(BookFault, match="not restored from a copy"):
        StampingDesk(tmp_path / "desk", Clock())


def test_a_newer_book_is_refused_in_words(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "desk")
    desk.book._do(lambda db: db.execute("pragma user_version = 99"))  # noqa: SLF001 - a newer one
    desk.close()
    with pytest.raises(BookFault, match="newer wayhome"):
        StampingDesk(tmp_path / "desk", Clock())


def test_after_erasing_nothing_is_stamped_and_no_code_can_be_matched(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "desk")
    secret = parts(desk, 1)[0]
    raw = request(desk, secret, blinded(desk))
    asyncio.run(desk.stamp(raw))
    desk.erase_stamp_key()
    assert reason(desk, raw) == "closed"
    desk.close()
    on_disk = b"".join(path.read_bytes() for path in (tmp_path / "desk").iterdir())
    kid = desk.key.kid
    for trace in (secret, codes.voucher_hash(kid, secret), secret.hex().encode()):
        assert trace not in on_disk
    again = StampingDesk(tmp_path / "desk", Clock())
    assert again.desk.stage == "erased"
    assert again.desk.issued == 1
    assert reason(again, raw) == "closed"
    again.close()


def test_an_erasure_that_a_crash_interrupted_can_be_finished(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "desk")
    assert desk.end() == 0  # and then the power went
    desk.close()
    again = StampingDesk(tmp_path / "desk", Clock())
    again.erase_stamp_key()
    assert again.desk.stage == "erased"
    assert not (tmp_path / "desk" / "stamp.page").exists()
    again.close()


def test_a_full_disk_is_told_and_stamping_goes_on_when_there_is_room(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "desk")
    secrets = parts(desk, 400)
    desk.book._do(lambda db: db.execute("pragma max_page_count = 1"))  # noqa: SLF001 - full
    raws = [request(desk, secret, blinded(desk)) for secret in secrets]
    told = [reason(desk, raw) for raw in raws]
    assert "storage" in told
    before = desk.desk.issued
    assert before == told.count("stamped")
    desk.book._do(lambda db: db.execute("pragma max_page_count = 1000000"))  # noqa: SLF001 - room
    assert [reason(desk, raw) for raw in raws] == ["stamped"] * 400
    assert desk.desk.issued == 400
    desk.close()


def test_a_desk_key_serves_until_it_is_erased(desk: StampingDesk, tmp_path: Path) -> None:
    from wayhome.crypto import keys  # noqa: PLC0415 - for this claim alone
    from wayhome.crypto.keypage import BadPage  # noqa: PLC0415

    assert keys.public_key(desk.desk_secret()) == desk.desk.public
    desk.erase_desk_key()
    with pytest.raises(BadPage):
        desk.desk_secret()
    assert not (tmp_path / "desk" / "desk.page").exists()


def test_what_is_printed_of_a_desk_holds_no_secret(desk: StampingDesk) -> None:
    shown = json.dumps([repr(desk), repr(desk.key), repr(desk.book)])
    assert desk.desk_secret().hex() not in shown
