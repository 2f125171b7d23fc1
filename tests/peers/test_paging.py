"""A relay that cannot compare is asked for all it has, however often the line breaks."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wayhome.codec import limits
from wayhome.peers.paging import BACK, DAY, STRETCHES, Place, date_of

HOUR = 3_600
Steps = list[tuple[int, int, int]]


@pytest.fixture(autouse=True, scope="module")
def pages_of_five() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "PEER_PAGE", 5)
        yield


@dataclass
class Line:
    """A relay that cannot compare, and who asks it; a record is the date that it bears."""

    now: int = 100 * DAY
    is_fast: int = 0  # seconds that who asks is wrong by
    there: set[int] = field(default_factory=set)
    here: set[int] = field(default_factory=set)
    place: Place = field(default_factory=Place)
    number: int = 0
    pages: int = 0

    def arrive(self, date: int, *, is_heard: bool) -> None:
        self.there.add(date)
        self.here |= {date} if is_heard else set()

    def connect(self) -> None:
        self.number += 1
        self.place.begin(self.now + self.is_fast, self.number)

    def ask(self, pages: int) -> None:
        while pages and (paging := self.place.next):
            until = self.now * 2 if paging.until is None else paging.until
            fitting = [one for one in self.there if paging.since <= one <= until]
            page = sorted(fitting, reverse=True)[: paging.limit]
            self.here.update(page)
            self.place.came(paging, page)
            pages -= 1
            self.pages += 1

    def ask_all(self) -> None:
        self.ask(100_000)
        assert self.place.next is None


# of each step: hours that pass, hours by which what arrives is late, pages until the line breaks
steps = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 99 * 24), st.integers(0, 6)), max_size=30
)


def lived(line: Line, steps: Steps) -> None:
    for hours, late, pages in steps:
        line.now += hours * HOUR + 1
        line.arrive(line.now - late * HOUR, is_heard=False)
        line.connect()
        line.ask(pages)
        line.arrive(line.now - late * HOUR // 2 - 7, is_heard=True)


@given(steps, st.integers(-DAY, 400 * DAY))
def test_whatever_breaks_all_is_here_once_a_day_has_passed(steps: Steps, is_fast: int) -> None:
    line = Line(is_fast=is_fast)
    lived(line, steps)
    line.connect()
    line.ask_all()
    line.now += DAY
    line.connect()
    line.ask_all()
    assert line.here == line.there


@given(steps, st.integers(1, BACK))
def test_what_came_there_soon_after_it_was_made_is_here_with_the_next_line(
    steps: Steps, late: int
) -> None:
    line = Line()
    lived(line, steps)
    line.arrive(date := line.now - late, is_heard=False)
    line.connect()
    line.ask_all()
    assert date in line.here


def test_a_clock_that_is_fast_passes_nothing_over_that_is_new() -> None:
    line = Line(is_fast=400 * DAY, there={98 * DAY, 99 * DAY})
    line.connect()
    line.ask_all()
    line.arrive(98 * DAY + HOUR, is_heard=False)
    line.connect()
    line.ask_all()
    assert line.here == line.there


def test_a_line_that_breaks_with_each_page_costs_a_page_each() -> None:
    line = Line()
    line.there = {line.now - HOUR * n for n in range(24, 24 * 40)}
    line.connect()
    for_newest = 0
    while line.place.next:
        line.ask(1)
        line.connect()
        newest, before = line.place.next, line.pages
        while line.place.next is newest is not None:
            line.ask(1)
        assert line.pages - before < 25  # of three days
        for_newest += line.pages - before
    whole = Line(there=line.there)
    whole.connect()
    whole.ask_all()
    assert line.here == line.there
    assert line.pages - for_newest <= whole.pages


def test_what_a_relay_kept_back_for_a_moment_is_here_with_the_next_round() -> None:
    line = Line()
    line.connect()
    line.ask_all()
    line.arrive(line.now - 20 * DAY, is_heard=False)
    line.now += HOUR
    line.place.begin(line.now, line.number)
    line.ask_all()
    assert line.here == line.there


def test_stretches_that_breaks_left_open_are_bounded() -> None:
    line = Line(there={100 * DAY - HOUR * n for n in range(24 * 99)})
    for _ in range(10 * STRETCHES):
        line.now += HOUR
        line.connect()
        line.ask(1)
    assert len(line.place._open) <= STRETCHES  # noqa: SLF001 - what is bounded
    line.ask_all()
    assert line.here == line.there


def test_while_all_is_heard_it_is_looked_over_once_and_asked_for_everything_once_a_week() -> None:
    line = Line(there={50 * DAY, 99 * DAY})
    line.connect()
    line.ask_all()
    asked = []
    for day in range(1, 15):
        line.now += DAY
        line.place.begin(line.now, line.number)
        if line.place.next:
            asked.append(day)
        line.ask_all()
    assert asked == [1, 7, 14]


@pytest.mark.parametrize("at", ["-1", "0.5", str(2**53), str(2**70), '"1"'])
def test_no_page_is_asked_for_by_what_nobody_can_write_as_a_date(at: str) -> None:
    assert date_of(b'{"created_at":%b}' % at.encode()) is None
    assert date_of(b'{"created_at":%d}' % limits.NUMBER_MAX) == limits.NUMBER_MAX
