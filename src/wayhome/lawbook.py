"""Law book: a pack's files on authorities, case kinds, deadlines, days off and letters, read whole.

Whatever one file names must stand in another; a fault names file, line and word (`packfile`).
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec

from wayhome.cases.authorities import Authorities, Authority
from wayhome.cases.calendars import MOVED, WEEKEND, Calendar, DayOff
from wayhome.cases.casekinds import CaseKind
from wayhome.cases.law import Law, Template, is_day
from wayhome.cases.letters import fault_of
from wayhome.cases.rules import Rule, Said
from wayhome.packfile import PackFault, PackFile, Word, checked_day

LETTER_BYTES = 40_000  # of a template: a letter has at most ten pages


class _Entry(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def checked(self) -> str: ...


_Entries = TypeVar("_Entries", bound=_Entry)


class _Authorities(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    authority: tuple[Authority, ...]


class _Kinds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kind: tuple[CaseKind, ...]


class _Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    rule: tuple[Rule, ...]


class _Letters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    letter: tuple[Template, ...]


class _Off(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    day: dt.date
    why: str
    instead_of: dt.date | None = None


class _Calendar(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: str
    covered_from: dt.date
    covered_until: dt.date
    source: str
    names: dict[str, Said]
    weekend: tuple[int, ...] = ()
    working: tuple[dt.date, ...] = ()
    off: tuple[_Off, ...] = ()
    checked: str = ""


def has_law(folder: Path) -> bool:
    """Tell whether a pack says anything of authorities at all."""
    return (folder / "authorities.toml").exists()


def read_law(folder: Path) -> Law:
    """Read a pack's law.

    Raises:
        PackFault: a file is missing or wrong, or names what is not there.
    """
    authorities = _read_authorities(folder)
    letters = _read_letters(folder)
    deadlines = PackFile(folder / "deadlines.toml")
    rules = _by_id(deadlines, "rule", deadlines.shaped(_Rules).rule)
    country, regions = _read_calendars(folder)
    _check_examples(deadlines, rules)
    return Law(
        authorities=Authorities(authorities),
        kinds=_read_kinds(folder, authorities, letters),
        rules=rules,
        letters=letters,
        calendar=country,
        rules_sum=f"sha256:{sha256(deadlines.text.encode()).hexdigest()}",
        regions=regions,
    )


def _read_authorities(folder: Path) -> Mapping[str, Authority]:
    file = PackFile(folder / "authorities.toml")
    found = file.shaped(_Authorities).authority
    known = _by_id(file, "authority", found)
    for i, one in enumerate(found):
        for field, names in (
            ("above", (one.above,) if one.above else ()),
            ("oversees", one.oversees),
            ("court", (one.court,) if one.court else ()),
        ):
            _refuse_unknown(file, names, known, "no-such-authority", ("authority", i, field))
    return known


def _read_kinds(
    folder: Path, authorities: Mapping[str, Authority], letters: Mapping[str, Template]
) -> Mapping[str, CaseKind]:
    file = PackFile(folder / "case-kinds.toml")
    found = file.shaped(_Kinds).kind
    for i, one in enumerate(found):
        _refuse_unknown(file, one.to, authorities, "no-such-authority", ("kind", i, "to"))
        _refuse_unknown(file, one.letters, letters, "no-such-letter", ("kind", i, "letters"))
    return _by_id(file, "kind", found)


def _read_letters(folder: Path) -> Mapping[str, Template]:
    file = PackFile(folder / "letters.toml")
    found: list[Template] = []
    for i, one in enumerate(file.shaped(_Letters).letter):
        path = folder / "letters" / one.file
        if "/" in one.file or not path.is_file() or path.stat().st_size > LETTER_BYTES:
            message = f"letters/{one.file} is not a file of at most {LETTER_BYTES} bytes"
            raise file.fault("no-such-letter", message, "letter", i, "file")
        text = path.read_text("utf-8")
        line, message = fault_of(text)
        if line:
            raise PackFault(f"letters/{one.file}", "bad-template", message, line)
        summed = f"sha256:{sha256(text.encode()).hexdigest()}"
        found.append(msgspec.structs.replace(one, text=text, sum=summed))
    return _by_id(file, "letter", found)


def _read_calendars(folder: Path) -> tuple[Calendar, Mapping[str, Calendar]]:
    """Read the country's calendar and each region's own days, which are added to it."""
    countries = sorted((folder / "calendars").glob("*.toml"))
    if len(countries) != 1:
        raise PackFault("calendars", "no-file", "a pack has one calendar, of its country")
    country = _read_calendar(countries[0], "calendars")
    regional = sorted((folder / "calendars" / "regions").glob("*.toml"))
    return country, {
        path.stem: country.with_region(_read_calendar(path, "calendars/regions"))
        for path in regional
    }


def _read_calendar(path: Path, where: str) -> Calendar:
    file = PackFile(path, f"{where}/{path.name}")
    said = file.shaped(_Calendar)
    known = {*said.names, WEEKEND, MOVED}
    for i, one in enumerate(said.off):
        _refuse_unknown(file, (one.why,), known, "no-such-name", ("off", i, "why"))
    _check_day(file, said.checked, ("checked",))
    return Calendar(
        version=said.version,
        covered_from=said.covered_from,
        covered_until=said.covered_until,
        weekend=frozenset(said.weekend),
        off={one.day.isoformat(): DayOff(one.why, one.instead_of) for one in said.off},
        working=frozenset(said.working),
        names=said.names,
        is_checked=bool(said.checked),
    )


def _by_id(file: PackFile, table: str, found: Iterable[_Entries]) -> dict[str, _Entries]:
    known: dict[str, _Entries] = {}
    for i, one in enumerate(found):
        if one.id in known:
            raise file.fault("twice", f"`{one.id}` stands twice", table, i, "id")
        _check_day(file, one.checked, (table, i, "checked"))
        known[one.id] = one
    return known


def _refuse_unknown(
    file: PackFile,
    names: Iterable[str],
    known: Iterable[str],
    word: Word,
    place: tuple[str | int, ...],
) -> None:
    for name in names:
        if name not in known:
            raise file.fault(word, f"`{name}` is not there", *place)


def _check_day(file: PackFile, text: str, place: tuple[str | int, ...]) -> None:
    try:
        checked_day(text)
    except ValueError:
        message = "`checked` is empty, or a day and who: 2026-11-26, a lawyer's name"
        raise file.fault("bad-date", message, *place) from None


def _check_examples(file: PackFile, rules: Mapping[str, Rule]) -> None:
    for i, one in enumerate(rules.values()):
        if not is_day(one.example):
            raise file.fault("bad-date", f"`{one.example}` is no day", "rule", i, "example")
