"""The case file: each step of its table, what does not fit, and the same state in any order."""

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import replace

import msgspec
import pytest

from cases.body_cases import CASEWORKER, DAY, PLACE, report
from cases.body_cases import FAMILY as FAMILY_KEY
from cases.caselife import ANNA, FAMILY, OLGA, VERA, Life
from cases.lawful import before_the_transfers_of, law
from wayhome.cases import said
from wayhome.cases.body import Body, write
from wayhome.cases.casefile import Entry, entries_of, fold
from wayhome.cases.derivation import Since
from wayhome.cases.familytalk import tell_case
from wayhome.cases.law import Office
from wayhome.cases.moved import tell_moved
from wayhome.cases.storedsum import stored
from wayhome.desk.case import Case

LATE_DAY = dt.date(2026, 5, 1)


def closed() -> Life:
    return Life().reported().held().on("2026-04-01").say(ANNA, said.Outcome, word="helped")


def answered() -> Life:
    return Life().sent().on("2026-03-20").happened("answered", "2026-03-20", no="5")


def asked() -> Life:
    asks = {"text": "Нужна справка.", "status": "asked", "recipient": "age1" + "q" * 58}
    life = Life().reported().held().say(ANNA, said.Reply, asks=("справка",), **asks)
    return life.say(ANNA, said.StatusChange, to="asked")


def declined(reason: str = "not-ours") -> Life:
    return Life().reported().say(ANNA, said.StatusChange, to="declined", reason=reason)


STEPS: list[tuple[str, Callable[[], Life], str]] = [
    ("a report", lambda: Life().reported(), "waiting"),
    ("held by two", lambda: Life().reported().held(), "taken"),
    ("held by one of three", lambda: Life().reported().held(ANNA), "waiting"),
    ("declined", declined, "declined"),
    ("declined for another group", lambda: declined("other-group Урал"), "declined"),
    ("declined for no reason that is one", lambda: declined("because"), "waiting"),
    ("asked", asked, "asked"),
    (
        "asked for nothing",
        lambda: Life().reported().held().say(ANNA, said.StatusChange, to="asked"),
        "taken",
    ),
    ("an answer to what was asked", lambda: asked().say(FAMILY, said.Message, text="вот"), "taken"),
    ("somebody else answers", lambda: asked().say(ANNA, said.Message, text="вот"), "asked"),
    ("a letter", lambda: Life().reported().held().wrote(), "drafted"),
    ("a letter before it is held", lambda: Life().reported().wrote(), "waiting"),
    ("a letter by e-mail", lambda: Life().reported().held().wrote(way="email"), "taken"),
    ("a letter to nobody", lambda: Life().reported().held().wrote(authority="ru.no"), "taken"),
    ("sent", lambda: Life().sent(), "sent"),
    ("answered", answered, "answered"),
    (
        "returned",
        lambda: Life().sent().on("2026-03-20").happened("returned", "2026-03-20"),
        "answered",
    ),
    ("graded", lambda: answered().graded("form-reply"), "answered"),
    ("graded before an answer", lambda: Life().sent().graded("form-reply"), "sent"),
    (
        "silent before the day",
        lambda: Life().sent().on("2026-04-06").say(ANNA, said.StatusChange, to="silent"),
        "sent",
    ),
    (
        "silent after the day",
        lambda: Life().sent().on("2026-04-07").say(ANNA, said.StatusChange, to="silent"),
        "answered",
    ),
    (
        "the next letter",
        lambda: answered().wrote(2, authority="ru.mil-prosecutor.garrison", about=1),
        "drafted",
    ),
    (
        "a complaint to the office itself",
        lambda: answered().wrote(2, authority="ru.medical-board", about=1),
        "answered",
    ),
    ("closed", closed, "closed"),
    ("written to after closing", lambda: closed().say(FAMILY, said.Message, text="ещё"), "taken"),
    (
        "a duplicate",
        lambda: Life().reported().say(ANNA, said.Related, case="2" * 32, why="duplicate"),
        "duplicate",
    ),
    (
        "of the same family",
        lambda: Life().reported().say(ANNA, said.Related, case="2" * 32, why="same-family"),
        "waiting",
    ),
    ("erased by one", lambda: closed().say(ANNA, said.Erase), "closed"),
    ("erased by one twice", lambda: closed().say(ANNA, said.Erase).say(ANNA, said.Erase), "closed"),
    (
        "erased by a stranger",
        lambda: closed().say(ANNA, said.Erase).say(OLGA, said.Erase),
        "closed",
    ),
    ("erased by both", lambda: closed().say(ANNA, said.Erase).say(VERA, said.Erase), "erased"),
    (
        "erased while it is worked on",
        lambda: Life().reported().held().say(ANNA, said.Erase).say(VERA, said.Erase),
        "taken",
    ),
    ("nothing but a letter", lambda: Life().wrote(), ""),
    ("a second report", lambda: Life().reported().reported(), "waiting"),
]


