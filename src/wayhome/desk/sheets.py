"""Sheets: A4 pages of voucher slips, drawn in a process of its own that gives nothing but the PDF.

    python -m wayhome.desk.sheets < job > pdf        (a dot on stderr for each page)

The codes come through a pipe and leave on paper: no argument, no log and no other file holds one.
"""

import datetime as dt
import resource
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import resources
from io import BytesIO

import msgspec
import segno
from fpdf import FPDF
from fpdf.enums import WrapMode
from fpdf.fonts import TTFFont

ACROSS, DOWN = 2, 4  # slips on a page
A_PAGE = ACROSS * DOWN
_PAGE = (210.0, 297.0)  # A4, millimetres
_EDGE = 8.0  # of the page: what home printers leave white
_INSIDE = 5.0  # of a slip
_SIZE = ((_PAGE[0] - 2 * _EDGE) / ACROSS, (_PAGE[1] - 2 * _EDGE) / DOWN)
_QR = 32.0  # millimetres a side: about 0.6 a module, which old phones still read
_POINT = 0.3528  # millimetres
_LINE = 1.2  # line height, of the letters'
_DATED = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)  # no sheet says when it was printed
_LIGHT, _DARK = 150, 0


class Job(msgspec.Struct, frozen=True):
    """What a sheet says, and the codes, each for one slip."""

    lang: str
    title: str
    group: str
    site: str
    onion: str
    petition: str
    is_alone: bool  # q is 1
    with_codes: bool  # the QR holds the code too, behind the #
    codes: list[str]


class Words(msgspec.Struct, frozen=True):
    """What a slip says beside what the petition says."""

    voucher: str
    group: str
    page: str
    two: str
    alone: str
    history: str
    tear: str


WORDS = {
    "en": Words(
        voucher="Voucher for one signature",
        group="Given by",
        page="Open this page and type the digits, or scan:",
        two="You need a second slip, of another group, from another person.",
        alone="You trust this group alone.",
        history="Scanned, the code stays in the browser's history: clear it after signing.",
        tear="Tear this up after signing.",
    ),
    "ru": Words(
        voucher="Талон на одну подпись",
        group="Выдала группа",
        page="Откройте страницу и введите цифры или наведите камеру:",
        two="Нужен второй талон: другой группы, от другого человека.",
        alone="Вы доверяете только этой группе.",
        history="После камеры код остаётся в истории браузера: очистите её, когда подпишете.",
        tear="Порвите талон, когда подпишете.",
    ),
}


def address(site: str, petition: str, code: str = "") -> str:
    """Give the address on a slip; what is behind the # never leaves the browser."""
    digits = code.replace("-", "")
    return f"{site}/s/{petition[:16]}" + (f"#{digits}" if digits else "")


def draw(job: Job, told: Callable[[], None]) -> bytes:
    """Draw the sheets; ``told`` is called after each page."""
    pdf = FPDF(format="A4", unit="mm")
    pdf.set_auto_page_break(auto=False)
    pdf.set_margin(0)
    pdf.c_margin = 0
    pdf.set_creation_date(_DATED)
    font = _add_font(pdf)
    paper = _Paper(pdf)
    for start in range(0, len(job.codes), A_PAGE):
        pdf.add_page()
        for i, code in enumerate(job.codes[start : start + A_PAGE]):
            left = _EDGE + i % ACROSS * _SIZE[0]
            top = _EDGE + i // ACROSS * _SIZE[1]
            _draw_slip(paper, job, code, (left, top))
        _draw_cuts(pdf)
        told()
    whole = bytes(pdf.output())
    font.ttfont.close()
    return whole


def missing(text: str) -> list[str]:
    """Give the characters of a text that the font cannot print."""
    font = _add_font(FPDF())
    known = frozenset(font.cmap)
    font.ttfont.close()
    return sorted({one for one in text if ord(one) not in known and not one.isspace()})


def _add_font(pdf: FPDF) -> TTFFont:
    pdf.add_font("golos", "", str(resources.files("wayhome.desk") / "fonts" / "golos-400.ttf"))
    font = pdf.fonts["golos"]
    if not isinstance(font, TTFFont):
        raise TypeError("a TrueType file gives a TrueType font")
    return font


