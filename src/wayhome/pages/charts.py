"""Charts: SVG made on the server, with classes and attributes only, for a strict content policy."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from xml.sax.saxutils import escape, quoteattr

WIDTH, HEIGHT = 328, 120
BARS = 60  # at most: on a phone each is five units wide
_LEFT, _BOTTOM, _TOP = 30, 16, 6
_ROW = 28  # units of a row: a line of words and its bar
_LINE = 12  # units of a line of its words
_FIT = 56  # signs of a line
_DAY = 86_400
_SVG = "http://www.w3.org/2000/svg"


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it stands for, and how many."""

    label: str
    value: int


def bars_of(windows: Mapping[str, int]) -> list[Bar]:
    """Give counted people by day; by hour or minute where all of it is within few days."""
    if not windows:
        return []
    times = {int(at): n for at, n in windows.items()}
    first, last = min(times), max(times)
    step = next(one for one in _STEPS if (last - first) // one < BARS)
    sums: Counter[int] = Counter()
    for at, number in times.items():
        sums[at // step] += number
    form = "%d.%m" if step >= _DAY else "%d.%m %H:%M UTC"  # headlines may say another zone
    return [
        Bar(dt.datetime.fromtimestamp(at * step, dt.UTC).strftime(form), sums[at])
        for at in range(first // step, last // step + 1)
    ]


_STEPS = (60, 3_600, _DAY, 7 * _DAY, 28 * _DAY, 365 * _DAY, 36_500 * _DAY)


def bar_chart(bars: Sequence[Bar], label: str) -> str:
    """Draw bars with three grid lines; ``label`` says for a listener what is to be seen."""
    most = _round_up(max((bar.value for bar in bars), default=1))
    room = HEIGHT - _BOTTOM - _TOP
    spoken = f'role="img" aria-label={quoteattr(label)}'
    parts = [f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" {spoken} xmlns="{_SVG}">']
    for third in range(3):
        value = most * (3 - third) / 3
        y = _TOP + room * third / 3
        parts.append(f'<path class="grid" d="M{_LEFT} {y:.1f}H{WIDTH}"/>')
        parts.append(_tick(_LEFT - 4, y + 3, f"{value:g}", "end"))
    width = (WIDTH - _LEFT) / max(len(bars), 1)
    for i, bar in enumerate(bars):
        tall = room * bar.value / most
        x, y = _LEFT + i * width, _TOP + room - tall
        title = f"<title>{escape(bar.label)}: {bar.value}</title>"
        size = f'width="{max(width - 1, 1):.2f}" height="{tall:.1f}"'
        parts.append(f'<rect class="bar" x="{x:.2f}" y="{y:.1f}" {size}>{title}</rect>')
    if bars:
        parts.append(_tick(_LEFT, HEIGHT - 3, bars[0].label, "start"))
        parts.append(_tick(WIDTH, HEIGHT - 3, bars[-1].label, "end"))
    return "".join(parts) + "</svg>"


def row_chart(bars: Sequence[Bar], label: str) -> str:
    """Draw a bar a row, its words above it: for names, which have no room below upright bars."""
    most = max((bar.value for bar in bars), default=0) or 1
    spoken = f'role="img" aria-label={quoteattr(label)}'
    parts: list[str] = []
    y = 0
    for bar in bars:
        for line in wrap(bar.label, _FIT):
            y += _LINE
            parts.append(_tick(0, y - 2, line, "start"))
        wide = max(WIDTH * bar.value / most, 2.0)  # what is there is seen
        size = f'width="{wide:.1f}" height="8"'
        parts.append(f'<rect class="bar" x="0" y="{y + 2}" {size}/>')
        y += _ROW - _LINE
    tall = max(y, _ROW)
    head = f'<svg class="chart" viewBox="0 0 {WIDTH} {tall}" {spoken} xmlns="{_SVG}">'
    return "".join((head, *parts)) + "</svg>"


def picture(bars: Sequence[Bar], label: str) -> str:
    """Draw bars as a picture of its own, readable without our style sheet."""
    chart = bar_chart(bars, label)
    for name, look in (
        ('class="grid"', 'stroke="#d8d2c4" fill="none"'),
        ('class="bar"', 'fill="#1f4f78"'),
        ('class="tick"', 'fill="#55606b" font-size="9" font-family="sans-serif"'),
    ):
        chart = chart.replace(name, look)
    return chart + "\n"


def _tick(x: float, y: float, text: str, anchor: str) -> str:
    place = f'x="{x}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text class="tick" {place}>{escape(text)}</text>'


def _round_up(value: int) -> int:
    """Give a number no smaller that thirds look well with: 3, 6, 15 or 30 times a power of ten."""
    power = int("1" + "0" * max(0, len(str(value)) - 2))
    return next(one * power for one in (3, 6, 9, 12, 15, 30, 60, 90, 120) if one * power >= value)
