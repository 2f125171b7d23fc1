"""petition: a group asks; the panel that may stamp, dates and options are part of the ask."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from wayhome.codec import limits
from wayhome.groups.speech import admit_speech, said
from wayhome.records.filter import Filter
from wayhome.records.kind import Fact, Ground, Kind, Moment, needs_nothing
from wayhome.records.record import Record, Tag
from wayhome.records.refused import Reason, Refused
from wayhome.records.tags import read_id, read_language, read_number, read_text

NUMBER = 3970
QUORUMS = {(1, 1), (2, 2), (3, 2)}  # (n, q): n < 2q, so that two quorums always share a group
REGION_WINDOW = 604_800  # seconds: a region is shown only in the crowd of a week
REGION_LABEL = 60  # characters
_REGION = re.compile(r"[a-z0-9-]{1,16}")


@dataclass(frozen=True, slots=True)
class Place:
    """A group's place on the panel, with the hash of the stamp key it will use."""

    group: str
    kid: str


@dataclass(frozen=True, slots=True)
class Petition:
    """What a petition says, beside its text. A poll is one that has options."""

    group: str
    charter: str
    title: str
    lang: str
    basis: str
    basis_text: str
    open: int
    close: int
    window: int
    q: int
    panel: tuple[Place, ...]
    options: tuple[tuple[str, str], ...]  # id, label
    regions: tuple[tuple[str, str], ...]  # code, label

    @property
    def is_poll(self) -> bool:
        """Tell whether signers choose an option."""
        return bool(self.options)

    @classmethod
    def of(cls, record: Record) -> Self:
        """Read a petition; the first reason that fits, in the order of the page."""
        match record.tags:
            case (
                ("g", group),
                ("charter", charter),
                ("title", title),
                ("lang", lang),
                ("basis", "voucher", basis_text),
                ("open", opening),
                ("close", closing),
                ("window", window),
                ("q", q),
                *more,
            ):
                panel, options, regions = _lists(more)
            case _:
                raise Refused("bad-tags", "the tags of a petition, in their order")
        read_id(group)
        read_id(charter)
        read_language(lang)
        read_text(title, limits.TITLE)
        read_text(basis_text, limits.BASIS_TEXT)
        read_text(record.content, limits.PETITION_TEXT)
        asked = cls(
            group=group,
            charter=charter,
            title=title,
            lang=lang,
            basis="voucher",
            basis_text=basis_text,
            open=read_number(opening),
            close=read_number(closing),
            window=read_number(window),
            q=read_number(q),
            panel=panel,
            options=options,
            regions=regions,
        )
        _refuse_times(asked)
        _refuse_panel(asked)
        _refuse_options(asked)
        _refuse_regions(asked)
        return asked


_Pairs = tuple[tuple[str, str], ...]


def _lists(tags: Sequence[Tag]) -> tuple[tuple[Place, ...], _Pairs, _Pairs]:
    rest = list(tags)
    panel = tuple(_taken(rest, "panel"))
    options = tuple(_taken(rest, "option"))
    regions = tuple(_taken(rest, "region"))
    if rest or not 1 <= len(panel) <= limits.PANEL:
        raise Refused("bad-tags", f"1 to {limits.PANEL} panel tags, then options, then regions")
    for found, most in ((options, limits.OPTIONS), (regions, limits.REGIONS)):
        if found and not 2 <= len(found) <= most:  # noqa: PLR2004 - one is no choice
            raise Refused("bad-tags", f"none or 2 to {most} options or regions")
    for pair in panel:
        read_id(pair[0])
        read_id(pair[1])
    return tuple(Place(*pair) for pair in panel), options, regions


def _taken(rest: list[Tag], name: str) -> Iterator[tuple[str, str]]:
    while rest:
        match rest[0]:
            case (word, first, second) if word == name:
                yield first, second
                rest.pop(0)
            case _:
                return


def _refuse_times(asked: Petition) -> None:
    span = asked.close - asked.open
    if not limits.WINDOW_MIN <= asked.window <= span <= limits.PETITION_SPAN:
        raise Refused("bad-times", "60 <= window <= close - open <= 34560000")
    if span % asked.window or span // asked.window > limits.WINDOWS:
        raise Refused("bad-times", f"whole windows, at most {limits.WINDOWS}")
    if asked.options and asked.window != span:
        raise Refused("bad-times", "a poll has one window, from open to close")
    if asked.regions and asked.window < REGION_WINDOW:
        raise Refused("bad-times", "where regions are offered a window is a week or longer")


def _refuse_panel(asked: Petition) -> None:
    if (len(asked.panel), asked.q) not in QUORUMS:
        raise Refused("bad-quorum", "n and q are 1 and 1, 2 and 2, or 3 and 2")
    if len({place.group for place in asked.panel}) != len(asked.panel):
        raise Refused("bad-panel", "each group once")
    if len({place.kid[:4] for place in asked.panel}) != len(asked.panel):
        raise Refused("bad-panel", "kids differ in their first four digits, for codes show these")


def _refuse_options(asked: Petition) -> None:
    if [name for name, _ in asked.options] != [str(i + 1) for i in range(len(asked.options))]:
        raise Refused("bad-options", "options are numbered 1, 2, 3 ...")
    _read_labels(asked.options, limits.LABEL, "bad-options")


def _refuse_regions(asked: Petition) -> None:
    codes = [code for code, _ in asked.regions]
    if codes != sorted(set(codes)) or not all(_REGION.fullmatch(code) for code in codes):
        raise Refused("bad-regions", "codes of a-z, 0-9 and -, ascending, each once")
    _read_labels(asked.regions, REGION_LABEL, "bad-regions")


def _read_labels(pairs: _Pairs, most: int, reason: Reason) -> None:
    for _, label in pairs:
        try:
            read_text(label, most)
        except Refused as error:  # the same text, but the page names what it belongs to
            raise Refused(reason, f"labels: {error}") from None


def rule(record: Record) -> None:
    """It is well made when its dates, panel, options and regions fit together."""
    Petition.of(record)


def admit(record: Record, held: Sequence[Record], ground: Ground, moment: Moment) -> None:  # noqa: ARG001 - the shape of `admit`
    """An organiser of a group within reach says it; whether k did is asked when it is read."""
    asked = Petition.of(record)
    admit_speech(record, asked.group, asked.charter, ground)


def count(record: Record) -> tuple[Fact, ...]:
    """It is official when k of n signed it: the groups' view collects that."""
    asked = Petition.of(record)
    return (said(record, asked.group, asked.charter),)


def wanted(petition: str) -> Filter:
    """Give the filter that finds one petition; equal for all who ask, so a node asks once."""
    return Filter(ids=(petition,), kinds=(NUMBER,))


KIND = Kind(NUMBER, "petition", 4, rule, admit, count, needs_nothing)