def _draw_slip(paper: "_Paper", job: Job, code: str, at: tuple[float, float]) -> None:
    pdf, words = paper.pdf, WORDS[job.lang]
    left, top = at[0] + _INSIDE, at[1] + 3.5
    width = _SIZE[0] - 2 * _INSIDE
    _draw_qr(pdf, job, code, (left, top))
    beside = _Pen(paper, left + _QR + 2.0, top, width - _QR - 2.0)
    beside.write(words.voucher, (7,), 1)
    beside.write(job.title, (10, 9, 8, 7, 6), 4)
    beside.write(f"{words.group}: {job.group}", (8, 7, 6), 2)
    beside.write(words.page, (6,), 2)
    below = _Pen(paper, left, top + _QR, width)
    below.write(address(job.site, job.petition), (8, 7, 6, 5, 4), 1)
    if job.onion:
        below.write(address(job.onion, job.petition), (5.5, 5, 4.5), 1)
    for i, block in enumerate(code.split("-")):
        pdf.set_font("golos", size=16)
        pdf.set_xy(left + i % 3 * width / 3, at[1] + 43.5 + i // 3 * 7.0)
        pdf.cell(width / 3, 7.0, block, align="C")
    foot = _Pen(paper, left, at[1] + 58.5, width)
    foot.write(words.alone if job.is_alone else words.two, (7,), 1)
    if job.with_codes:
        foot.write(words.history, (6,), 1)
    foot.write(words.tear, (7,), 1)


class _Pen:
    """Writes lines downward in a column; a long text is set smaller rather than cut."""

    def __init__(self, paper: "_Paper", left: float, top: float, width: float) -> None:
        self._paper, self._left, self._top, self._width = paper, left, top, width

    def write(self, text: str, sizes: Sequence[float], most: int) -> None:
        """Write a text in the first size in which it fits ``most`` lines, else in the last."""
        lines: list[str] = []
        for size in sizes:
            self._paper.pdf.set_font("golos", size=size)
            lines = self._paper.lines(text, size, self._width)
            if len(lines) <= most:
                break
        height = self._paper.pdf.font_size_pt * _POINT * _LINE
        for line in lines:
            self._paper.pdf.set_xy(self._left, self._top)
            self._paper.pdf.cell(self._width, height, line)
            self._top += height
        self._top += 0.5


@dataclass(slots=True)
class _Paper:
    """The document, and how its texts break into lines: every slip says the same."""

    pdf: FPDF
    _known: dict[tuple[str, float, float], list[str]] = field(default_factory=dict)

    def lines(self, text: str, size: float, width: float) -> list[str]:
        """Break a text into lines, in the font that is set."""
        key = (text, size, width)
        if key not in self._known:
            found = self.pdf.multi_cell(
                width,
                size * _POINT * _LINE,
                text,
                align="L",
                wrapmode=WrapMode.CHAR if text.startswith("http") else WrapMode.WORD,
                dry_run=True,
                output="LINES",
            )
            self._known[key] = found if isinstance(found, list) else []  # a list was asked for
        return self._known[key]


def _draw_qr(pdf: FPDF, job: Job, code: str, at: tuple[float, float]) -> None:
    text = address(job.site, job.petition, code if job.with_codes else "")
    picture = BytesIO()
    segno.make_qr(text, error="m").save(picture, kind="png", scale=1, border=4)
    picture.seek(0)
    pdf.image(picture, *at, w=_QR, h=_QR)


def _draw_cuts(pdf: FPDF) -> None:
    pdf.set_draw_color(_LIGHT)
    pdf.set_dash_pattern(dash=1.5, gap=1.5)
    for i in range(ACROSS + 1):
        x = _EDGE + i * _SIZE[0]
        pdf.line(x, _EDGE, x, _PAGE[1] - _EDGE)
    for i in range(DOWN + 1):
        y = _EDGE + i * _SIZE[1]
        pdf.line(_EDGE, y, _PAGE[0] - _EDGE, y)
    pdf.set_dash_pattern()
    pdf.set_draw_color(_DARK)


def _dot() -> None:
    sys.stderr.write(".")
    sys.stderr.flush()


def _main() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump would hold the codes
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    sys.stdout.buffer.write(draw(job, _dot))


if __name__ == "__main__":
    _main()
