"""Letters on paper: the same bytes each time, every word to be found, nobody named in the file."""

import io
import re

import pypdf
import pytest

from cases.lawful import law
from cases.letterfacts import complaint, writing
from wayhome.cases.letters import write_letter
from wayhome.desk.letterpaper import PAGES, Unprintable, draw
from wayhome.desk.printing import print_letter
from wayhome.records.refused import Refused

ALPHABET = "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ\nабвгдеёжзийклмнопрстуфхцчшщъыьэюя №«»—"


def read(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def flat(text: str) -> str:
    return " ".join(text.split())


def test_the_same_letter_twice_gives_the_same_bytes() -> None:
    text = write_letter(complaint(), law())
    assert print_letter(text) == print_letter(text) == draw(text)


@pytest.mark.parametrize("template", list(law().letters))
def test_every_word_of_a_letter_can_be_searched_in_it(template: str) -> None:
    text = write_letter(complaint(template=template), law())
    assert flat(read(draw(text))) == flat(text)


def test_every_letter_of_the_alphabet_can_be_extracted() -> None:
    assert flat(read(draw(ALPHABET))) == flat(ALPHABET)


def test_no_name_no_day_and_no_machine_is_in_the_file() -> None:
    pdf = draw(write_letter(writing(), law()))
    known = pypdf.PdfReader(io.BytesIO(pdf)).metadata or {}
    assert not {"/Author", "/Creator", "/Title", "/Subject"} & set(known)
    assert known["/CreationDate"] == "D:20000101000000Z"
    assert not re.search(rb"2026|/home|/tmp|root", pdf.split(b"stream")[0])


def test_a_letter_has_ten_pages_and_no_more() -> None:
    pages = draw("слово\n" * 450)
    assert len(pypdf.PdfReader(io.BytesIO(pages)).pages) <= PAGES
    with pytest.raises(Refused, match="too-large") as found:
        print_letter("слово\n" * 600)
    assert "слово" not in str(found.value)


def test_what_the_font_does_not_have_is_named_by_its_number_and_never_dropped() -> None:
    with pytest.raises(Refused, match=r"bad-text: .*U\+6F22 U\+1F600"):
        print_letter("漢 и 😀")
    with pytest.raises(Unprintable):
        draw("漢")