@pytest.mark.parametrize(("name", "life", "state"), STEPS, ids=[one[0] for one in STEPS])
def test_a_step_leads_where_the_table_says(name: str, life: Callable[[], Life], state: str) -> None:
    assert life().state == state, name


def test_a_group_of_one_may_hold_a_case_alone() -> None:
    life = Life().reported().held(ANNA)
    assert life.folded(caseworkers=1).state == "taken"
    assert life.folded(caseworkers=3).state == "waiting"


def test_a_bad_step_is_kept_and_changes_nothing() -> None:
    life = Life().reported().held().graded("silence").wrote(way="email")
    case = life.folded()
    assert life.bad == ["Grade", "Letter"]
    assert len(case.placed) == len(life.entries)
    assert case.letters == {}


def test_a_number_that_leaps_uses_up_no_case_and_has_no_last_word() -> None:
    taken = Life().reported().held()
    entries = list(taken.entries)
    for number, state in ((4 + said.LEAP, "closed"), (5 + said.LEAP, "taken"), (100_000, "taken")):
        leap = Entry("0" * 64, ANNA, said.Outcome(1, number, DAY, "helped"))
        assert fold([*entries, leap], law(), 3).state == state, number
    assert said.highest([4, 100_000, 1, 2]) == 4
    assert said.highest([1_001, 1, 2_002]) == 1_001
    assert said.highest([]) == 0
    body = Body(PLACE, ANNA, "1" * 128, b"", said.Note(1, 100_000, DAY, "я"))
    case = Case("0" * 32, {"0": replace(body, said=said.Note(1, 7, DAY, "я")), "1": body})
    assert case.next_number == 8
    steps = range(1, 100_001, said.LEAP - 1)  # a hundred bodies that step as far as they may
    everywhere = {str(n): replace(body, said=said.Note(1, n, DAY, "я")) for n in steps}
    assert Case("0" * 32, everywhere | {"1": body}).next_number == 100_000


def test_of_two_letters_written_at_once_both_are_seen_and_the_later_holds() -> None:
    life = Life().reported().held().wrote(text="одно").wrote(text="другое")
    case = life.folded()
    assert life.bad == []
    assert case.letters[1].letter.text == "другое"


def test_nothing_moves_a_case_while_an_office_still_has_time_and_it_is_to_be_erased() -> None:
    life = Life().sent().on("2026-03-10").say(ANNA, said.Outcome, word="withdrawn")
    life.say(ANNA, said.Erase).say(VERA, said.Erase)
    assert life.state == "closed"
    life.on("2026-04-07").owed("ru.kas.court", "learned", "2026-04-07")  # the family's own term
    life.say(ANNA, said.Erase).say(VERA, said.Erase)
    assert life.state == "erased"


