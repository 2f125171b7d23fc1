"""A pack's law is read whole, or the fault names file, line and word."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from wayhome.lawbook import read_law
from wayhome.packfile import PackFault, PackFile

PACK = Path(__file__).parents[2] / "campaigns" / "way-home"
LAW = ("authorities.toml", "case-kinds.toml", "deadlines.toml", "letters.toml")
Change = Callable[[str], str]


def pack(folder: Path, name: str = "", change: Change = str) -> Path:
    """Copy the sample pack's law with one file changed."""
    for one in LAW:
        shutil.copy(PACK / one, folder / one)
    for one in ("letters", "calendars"):
        shutil.copytree(PACK / one, folder / one)
    if name:
        said = (folder / name).read_text("utf-8")
        changed = change(said)
        assert changed != said
        (folder / name).write_text(changed, "utf-8")
    return folder


def line_of(folder: Path, name: str, start: str) -> int:
    lines = (folder / name).read_text("utf-8").splitlines()
    return next(i for i, line in enumerate(lines, 1) if line.startswith(start))


def swap(old: str, new: str) -> Change:
    return lambda said: said.replace(old, new, 1)


FAULTS = [
    ("authorities.toml", swap("answers_for =", "anwsers_for ="), "unknown-field", "anwsers_for"),
    ("authorities.toml", swap('ways = ["post"', 'ways = ["pigeon"'), "bad-value", "ways"),
    (
        "authorities.toml",
        swap('above = "ru.commissariat.region"', 'above = "ru.nobody"'),
        "no-such-authority",
        'above = "ru.nobody"',
    ),
    (
        "authorities.toml",
        swap('oversees = ["ru.mod", ', 'oversees = ["ru.sea", '),
        "no-such-authority",
        'oversees = ["ru.sea"',
    ),
    (
        "case-kinds.toml",
        swap('to = ["ru.unit", "ru.mod"]', 'to = ["ru.unit", "ru.no"]'),
        "no-such-authority",
        'to = ["ru.unit", "ru.no"]',
    ),
    (
        "case-kinds.toml",
        swap('letters = ["medical-board"', 'letters = ["doctor"'),
        "no-such-letter",
        'letters = ["doctor"',
    ),
    ("case-kinds.toml", swap('checked = ""', 'checked = "yes"'), "bad-date", 'checked = "yes"'),
    (
        "deadlines.toml",
        swap('example = "2026-06-05"', 'example = "5 June"'),
        "bad-date",
        'example = "5 June"',
    ),
    ("deadlines.toml", swap("count = 7", 'count = "7"'), "bad-value", 'count = "7"'),
    ("deadlines.toml", swap("count = 30\n", ""), "missing-field", None),
    ("deadlines.toml", swap('id = "ru.59.answer"', 'id = "ru.59.forward"'), "twice", None),
    ("deadlines.toml", swap("count = 3\n", "count = \n"), "bad-toml", "count = "),
    ("letters.toml", swap('file = "unit.ru', 'file = "../unit.ru'), "no-such-letter", None),
    (
        "calendars/ru.toml",
        swap("day = 2024-02-23", 'day = "23 February"'),
        "bad-date",
        'day = "23 February"',
    ),
    ("calendars/ru.toml", swap('why = "labour"', 'why = "work"'), "no-such-name", 'why = "work"'),
]


@pytest.mark.parametrize(("name", "change", "word", "start"), FAULTS)
def test_a_fault_in_a_pack_names_file_line_and_word(
    name: str, change: Change, word: str, start: str | None, tmp_path: Path
) -> None:
    folder = pack(tmp_path, name, change)
    with pytest.raises(PackFault) as found:
        read_law(folder)
    assert (found.value.file, found.value.word) == (name, word)
    if start is not None:
        assert found.value.line == line_of(folder, name, start)
        assert str(found.value).startswith(f"{name}:{found.value.line}: {word}: ")


def test_a_missing_field_names_the_table_it_is_missing_from(tmp_path: Path) -> None:
    folder = pack(tmp_path, "deadlines.toml", swap("count = 30\n", ""))
    with pytest.raises(PackFault) as found:
        read_law(folder)
    lines = (folder / "deadlines.toml").read_text("utf-8").splitlines()
    assert lines[found.value.line - 1] == "[[rule]]"
    assert lines[found.value.line] == 'id = "ru.59.answer"'


@pytest.mark.parametrize("name", ["letters.toml", "case-kinds.toml", "calendars/ru.toml"])
def test_a_file_that_is_missing_is_named(name: str, tmp_path: Path) -> None:
    folder = pack(tmp_path)
    (folder / name).unlink()
    with pytest.raises(PackFault, match=f"{name.split('/', maxsplit=1)[0]}.*no-file"):
        read_law(folder)


def test_a_regions_days_are_added_to_the_countrys(tmp_path: Path) -> None:
    folder = pack(tmp_path)
    (folder / "calendars" / "regions").mkdir()
    (folder / "calendars" / "regions" / "XX-1.toml").write_text(
        'version = "XX-1.1"\ncovered_from = 2024-01-01\ncovered_until = 2026-12-31\n'
        'source = "made up"\nnames = { feast = { ru = "праздник", en = "a feast" } }\n'
        '[[off]]\nday = 2026-04-02\nwhy = "feast"\n',
        "utf-8",
    )
    law = read_law(folder)
    assert law.calendar_of("XX-1").version == "ru-2026.1+XX-1.1"
    assert law.calendar_of("XX-2") is law.calendar
    assert law.name_of("feast", "en") == "a feast"


def test_every_value_of_the_sample_is_found_on_its_own_line() -> None:
    file = PackFile(PACK / "case-kinds.toml")
    lines = file.text.splitlines()
    assert lines[file.line(("kind", 3, "about")) - 1].startswith('about = { ru = "Не выходит')
    # a question goes on for several lines: what follows it is found all the same
    assert lines[file.line(("kind", 6, "to")) - 1].startswith("to = ")
    assert lines[file.line(("kind", 6)) - 1] == "[[kind]]"


def test_everything_in_the_sample_that_no_lawyer_has_seen_says_so() -> None:
    law = read_law(PACK)
    entries = [
        *law.rules.values(),
        *law.authorities.by_id.values(),
        *law.kinds.values(),
        *law.letters.values(),
    ]
    assert all(one.source for one in entries)
    assert not [one.id for one in entries if one.checked]
    assert not [one.id for one in law.authorities.by_id.values() if one.address]


def test_every_word_for_people_of_the_sample_stands_in_both_languages() -> None:
    law = read_law(PACK)
    said = [one.name for one in law.rules.values()]
    said += [part for one in law.authorities.by_id.values() for part in (one.name, one.answers_for)]
    said += [part for one in law.kinds.values() for part in (one.name, one.about)]
    said += [ask.ask for one in law.kinds.values() for ask in one.question]
    said += [part for one in law.letters.values() for part in (one.name, one.about)]
    assert not [one for one in said if set(one) != {"ru", "en"} or not all(one.values())]
