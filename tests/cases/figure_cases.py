"""Cases of figures: what is kept, and one for each reason that refuses them."""

from collections.abc import Iterator, Sequence

from groups.kind_cases import NOBODYS, Bench
from groups.world import NOW
from petition.kind_cases import Case, by_rule
from petition_world import secret_key
from wayhome.records.draft import Draft
from wayhome.records.record import Record, Tag
from wayhome.records.signing import sign

PERIOD: tuple[Tag, ...] = (("from", "2025-10-01"), ("to", "2025-12-31"))
ROWS: tuple[Tag, ...] = (
    ("row", "total", "all", "130"),
    ("row", "kind", "faulty-kit", "few"),
    ("row", "kind", "wounded-sent-back", "110"),
    ("row", "region", "RU-SAM", "80"),
    ("row", "outcome", "helped", "20"),
    ("row", "authority-grade", "ru.mil-prosecutor.garrison/form-reply", "40"),
    ("row", "kind-outcome", "wounded-sent-back/helped", "10"),
    ("row", "authority-late", "ru.commissariat/late", "30"),
)


def figures(b: Bench) -> Iterator[Case]:  # noqa: PLR0915 - a list of cases
    speaker = (("g", b.volga.id), ("charter", b.volga.id))

    def said(period: Sequence[Tag] = PERIOD, rows: Sequence[Tag] = ROWS, **more: object) -> Record:
        corrects = (("corrects", more["corrects"]),) if "corrects" in more else ()
        tags = (*(more.get("speaker") or speaker), *period, *corrects, *rows)  # type: ignore[misc]
        draft = Draft(3986, tags, str(more.get("content", "")), NOW)  # type: ignore[arg-type]
        return sign(draft, secret_key(str(more.get("author", "a"))))

    def spoilt(name: str, reason: str, **changes: object) -> Case:
        return by_rule(name, said(**changes), f"refused: {reason}")  # type: ignore[arg-type]

    def row(*items: str) -> dict[str, object]:
        return {"rows": [("row", *items)]}

    good = said()
    yield by_rule("a quarter", good)
    yield by_rule("a correction", said(corrects=good.id))
    for first, last in (("01-01", "03-31"), ("04-01", "06-30"), ("07-01", "09-30")):
        period = (("from", f"2026-{first}"), ("to", f"2026-{last}"))
        yield by_rule(f"from {first} to {last}", said(period))
    for name, first, last in (
        ("a month", "2025-10-01", "2025-10-31"),
        ("two quarters", "2025-07-01", "2025-12-31"),
        ("a quarter of two years", "2025-10-01", "2026-12-31"),
        ("a quarter from the second day", "2025-10-02", "2025-12-31"),
        ("days as numbers", "1759276800", "1767139200"),
    ):
        yield spoilt(name, "bad-period", period=(("from", first), ("to", last)))
    yield spoilt("one more than tens", "not-tens", **row("kind", "x", "31"))
    for count in ("0", "5", "-10", "010", "10.0", "many", "ten", "100000000"):
        yield spoilt(f"the count is {count}", "not-tens", **row("kind", "x", count))
    for table in ("person", "kind-region-outcome", "", "Kind"):
        yield spoilt(f"a table named {table}", "unknown-table", **row(table, "x", "10"))
    tags = "bad-tags"
    yield spoilt("without rows", tags, rows=[])
    yield spoilt("without a period", tags, period=[])
    yield spoilt("the end before the beginning", tags, period=PERIOD[::-1])
    yield spoilt("a tag of another kind", tags, rows=[*ROWS, ("x", "y")])
    yield spoilt("a row of two items", tags, rows=[("row", "kind", "x")])
    yield spoilt("a cell twice", tags, rows=[ROWS[1], ROWS[1]])
    yield spoilt("rows in another order", tags, rows=ROWS[::-1])
    yield spoilt("a total of a part", tags, **row("total", "RU-SAM", "10"))
    yield spoilt("a cell with words", tags, **row("kind", "the son of Anna", "10"))
    yield spoilt("a pair in a plain table", tags, **row("kind", "x/y", "10"))
    yield spoilt("a cell three ways", tags, **row("kind-outcome", "x/y/z", "10"))
    yield spoilt("one word in a table of pairs", tags, **row("kind-outcome", "x", "10"))
    yield spoilt("a correction of no id", tags, corrects="it")
    yield spoilt("301 rows", tags, rows=[("row", "kind", f"{n:03d}", "10") for n in range(301)])
    yield spoilt("something said", "bad-content", content="Нам помогли")
    yield b.admitted("an organiser's", good)
    yield from b.shared(good, "a")
    yield b.without_room(good)
    yield from _of_one_quarter(b, good, said)


def _of_one_quarter(b: Bench, good: Record, said: object) -> Iterator[Case]:
    assert callable(said)
    again = said(rows=ROWS[:1])
    corrected = said(rows=ROWS[:1], corrects=good.id)
    official = {"held": [good], "official": [good.id]}
    yield b.admitted("the same quarter again", again, "refused: period-overlap", **official)
    yield b.admitted("the same quarter again, from a peer", again, origin="peer", **official)
    yield b.admitted("beside a proposal of the same quarter", again, held=[good])
    yield b.admitted("a correction of what is held", corrected, **official)
    other = said((("from", "2026-01-01"), ("to", "2026-03-31")))
    yield b.admitted("another quarter", other, **official)
    lost = "refused: unknown-record"
    yield b.admitted("a correction of what is not held", corrected, lost)
    yield b.admitted("a correction of nothing", said(corrects=NOBODYS), lost, **official)
    elsewhere = said((("from", "2026-01-01"), ("to", "2026-03-31")), corrects=good.id)
    yield b.admitted("a correction of another quarter", elsewhere, lost, **official)
