"""Maps: a tile for each region, drawn on the server in two blocks, which a phone stacks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

SIDE = 36  # units of a tile; its label is ten high
CLASSES = (0, 1, 2, 3, 5)  # the least number of each of the five shades; "none" is one of them


@dataclass(frozen=True, slots=True)
class Tile:
    """One region's tile: where it lies, what stands on it, and where it leads."""

    label: str
    name: str
    column: int
    row: int
    number: int
    way: str


def shade(number: int) -> int:
    """Give the shade of a number, 0 to 4."""
    return max(i for i, least in enumerate(CLASSES) if number >= least)


def tile_map(tiles: Sequence[Tile], split: int) -> Markup:
    """Draw the tiles in two blocks, cut at column ``split``; for eyes only, a table says it all."""
    halves = (
        [one for one in tiles if one.column < split],
        [one for one in tiles if one.column >= split],
    )
    drawn = Markup().join(_block(half) for half in halves if half)
    return Markup('<div class="map" aria-hidden="true">%s</div>') % drawn


def _block(tiles: Sequence[Tile]) -> Markup:
    left, top = min(one.column for one in tiles), min(one.row for one in tiles)
    columns = max(one.column for one in tiles) - left + 1
    rows = max(one.row for one in tiles) - top + 1
    inner = Markup().join(_tiles(tiles, left, top))
    size = Markup('viewBox="0 0 %d %d"') % (columns * SIDE, rows * SIDE)
    return Markup('<svg %s xmlns="http://www.w3.org/2000/svg">%s</svg>') % (size, inner)


def _tiles(tiles: Sequence[Tile], left: int, top: int) -> Iterable[Markup]:
    for one in sorted(tiles, key=lambda tile: (tile.row, tile.column)):
        x, y = (one.column - left) * SIDE, (one.row - top) * SIDE
        half = SIDE // 2
        words = Markup('<text x="%d" y="%d">%s</text>') % (
            x + half,
            y + (15 if one.number else 22),
            one.label,
        )
        if one.number:
            number = Markup('<text class="n" x="%d" y="%d">%d</text>')
            words += number % (x + half, y + 28, one.number)
        box = Markup('<rect x="%d" y="%d" width="35" height="35" rx="3"/>') % (x, y)
        tile = Markup('<g class="q%d">%s%s</g>') % (shade(one.number), box, words)
        yield Markup('<a href="%s" tabindex="-1">%s</a>') % (one.way, tile) if one.way else tile