def test_what_the_family_wants_erased_waits_for_no_office() -> None:
    life = Life().sent().on("2026-03-10").say(FAMILY, said.EraseRequest)
    life.say(ANNA, said.Outcome, word="withdrawn").say(ANNA, said.Erase).say(VERA, said.Erase)
    assert life.state == "erased"


def test_a_family_that_writes_on_day_179_is_heard_and_the_days_start_again() -> None:
    life = closed()
    assert life.folded().erase_on == dt.date(2026, 4, 1) + dt.timedelta(180)
    day = dt.date(2026, 4, 1) + dt.timedelta(179)
    life.say(ANNA, said.Erase).on(day.isoformat()).say(FAMILY, said.Message, text="мы здесь")
    assert life.state == "taken"
    assert life.folded().erase_on is None
    # a word of one holder from before does not count any more
    life.say(ANNA, said.Outcome, word="helped").say(VERA, said.Erase)
    assert life.state == "closed"


def test_late_is_no_state_and_ends_when_somebody_acts() -> None:
    life = Life().sent()
    case = life.folded()
    assert [due.rule.id for _, due in case.late(law(), LATE_DAY)] == ["ru.59.answer"]
    assert case.late(law(), dt.date(2026, 4, 6)) == ()
    life.on("2026-05-01").say(ANNA, said.StatusChange, to="silent")
    assert life.folded().late(law(), LATE_DAY) == ()
    life.wrote(2, authority="ru.mil-prosecutor.garrison", template="silence", about=1)
    assert life.state == "drafted"
    assert life.folded().late(law(), LATE_DAY) == ()


def before_the_transfers() -> Life:
    """Give a letter whose answer was counted before the days of 2027 were moved."""
    life = Life().reported().held().wrote().on("2027-01-25").happened("sent", "2027-01-22")
    life.happened("registered", "2027-01-23", no="77")
    old = replace(law(), calendar=before_the_transfers_of(2027))
    dates = old.dates(
        old.rules["ru.59.answer"],
        Since("registered", dt.date(2027, 1, 23), "77"),
        Office(law().authorities.get("ru.medical-board")),
    )
    kept = stored(dates[-1])
    return life.say(ANNA, said.Deadline, letter=1, rule="ru.59.answer", derivation=kept)


def test_a_deadline_that_moves_is_written_anew_once_and_the_family_reads_why() -> None:
    life, today = before_the_transfers(), dt.date(2027, 2, 1)
    [(no, moved)] = life.folded().moved(law(), today)
    assert (no, moved.was, moved.made.day) == (1, dt.date(2027, 2, 22), dt.date(2027, 2, 24))
    new = {"letter": 1, "rule": "ru.59.answer", "derivation": stored(moved.made)}
    life.say(ANNA, said.Deadline, was=moved.was, **new)
    case = life.folded()
    assert case.moved(law(), today) == ()
    assert [one.derivation.day for one in case.letters[1].deadlines] == [moved.was, moved.made.day]
    told = tell_case(case, law(), today, "en")
    assert [one for one in told if one.startswith("Moved from 22 February 2027 to 24 February")]


def test_an_extension_is_told_as_one_and_not_as_a_changed_calendar() -> None:
    life = Life().sent().on("2026-03-20").happened("extended", "2026-03-20")
    [(_, moved)] = life.folded().moved(law(), dt.date(2026, 3, 21))
    assert tell_moved(moved, law(), "en") == (
        "Moved from 6 April 2026 to 4 May 2026, because they extended the term in time."
    )


def test_a_deadline_that_has_ended_is_never_touched() -> None:
    life = before_the_transfers().happened("answered", "2027-01-25")
    assert life.folded().moved(law(), dt.date(2027, 2, 1)) == ()


def test_a_handover_changes_who_holds_and_who_chases() -> None:
    life = Life().reported().held()
    life.say(VERA, said.Handover, sender=ANNA, to=OLGA, why="ill")
    case = life.folded()
    assert (case.holders, case.lead) == ((VERA, OLGA), OLGA)


