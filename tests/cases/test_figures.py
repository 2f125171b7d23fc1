"""Figures: what is published tells of many, and no sum or difference gives away a few."""

import random

import pytest

from cases.nodes import OfGroup
from groups.world import NOW, public
from petition_world import secret_key
from wayhome.cases import figures
from wayhome.cases.figures import Row, Sum, added, rounded, rows_of
from wayhome.cases.kinds.figures import Figures
from wayhome.cases.published import Published
from wayhome.cases.service import draft_figures
from wayhome.groups import service
from wayhome.groups.service import Founding
from wayhome.records.draft import Draft
from wayhome.records.record import Record
from wayhome.records.refused import Refused
from wayhome.records.signing import sign

QUARTER = "2025-10-01"


def test_thirty_seven_cases_are_thirty_few_and_few_and_a_row_of_four_is_refused() -> None:
    rows = rows_of(37, {"kind": {"kit": 31, "wounded": 4, "call-up": 2}})
    assert rows == (
        Row("total", "all", "30"),
        Row("kind", "call-up", "few"),
        Row("kind", "kit", "30"),
        Row("kind", "wounded", "few"),
    )
    group = "a" * 64
    good = sign(draft_figures((group, group), QUARTER, rows, NOW), secret_key("a"))
    assert Figures.of(good).rows == rows
    tags = (*good.tags[:4], ("row", "kind", "wounded", "4"))
    with pytest.raises(Refused, match="not-tens"):
        Figures.of(sign(Draft(3986, tags, "", NOW), secret_key("a")))


def test_no_number_that_is_published_depends_on_one_person_below_ten() -> None:
    chance = random.Random(3)  # noqa: S311 - numbers, no secret
    assert [rounded(n) for n in (1, 9, 10, 19, 20, 999)] == ["few", "few", "10", "10", "20", "990"]
    for _ in range(300):
        cells = {f"c{n}": chance.randrange(60) for n in range(6)}
        rows = rows_of(sum(cells.values()), {"kind": cells})
        told = {row.cell: row.count for row in rows}
        assert set(told) - {"all"} == {name for name, n in cells.items() if n}
        for count in told.values():
            assert count == "few" or (int(count) >= 10 and int(count) % 10 == 0)


def test_a_sum_over_groups_adds_tens_and_counts_the_few() -> None:
    rows = [Row("kind", "kit", "30"), Row("kind", "kit", "few"), Row("kind", "kit", "10")]
    assert added([*rows, Row("region", "RU-SAM", "few")]) == {
        ("kind", "kit"): Sum(40, 1),
        ("region", "RU-SAM"): Sum(0, 1),
    }


def test_every_table_of_the_protocol_has_its_place() -> None:
    assert set(figures.PAIRS) < set(figures.TABLES)
    assert figures.TABLES[0] == "total"


def said(name: str, group: str, rows: dict[str, int], corrects: str = "") -> tuple[str, Figures]:
    draft = draft_figures((group, group), QUARTER, rows_of(50, {"kind": rows}), NOW, corrects)
    return name, Figures.of(sign(draft, secret_key(name)))


def test_a_correction_stands_and_two_that_stand_are_in_no_sum() -> None:
    ours, theirs = "a" * 64, "b" * 64
    first = said("1" * 64, ours, {"kit": 31})
    corrected = said("2" * 64, ours, {"kit": 45}, corrects=first[0])
    other = said("3" * 64, theirs, {"kit": 12})
    rival = said("4" * 64, theirs, {"kit": 77})
    all_of = [first, corrected, other, rival]
    for _ in range(5):
        random.Random(0).shuffle(all_of)  # noqa: S311 - an order
        [quarter] = Published.of(all_of).quarters
        assert quarter.by_group[ours] == (corrected[1],)
        assert quarter.sums["kind", "kit"] == Sum(40)
        assert quarter.in_doubt == (theirs,)
    [quarter] = Published.of([first, corrected, other]).quarters
    assert quarter.sums["kind", "kit"] == Sum(50)
    assert quarter.in_doubt == ()


def two_of_two(of_group: OfGroup) -> Record:
    """Found a group of two organisers who both must sign, and let the node hold it."""
    world = of_group.world
    founding = Founding("Урал ждёт", 2, (public("a"), public("b")))
    charter = world.write(service.found(founding, NOW), "a")
    world.cosign(charter, charter.id, charter.id, "b")
    of_group.node.close()
    of_group.open(charter.id)
    of_group.take(world.records)
    return charter


def test_figures_signed_by_one_of_two_are_shown_nowhere_public(of_group: OfGroup) -> None:
    charter = two_of_two(of_group)
    rows = rows_of(37, {"kind": {"kit": 31, "wounded": 4}})
    draft = draft_figures((charter.id, charter.id), QUARTER, rows, NOW)
    record = of_group.world.write(draft, "a")
    assert of_group.send(record.line)[0][0] == 200
    pages = [f"/{lang}/help/figures.html" for lang in ("ru", "en")]
    assert all("kit" not in of_group.get(page).text for page in pages)
    of_group.world.cosign(record, charter.id, charter.id, "b")
    of_group.send(of_group.world.records[-1].line)
    assert all("kit" in of_group.get(page).text for page in pages)


def test_a_quarter_is_published_once_and_then_corrected(of_group: OfGroup) -> None:
    own = (of_group.charter.id, of_group.charter.id)
    first = of_group.world.write(draft_figures(own, QUARTER, rows_of(30, {}), NOW), "a")
    again = of_group.world.write(draft_figures(own, QUARTER, rows_of(70, {}), NOW), "a")
    corrected = of_group.world.write(
        draft_figures(own, QUARTER, rows_of(70, {}), NOW + 86_400, first.id), "a"
    )
    answers = of_group.send(first.line, again.line, corrected.line)
    assert answers[0][0] == 200
    assert answers[1] == (400, {"refused": "period-overlap"})
    assert answers[2][0] == 200
    assert "70" in of_group.get("/en/help/figures.html").text
