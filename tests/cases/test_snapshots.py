"""What is said once more is what was said, however long it was, and fits its envelopes."""

from contextlib import suppress
from itertools import permutations, product

import msgspec
import pytest

from cases.body_cases import CASEWORKER, DAY, FAMILY, PLACE, report
from wayhome.cases import said
from wayhome.cases.body import HEAD, SIZES, Body, write
from wayhome.cases.snapshots import Pieces, kept_in, packed, whole_of
from wayhome.records.refused import Refused


def body_of(what: said.Statement) -> Body:
    return Body.read(write(what, PLACE, FAMILY), PLACE)


def again(*bodies: Body) -> list[Body]:
    """Say bodies once more, sealed as they would be; give what says so."""
    told = [what(v=1, n=9, at=DAY, **fields) for what, fields in packed(bodies)]
    return [Body.read(write(one, PLACE, CASEWORKER), PLACE) for one in told]


def longest(letter: str) -> Body:
    """Give about the longest report that can be said, its story of one letter."""
    for size, count in product((12_000, 8_000, 7_000), range(40, -1, -1)):
        with suppress(Refused):
            answers = {f"q{i}": "я" * 300 for i in range(count)}
            return body_of(report(story=letter * size, answers=answers))
    raise AssertionError


@pytest.mark.parametrize("letter", ["я", '"', "\\", "\n", "€", "😀"])
def test_the_longest_report_is_whole_again_from_its_pieces_in_any_order(letter: str) -> None:
    body = longest(letter)
    assert len(body.json) > SIZES[-1] - HEAD - 1_000
    parts = again(body)
    for order in permutations(parts):
        if isinstance(parts[0].said, said.Snapshot):
            assert [list(kept_in(one.said)) for one in parts] == [[body]]
            continue
        pieces = Pieces()
        found = [pieces.add(one, "key") for one in order]
        assert found[:-1] == [None] * (len(order) - 1)
        assert found[-1] is not None
        assert whole_of(found[-1]) == body
    assert 1 <= len(parts) <= said.PIECES


def test_pieces_of_two_writers_or_under_two_keys_make_no_body() -> None:
    first, *rest = again(longest('"'))
    pieces = Pieces()
    spoilt = msgspec.structs.replace(first.said, json="x" * 9)
    other = Body.read(write(spoilt, PLACE, FAMILY), PLACE)
    assert pieces.add(other, "key") is None
    assert [pieces.add(one, "key") for one in rest] == [None] * len(rest)
    assert pieces.add(first, "another key") is None
    assert pieces.add(first, "key") is not None


def test_a_spoilt_piece_makes_no_body() -> None:
    parts = again(longest('"'))
    cut = msgspec.structs.replace(parts[0].said, json=parts[0].said.json[:-2])
    parts[0] = Body.read(write(cut, PLACE, CASEWORKER), PLACE)
    pieces = Pieces()
    whole = [pieces.add(one, "key") for one in parts][-1]
    assert whole is not None
    assert whole_of(whole) is None
