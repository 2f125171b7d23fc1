"""Graphs: who links to whom, as points on a circle; for eyes only, a table says it all."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import cos, pi, sin

from markupsafe import Markup

SIZE = 320  # units of the picture
_CIRCLE = 132  # radius on which the points lie
_POINT = 14  # radius of a point, with a number of two digits in it


def link_graph(
    points: Sequence[str], links: Callable[[str], frozenset[str]], numbers: Mapping[str, int]
) -> Markup:
    """Draw the points in this order, a line between any two that are linked; one way is dashed.

    ``numbers`` stand on the points: they are those of the table.
    """
    if len(points) < 2:  # noqa: PLR2004 - between one point and itself there is nothing to draw
        return Markup()
    places = {one: _place(i, len(points)) for i, one in enumerate(points)}
    to = {one: links(one) & places.keys() for one in points}
    one_way, both = _lines(points, places, to)
    drawn = Markup().join(_path(name, lines) for name, lines in (("one", one_way), ("both", both)))
    marks = Markup().join(_mark(*places[one], numbers[one]) for one in points)
    return Markup(
        '<svg class="links" aria-hidden="true" viewBox="0 0 %d %d"'
        ' xmlns="http://www.w3.org/2000/svg">%s%s</svg>'
    ) % (SIZE, SIZE, drawn, marks)


def _place(i: int, number: int) -> tuple[int, int]:
    turn = 2 * pi * i / number - pi / 2  # the first one is on top
    return round(SIZE / 2 + _CIRCLE * cos(turn)), round(SIZE / 2 + _CIRCLE * sin(turn))


def _lines(
    points: Sequence[str],
    places: Mapping[str, tuple[int, int]],
    to: Mapping[str, frozenset[str]],
) -> tuple[list[str], list[str]]:
    one_way, both = [], []
    for one, other in _pairs(points):
        line = "M{} {}L{} {}".format(*places[one], *places[other])
        if other in to[one] and one in to[other]:
            both.append(line)
        elif other in to[one] or one in to[other]:
            one_way.append(line)
    return one_way, both


def _pairs(points: Sequence[str]) -> Iterator[tuple[str, str]]:
    return ((one, other) for i, one in enumerate(points) for other in points[i + 1 :])


def _path(name: str, lines: list[str]) -> Markup:
    return Markup('<path class="%s" d="%s"/>') % (name, "".join(lines)) if lines else Markup()


def _mark(x: int, y: int, number: int) -> Markup:
    shape = Markup('<circle cx="%d" cy="%d" r="%d"/><text x="%d" y="%d">%d</text>')
    return shape % (x, y, _POINT, x, y + 4, number)
