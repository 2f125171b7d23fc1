"""The book of kinds: what is not in it is not carried, and what is in it is there once."""

import pytest

import toys
from wayhome.records.kind import KindBook
from wayhome.records.refused import Refused


def test_a_kind_that_is_not_in_the_book_is_refused() -> None:
    with pytest.raises(Refused, match="unknown-kind"):
        KindBook(()).of(toys.plea())


def test_a_number_that_is_given_twice_stops_the_start() -> None:
    kind = toys.BOOK.of(toys.plea())
    with pytest.raises(AssertionError, match="twice"):
        KindBook((kind,), (kind,))


def test_kinds_come_in_the_order_of_need_however_they_are_listed() -> None:
    kinds = toys.BOOK.in_order()
    assert KindBook(reversed(kinds)).in_order() == kinds
    assert [kind.order for kind in kinds] == sorted(kind.order for kind in kinds)
