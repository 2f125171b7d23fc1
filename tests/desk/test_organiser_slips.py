"""Voucher slips at the desk: the stamping desk knows the codes first; then memory, then paper."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path

import pypdf
import pytest

from cases.nodes import OfGroup
from desk.deskpage import Page
from desk.speakers import Speakers
from petition_world import World
from wayhome.crypto import codes
from wayhome.desk.known import DeskFault
from wayhome.desk.vouchers import Stamps

ASKED = {"number": "3", "lang": "ru", "site": "https://samara.example.org"}


@pytest.fixture(scope="module")
def world() -> World:
    return World(2, 2)


@dataclass
class Stamping:
    """A stamping desk on this machine, as whoever prints sees it."""

    world: World
    parts: list[bytes] = field(default_factory=list)
    is_full: bool = False

    def __post_init__(self) -> None:
        kid, petition = self.world.groups[0].kid, self.world.petition.id
        self.says = Stamps(kid, petition, can_print=True, ceiling=100, keep=self.keep)

    @contextmanager
    def __call__(self) -> Iterator[Stamps]:
        yield self.says

    def keep(self, parts: list[bytes]) -> int:
        if self.is_full:
            raise DeskFault("103 parts would be more than the 100 promised", "stamps")
        self.parts += parts
        return len(self.parts)


@pytest.fixture
def stamping(world: World) -> Stamping:
    return Stamping(world)


@pytest.fixture
def page(of_group: OfGroup, tmp_path: Path, world: World, stamping: Stamping) -> Page:
    speakers = Speakers(of_group, tmp_path / "anna")
    speakers.desk.stamping = stamping
    page = speakers.page()
    speakers.desk.bring(b"\n".join(world.lines))
    return page


def codes_in(pdf: bytes) -> set[bytes]:
    text = "\n".join(one.extract_text() for one in pypdf.PdfReader(BytesIO(pdf)).pages)
    found = re.findall(r"\d{6}(?:\s+\d{6}){5}", text)
    return {codes.read(one).secret for one in found}


def test_slips_are_handed_out_with_the_codes_that_the_stamping_desk_keeps(
    page: Page, stamping: Stamping
) -> None:
    assert "Напечатаны 3 талона" in page.done("print", "", **ASKED)
    given = page.ask("/slips")
    assert given.headers["content-type"] == "application/pdf"
    assert given.headers["cache-control"] == "no-store"
    assert codes_in(given.content) == set(stamping.parts)
    assert "Прежние талоны ещё здесь" in page.do("print", "", **ASKED)
    assert len(stamping.parts) == 3
    page.done("forget-slips", "")
    assert page.ask("/slips").status_code == 422


def test_the_lock_forgets_slips_too(page: Page) -> None:
    page.done("print", "", **ASKED)
    page.ask("/view", view="lock")
    page.ask("/view", view="open-key", fields={})
    assert page.ask("/slips").status_code == 422


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"number": "101"}, "больше, чем обещано"),
        ({"number": "0"}, "от 1 до 2000"),
        ({"number": "три"}, "от 1 до 2000"),
        ({"site": "ftp://x"}, "адрес напечатать нельзя"),
    ],
)
def test_what_cannot_be_printed_is_said_in_words_and_makes_no_code(
    page: Page, stamping: Stamping, changed: dict[str, str], told: str
) -> None:
    shown = page.do("print", "", **ASKED | changed)
    assert told in shown
    assert 'data-deed="print"' in shown
    assert stamping.parts == []


def test_a_stamping_desk_that_cannot_print_says_why(page: Page, stamping: Stamping) -> None:
    stamping.is_full = True
    assert "не берёт" in page.do("print", "", **ASKED)
    assert page.ask("/slips").status_code == 422
    stamping.says = replace(stamping.says, can_print=False)
    assert "Стол штампов закрыт" in page.do("print", "", **ASKED)
    stamping.says = replace(stamping.says, petition="")
    assert "set-up" in page.ask("/view", view="vouchers").text
    stamping.says = replace(stamping.says, can_print=True, petition="f" * 64)
    assert 'role="alert"' in page.do("print", "", **ASKED)
