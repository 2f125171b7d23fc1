"""Letter paper: a letter as A4 pages, drawn in a process of its own that gives nothing but the PDF.

    python -m wayhome.desk.letterpaper < text > pdf

The same text gives the same bytes: no author, no day, no name of a machine is in the file. The text
comes through a pipe and leaves on paper: no argument, no log and no other file holds it.
"""

import datetime as dt
import resource
import sys
from importlib import resources

from fpdf import FPDF
from fpdf.enums import WrapMode, XPos, YPos
from fpdf.fonts import TTFFont

PAGES = 10  # of one letter; nobody reads more
_EDGES = (25.0, 20.0, 15.0)  # millimetres left, above and below, right: room for a file's holes
_SIZE, _LINE = 11.0, 5.6  # points of letters, millimetres of a line
_DATED = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)  # no file says when it was made
TOO_LONG, ODD = 3, 4  # exit status: more than ten pages; letters that the font does not have


class Unprintable(Exception):  # noqa: N818 - the writer's fault, told by the exit status
    """A letter that cannot be printed: why, and which of its characters the font does not have."""

    def __init__(self, status: int, odd: str = "") -> None:
        super().__init__(status)
        self.status, self.odd = status, odd


def draw(text: str) -> bytes:
    """Draw a letter.

    Raises:
        Unprintable: it needs more than ten pages, or letters that the font does not have.
    """
    pdf = FPDF(format="A4", unit="mm")
    pdf.set_creation_date(_DATED)
    left, top, right = _EDGES
    pdf.set_margins(left, top, right)
    pdf.set_auto_page_break(auto=True, margin=top)
    font = _add_font(pdf)
    try:
        _write(pdf, font, text)
        return bytes(pdf.output())
    finally:
        font.ttfont.close()


def _write(pdf: FPDF, font: TTFFont, text: str) -> None:
    if odd := {one for one in text if not one.isspace()} - {chr(one) for one in font.cmap}:
        raise Unprintable(ODD, "".join(sorted(odd)))
    pdf.add_page()
    pdf.set_font("golos", size=_SIZE)
    for line in text.rstrip("\n").split("\n"):
        pdf.multi_cell(
            0, _LINE, line, align="L", wrapmode=WrapMode.WORD, new_x=XPos.LMARGIN, new_y=YPos.NEXT
        )
        if pdf.page > PAGES:
            raise Unprintable(TOO_LONG)


def _add_font(pdf: FPDF) -> TTFFont:
    pdf.add_font("golos", "", _FONT)
    font = pdf.fonts["golos"]
    if not isinstance(font, TTFFont):
        raise TypeError("a TrueType file gives a TrueType font")
    return font


_FONT = str(resources.files("wayhome.desk") / "fonts" / "golos-400.ttf")


def main() -> None:
    """Read a letter and write its PDF, or end with the status that says why not."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump would hold the letter
    try:
        sys.stdout.buffer.write(draw(sys.stdin.buffer.read().decode()))
    except Unprintable as error:
        sys.stdout.buffer.write(error.odd.encode())
        sys.exit(error.status)


if __name__ == "__main__":
    main()
