"""A campaign's data pack: a folder of texts, groups and a petition, read into values.

The program knows no campaign; `campaigns/` holds the sample and its README says what a pack holds.
"""

import datetime as dt
from pathlib import Path
from typing import TypeVar

import msgspec

from wayhome.packfile import PackFault, PackFile

_Shape = TypeVar("_Shape")


class Version(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One text in one language; `file` lies in the pack's `texts/`."""

    title: str
    file: str


class Correction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a text was replaced by, and when; languages that are None keep their first version."""

    date: dt.date
    ru: Version | None = None
    en: Version | None = None


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"form": "as"}):
    """A manifesto, appeal or post of a group; the first language is the original."""

    word: str
    group: str
    form: str
    date: dt.date
    ru: Version
    en: Version | None = None
    corrected: Correction | None = None
    adopts: str = ""  # the word of another group's text that this group makes its own


class Group(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A group to found: `organisers` keys are made for it, `k` of them speak for it."""

    word: str
    name: str
    region: str
    organisers: int
    k: int


class Dispute(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A group that two amendments split on one day, and that one charter healed on another."""

    group: str
    date: dt.date
    healed: dt.date


class Translation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The petition's text in another language, published as a post."""

    lang: str
    title: str
    file: str


class Petition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The petition to open, for so many `days`, released every `window` seconds."""

    group: str
    panel: list[str]
    q: int
    title: str
    lang: str
    file: str
    basis: str
    days: int
    window: int
    ceiling: int
    translation: Translation | None = None


class Campaign(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole pack but its texts' contents, which `read_text` gives."""

    languages: list[str]
    name: dict[str, str]
    demand: dict[str, str]
    group: list[Group]
    petition: Petition
    text: list[Text]
    dispute: Dispute | None = None


class Region(msgspec.Struct, frozen=True):
    """A region: code, usual name in each language, a label of at most four letters for its tile."""

    code: str
    ru: str
    en: str
    label: str = ""


class Tiles(msgspec.Struct, frozen=True):
    """Region code to (column, row); a phone draws the grid in two blocks, cut at `split`."""

    columns: int
    rows: int
    split: int
    tiles: dict[str, tuple[int, int]]


class _Regions(msgspec.Struct, frozen=True):
    regions: list[Region]


def read_campaign(folder: Path) -> Campaign:
    """Read `campaign.toml` of a pack.

    Raises:
        PackFault: a file is missing, is not TOML, or has an unknown, missing or wrong field.
    """
    return PackFile(folder / "campaign.toml").shaped(Campaign)


def read_text(folder: Path, name: str) -> str:
    """Read one text of a pack, without the line feed at its end.

    Raises:
        PackFault: there is no such file.
    """
    try:
        return (folder / "texts" / name).read_text("utf-8").strip()
    except OSError as error:
        raise PackFault(f"texts/{name}", "no-file", str(error.strerror)) from error


def read_regions(folder: Path) -> list[Region]:
    """Read the regions of a pack; none when it has no such file.

    Raises:
        PackFault: the file is not what it should be.
    """
    path = folder / "regions.json"
    return _json(path, _Regions).regions if path.exists() else []


def read_tiles(folder: Path) -> Tiles | None:
    """Read the tile grid of a pack, None when it has none.

    Raises:
        PackFault: the file is not what it should be.
    """
    path = folder / "tiles.json"
    return _json(path, Tiles) if path.exists() else None


def _json(path: Path, shape: type[_Shape]) -> _Shape:
    try:
        return msgspec.json.decode(path.read_bytes(), type=shape)
    except msgspec.DecodeError as error:
        raise PackFault(path.name, "bad-value", str(error)) from error