def test_a_case_in_any_order_and_twice_is_the_same_case() -> None:
    life = answered().graded("form-reply")
    life.wrote(2, authority="ru.mil-prosecutor.garrison", template="form-reply", about=1)
    life.on("2026-04-02").happened("sent", "2026-04-02", letter=2).say(
        FAMILY, said.Message, text="?"
    )
    life.graded("silence", letter=9).say(OLGA, said.Note, text="тихо")
    whole = life.folded()
    chance = random.Random(20261126)  # noqa: S311 - an order of a test
    for _ in range(200):
        entries = [*life.entries, *chance.sample(life.entries, 3)]
        chance.shuffle(entries)
        case = life.folded(entries=entries)
        assert case == whole
        assert tell_case(case, law(), LATE_DAY, "ru") == tell_case(whole, law(), LATE_DAY, "ru")


SAID = [
    (Life().reported(), "en", ("Received. Somebody reads it within 7 days, usually sooner.",)),
    (Life().reported(), "ru", ("Получено. Прочитаем за 7 дней, обычно раньше.",)),
    (declined("other-group Урал ждёт"), "en", ("Another group can help better: Урал ждёт.",)),
    (closed(), "en", ("Closed. Erased on 28 September 2026, unless you write.",)),
    (
        answered().graded("refusal"),
        "ru",
        ("Отказали. Можно жаловаться тем, кто выше, в прокуратуру и в суд.",),
    ),
    (closed().say(ANNA, said.Erase).say(VERA, said.Erase), "en", ()),
]


@pytest.mark.parametrize(("life", "lang", "sentences"), SAID)
def test_a_family_reads_where_its_case_stands(
    life: Life, lang: str, sentences: tuple[str, ...]
) -> None:
    assert tell_case(life.folded(), law(), dt.date(2026, 3, 25), lang) == sentences


def test_a_family_reads_by_when_they_must_answer_and_how_that_was_counted() -> None:
    told = tell_case(Life().sent().folded(), law(), dt.date(2026, 3, 25), "en")
    assert told[0] == "Sent on 3 March 2026."
    answer = next(one for one in told if one.startswith("Answer by 6 April 2026: "))
    assert "30 days from registration on 5 March 2026 under no. 77" in answer
    late = tell_case(Life().sent().folded(), law(), LATE_DAY, "ru")
    assert "Просрочено с 7 апреля 2026 года: Ответить." in late


def sealed_bodies() -> list[Body]:
    """Give real bodies of a case, with their sigs: a report, and three notes of one number."""
    notes = [said.Note(v=1, n=2, at=DAY, text=f"заметка {i}") for i in range(3)]
    plain = [write(report(), PLACE, FAMILY_KEY), *(write(one, PLACE, CASEWORKER) for one in notes)]
    return [Body.read(one, PLACE) for one in plain]


def test_a_case_from_a_snapshot_is_the_case_from_its_envelopes() -> None:
    bodies = sealed_bodies()
    kept = said.Snapshot(v=1, n=3, at=DAY, bodies=tuple(one.whole() for one in reversed(bodies)))
    snapshot = Body.read(write(kept, PLACE, CASEWORKER), PLACE)
    whole = fold(entries_of([*bodies, snapshot]), law(), 3)
    assert whole == fold(entries_of([snapshot]), law(), 3)
    assert whole.state == "waiting"
    assert len(whole.placed) == 5


def test_a_body_that_a_snapshot_has_changed_is_left_out() -> None:
    good, *_ = sealed_bodies()
    spoilt = msgspec.structs.replace(good.whole(), json=good.whole().json.replace("board", "hoard"))
    kept = said.Snapshot(v=1, n=3, at=DAY, bodies=(spoilt,))
    snapshot = Body.read(write(kept, PLACE, CASEWORKER), PLACE)
    assert fold(entries_of([snapshot]), law(), 3).state == ""
