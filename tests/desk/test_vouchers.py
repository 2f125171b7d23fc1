"""Slips: valid codes, known to the desk before they are on paper, and nowhere else but on paper."""

import re
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import msgspec
import pypdf
import pytest
import segno

from petition_world import World
from wayhome.crypto import codes
from wayhome.desk import sheets
from wayhome.desk.known import DeskFault, Known
from wayhome.desk.vouchers import MOST, Order, job_of, print_slips
from wayhome.stamping.service import StampingDesk

SITE = "https://samara.example.org"
ONION = f"http://{'a2' * 28}.onion"


@pytest.fixture(scope="module")
def world() -> World:
    return World(2, 2)


def order_of(world: World, number: int = 9, **changes: object) -> Order:
    order = Order(world.groups[0].kid, number, "ru", SITE, ONION)
    return replace(order, **changes)


def job(world: World, order: Order) -> sheets.Job:
    return job_of(Known.of(world.lines), world.petition, order)


def read(path: Path) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages)


def codes_in(path: Path) -> list[str]:
    return re.findall(r"\d{6}(?:\s+\d{6}){5}", read(path))


class Kept:
    """A desk that remembers what it was given, and what was on the disk then."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.parts: list[bytes] = []
        self.written_before: list[int] = []

    def __call__(self, parts: list[bytes]) -> int:
        self.written_before.append(self.out.stat().st_size)
        self.parts += parts
        return len(self.parts)


def printed(world: World, out: Path, order: Order | None = None) -> Kept:
    kept = Kept(out)
    given = order or order_of(world)
    print_slips(job(world, given), given, kept, out, lambda: None)
    return kept


def test_every_slip_holds_a_code_that_reads_and_that_the_desk_was_given(
    world: World, tmp_path: Path
) -> None:
    kept = printed(world, tmp_path / "slips.pdf")
    found = [codes.read(one) for one in codes_in(tmp_path / "slips.pdf")]
    assert len(found) == 9
    assert {one.secret for one in found} == set(kept.parts)
    assert {one.kid4 for one in found} == {world.groups[0].kid[:4]}


def test_the_desk_is_given_parts_in_no_order_of_the_slips(world: World, tmp_path: Path) -> None:
    kept = printed(world, tmp_path / "slips.pdf")
    assert kept.parts == sorted(kept.parts)
    shown = [codes.read(one).secret for one in codes_in(tmp_path / "slips.pdf")]
    assert shown != sorted(shown)  # one chance in 9! that this fails


def test_nothing_is_written_before_the_desk_keeps_the_parts(world: World, tmp_path: Path) -> None:
    assert printed(world, tmp_path / "slips.pdf").written_before == [0]
    assert (tmp_path / "slips.pdf").stat().st_mode & 0o777 == 0o600


def test_a_desk_that_takes_no_parts_leaves_no_paper(world: World, tmp_path: Path) -> None:
    def keep(_: list[bytes]) -> int:
        raise DeskFault("over the ceiling")

    order = order_of(world)
    with pytest.raises(DeskFault, match="ceiling"):
        print_slips(job(world, order), order, keep, tmp_path / "slips.pdf", lambda: None)
    assert list(tmp_path.iterdir()) == []


def test_an_existing_file_is_never_written_over(world: World, tmp_path: Path) -> None:
    (tmp_path / "slips.pdf").write_bytes(b"yesterday's")
    with pytest.raises(DeskFault, match="new file"):
        printed(world, tmp_path / "slips.pdf")
    assert (tmp_path / "slips.pdf").read_bytes() == b"yesterday's"


def test_printing_twice_gives_other_codes(world: World, tmp_path: Path) -> None:
    for name in ("a.pdf", "b.pdf"):
        printed(world, tmp_path / name)
    first, second = (set(codes_in(tmp_path / name)) for name in ("a.pdf", "b.pdf"))
    assert len(first | second) == 18


def drawn(world: World, out: Path, order: Order, **said: str) -> str:
    """Draw an order in this process; the words of the sheets."""
    written = [codes.write(order.kid, codes.new_secret()) for _ in range(order.number)]
    given = msgspec.structs.replace(job(world, order), codes=written, **said)
    out.write_bytes(sheets.draw(given, lambda: None))
    return " ".join(read(out).split())


RUSSIAN = ("Порвите талон", "Нужен второй талон", "Верните мобилизованных домой", "volga")
ENGLISH = ("Tear this up after signing", "You need a second slip", "Верните мобилизованных")


@pytest.mark.parametrize(("lang", "sentences"), [("ru", RUSSIAN), ("en", ENGLISH)])
def test_a_slip_says_what_it_is_for_and_can_be_searched(
    world: World, tmp_path: Path, lang: str, sentences: tuple[str, ...]
) -> None:
    text = drawn(world, tmp_path / "slips.pdf", order_of(world, 1, lang=lang))
    for one in (*sentences, f"{SITE}/s/{world.petition.id[:16]}", f"{ONION}/s/"):
        assert one in text
    assert "trust this group alone" not in text


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [("ru", "Вы доверяете только этой группе"), ("en", "You trust this group alone")],
)
def test_where_one_group_is_enough_the_slip_says_so(
    tmp_path: Path, lang: str, sentence: str
) -> None:
    alone = World(1, 1)
    text = drawn(alone, tmp_path / "slips.pdf", order_of(alone, 1, lang=lang))
    assert sentence in text
    assert "second slip" not in text
    assert "второй талон" not in text


def drawn_qr(monkeypatch: pytest.MonkeyPatch, given: sheets.Job) -> list[str]:
    """The texts of all QR codes of a job."""
    texts: list[str] = []
    make: Callable[..., segno.QRCode] = segno.make_qr

    def watched(text: str, **how: str) -> segno.QRCode:
        texts.append(text)
        return make(text, **how)

    monkeypatch.setattr(segno, "make_qr", watched)
    sheets.draw(given, lambda: None)
    return texts


def test_the_qr_holds_the_address_and_the_code_behind_the_hash(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = codes.write(world.groups[0].kid, codes.new_secret())
    given = msgspec.structs.replace(job(world, order_of(world)), codes=[code])
    address = f"{SITE}/s/{world.petition.id[:16]}"
    assert drawn_qr(monkeypatch, given) == [f"{address}#{code.replace('-', '')}"]


def test_a_plain_qr_holds_no_code_and_the_slip_does_not_speak_of_history(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    plain = order_of(world, 1, with_codes=False)
    code = codes.write(world.groups[0].kid, codes.new_secret())
    given = msgspec.structs.replace(job(world, plain), codes=[code])
    assert drawn_qr(monkeypatch, given) == [f"{SITE}/s/{world.petition.id[:16]}"]
    assert "истории" not in drawn(world, tmp_path / "slips.pdf", plain)
    assert "истории" in drawn(world, tmp_path / "slips.pdf", order_of(world, 1))


def test_no_slip_has_a_number_and_no_sheet_a_date(world: World, tmp_path: Path) -> None:
    drawn(world, tmp_path / "slips.pdf", order_of(world, 17))
    reader = pypdf.PdfReader(tmp_path / "slips.pdf")
    assert len(reader.pages) == 3
    texts = [re.sub(r"\d{6}", "", one.extract_text()) for one in reader.pages]
    assert texts[0] == texts[1]  # but for the codes every page is alike
    assert reader.metadata is not None
    assert "2000" in str(reader.metadata.get("/CreationDate"))


def test_no_other_file_holds_a_code_in_any_form(world: World, tmp_path: Path) -> None:
    out = tmp_path / "slips.pdf"
    kept = printed(world, out)
    for part in kept.parts:
        code = codes.write(world.groups[0].kid, part)
        forms = (part, part.hex().encode(), code.encode(), code.replace("-", "").encode())
        hashed = codes.voucher_hash(world.groups[0].kid, part)
        for path in tmp_path.rglob("*"):
            if path != out:
                assert not any(form in path.read_bytes() for form in (*forms, hashed))
    assert [one.name for one in tmp_path.iterdir()] == ["slips.pdf"]


def test_what_cannot_be_printed_is_refused_in_words(world: World) -> None:
    for order, said in (
        (order_of(world, 0), f"1 to {MOST} slips"),
        (order_of(world, MOST + 1), f"1 to {MOST} slips"),
        (order_of(world, site="samara.example.org"), "cannot be printed as the site"),
        (order_of(world, onion="http://short.onion"), "cannot be printed as the site"),
        (order_of(world, kid=sha256(b"").hexdigest()), "does not name this desk's key"),
    ):
        with pytest.raises(DeskFault, match=said):
            job(world, order)


def test_a_letter_that_the_font_lacks_is_named_before_a_part_is_made() -> None:
    assert sheets.missing("Өфө, Җиһан, Ёлка, «Žižka» № 5 — да…") == []
    assert sheets.missing("дом 家") == ["家"]


def test_a_long_title_is_set_smaller_and_not_cut(world: World, tmp_path: Path) -> None:
    words = " ".join(f"слово{i}" for i in range(26))[:200]
    assert words in drawn(world, tmp_path / "slips.pdf", order_of(world, 1), title=words)


def test_every_page_is_told_while_it_is_drawn(world: World, tmp_path: Path) -> None:
    told = threading.Semaphore(0)
    order = order_of(world, 17)
    print_slips(
        job(world, order), order, Kept(tmp_path / "s.pdf"), tmp_path / "s.pdf", told.release
    )
    assert all(told.acquire(blocking=False) for _ in range(3))
    assert not told.acquire(blocking=False)


KILLED = """
import os, sys
from pathlib import Path
from wayhome.desk import vouchers
from wayhome.stamping.service import StampingDesk
import msgspec
folder, job = Path(sys.argv[1]), msgspec.json.decode(sys.argv[2], type=vouchers.sheets.Job)
desk = StampingDesk(folder / "desk", lambda: 0, serves=False)
order = vouchers.Order(desk.key.kid, 3, "ru", job.site)
def keep(parts):
    desk.add_parts(parts)
    os._exit(9)  # the machine goes down when the parts are durable
vouchers.print_slips(job, order, keep, folder / "slips.pdf", lambda: None)
"""


@pytest.mark.slow
def test_killed_between_durable_and_print_nothing_but_paper_is_lost(
    world: World, tmp_path: Path
) -> None:
    StampingDesk.make(tmp_path / "desk")
    desk = StampingDesk(tmp_path / "desk", lambda: 0, serves=False)
    desk.set_up("ab" * 32, (0, 9), 6)
    given = msgspec.json.encode(job(world, order_of(world))).decode()
    run = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path), given], check=False, capture_output=True
    )
    assert run.returncode == 9, run.stderr
    assert (tmp_path / "slips.pdf").read_bytes() == b""  # no slip is out
    order = order_of(world, 3, kid=desk.key.kid)
    total = print_slips(
        job(world, order_of(world)), order, desk.add_parts, tmp_path / "again.pdf", lambda: None
    )
    assert total == 6  # the lost three count against the ceiling, and that is all
    assert len(codes_in(tmp_path / "again.pdf")) == 3
    desk.close()
