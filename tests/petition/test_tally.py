"""Tally: a set of rows, whatever the order; the same as the oracle says."""

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from petition.oracle_tally import Given, Listed, boxes
from wayhome.petition import tally
from wayhome.petition.listfile import BadListFile, ListFile, joined
from wayhome.petition.tally import Frame, Listing, Tally, Total

KIDS = ("0a" * 8, "5b" * 8, "c3" * 8)
PAIRS = ((0, 1), (1, 2), (0, 2))


def named(number: int) -> str:
    return sha256(b"%d" % number).hexdigest()


@st.composite
def records(draw: st.DrawFn) -> Given:
    author = named(draw(st.integers(0, 5)))
    record_id = named(draw(st.integers(100, 140)))
    option = draw(st.sampled_from([None, 0, 0, 1, 2]))
    if option is None:
        return Given(author, record_id + "w", None)
    pair = PAIRS[draw(st.integers(0, 2))]
    at = 86_400 * draw(st.integers(0, 3))
    return Given(author, record_id, option, at, tuple(KIDS[i] for i in pair), "")


def distinct(found: list[Given]) -> list[Given]:
    """An id is the hash of all the rest: two records never share one."""
    seen: dict[str, Given] = {}
    for one in found:
        seen.setdefault(one.id, one)
    return list(seen.values())


def id_of(one: Given) -> bytes:
    return bytes.fromhex(one.id.removesuffix("w"))


def row(one: Given) -> bytes:
    choice = tally.WITHDRAWN if one.option is None else one.option
    head = tally.head(bytes.fromhex(one.author), choice, id_of(one))
    if one.option is None:
        return tally.withdrawn(head, one.at)
    return tally.signed(head, one.at, bytes.fromhex("".join(one.kids)), one.region.encode())


def said(total: Total) -> dict[str, object]:
    return {
        "counted": total.counted,
        "set_aside": total.set_aside,
        "withdrawn": total.withdrawn,
        "two_choices": total.two_choices,
        "late": total.late,
        "strays": {one.hex() + "w" for one in total.strays},
        "options": total.options,
        "windows": total.windows,
        "regions": total.regions,
        "quorums": {kids.hex(): n for kids, n in total.quorums.items()},
        "used": {kid.hex(): n for kid, n in total.used.items()},
        "listed": +total.listed,
        "folded": total.folded,
    }


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_the_tally_says_what_the_oracle_says(data: st.DataObject) -> None:
    found = distinct(data.draw(st.lists(records(), max_size=25)))
    closed = data.draw(st.booleans())
    lists = [
        Listed(
            f"author {i}",
            f"group {i % 2}",
            frozenset(one.id for one in found if one.option is not None and flip(data)),
            frozenset(one.id for one in found if one.option is None and flip(data)),
        )
        for i in range(data.draw(st.integers(0, 3)))
    ]
    bounds = {kid: data.draw(st.integers(0, 6)) for kid in KIDS}
    frame = Frame(
        q=2,
        kids=tuple(bytes.fromhex(kid) for kid in KIDS),
        bounds=tuple(bounds.values()),
        listings=tuple(
            Listing(one.author, one.group, file_of(one.signed), file_of(one.withdrawn))
            for one in lists
        ),
        is_closed=closed,
    )
    expected = boxes(found, lists, closed=closed, q=2, bounds=bounds)
    rows = [row(one) for one in found]
    mixed = data.draw(
        st.permutations(rows + data.draw(st.lists(st.sampled_from(rows)) if rows else st.just([])))
    )
    at = data.draw(st.integers(0, len(mixed)))
    assert said(Tally.of(mixed).total(frame)) == expected
    assert said((Tally.of(mixed[at:]) | Tally.of(mixed[:at] + rows)).total(frame)) == expected
    grown = Tally.of(set(mixed[:at])).noting(mixed)
    assert list(grown.ids()) == list(Tally.of(set(rows)).ids())
    assert said(grown.total(frame)) == expected


def flip(data: st.DataObject) -> bool:
    return data.draw(st.booleans())


def file_of(ids: frozenset[str]) -> ListFile:
    return ListFile(joined(bytes.fromhex(one.removesuffix("w")) for one in ids))


@given(st.sets(st.integers(0, 3_000), max_size=60), st.integers(0, 3_000))
def test_a_list_file_holds_its_ids_and_no_other(numbers: set[int], asked: int) -> None:
    held = ListFile(joined(bytes.fromhex(named(one)) for one in numbers))
    assert (bytes.fromhex(named(asked)) in held) == (asked in numbers)
    assert len(held) == len(numbers)


def test_an_id_that_lies_across_two_neighbours_is_not_held() -> None:
    one, other = b"\x07\x07" + bytes(29) + b"\x07", b"\x07\x07\x01" + bytes(29)
    across = (one + other)[31:63]
    held = ListFile(joined([one, other]))
    assert across in one + other
    assert across not in held
    assert one in held
    assert other in held


@pytest.mark.parametrize("content", [b"1" * 31, b"2" * 32 + b"1" * 32, b"1" * 64])
def test_a_list_file_is_whole_ids_that_ascend(content: bytes) -> None:
    with pytest.raises(BadListFile):
        ListFile(content)
