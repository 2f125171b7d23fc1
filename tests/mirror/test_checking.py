"""`wayhome check` of a mirror: every changed byte is named, whoever changed it."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from mirror.copies import OTHER_SECRET, Copies, check, contents, manifest_of, resign
from petition_world import DAY, OPEN
from wayhome.channel.service import Writing, write
from wayhome.cli import main
from wayhome.crypto import keys
from wayhome.mirror.manifest import NAME, Manifest
from wayhome.records.draft import Draft
from wayhome.records.record import read_line
from wayhome.records.signing import sign
from web.small import Opened, Small


def changed(path: Path) -> None:
    """Change one byte in the middle, as a bad disk does; the length stays, and the time too."""
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    stat = path.stat()
    path.write_bytes(raw)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def test_a_copy_as_it_was_written_is_whole(copy: Path) -> None:
    status, said = check(copy)
    assert status == 0, said
    assert "whole: every file, every record, every count and every page is right" in said
    assert "its newest record is of 2027-02-04" in said


def test_one_changed_byte_in_any_file_is_named_and_nothing_else_is(copy: Path) -> None:
    # a bit of each file of a kind: one of each folder and ending, so that no sort is left out
    sorts = {}
    for path in manifest_of(copy).files:
        place = Path(path)
        sorts[(place.parts[0], len(place.parts), place.suffix)] = path
    assert len(sorts) > 12
    for path in sorts.values():
        changed(copy / path)
    status, said = check(copy)
    named = {line.partition(": ")[0] for line in said.splitlines() if ": changed" in line}
    assert (status, named) == (1, set(sorts.values()))


def test_every_single_file_is_looked_at_byte_by_byte(copy: Path) -> None:
    paths = set(manifest_of(copy).files)
    for path in paths:
        changed(copy / path)
    status, said = check(copy)
    # what a node says of itself is needed to draw anything; without it the check ends there
    assert status == 1
    assert paths <= {line.partition(": ")[0] for line in said.splitlines()}


def test_what_is_missing_is_listed_and_what_nobody_answers_for_too(copy: Path) -> None:
    (copy / "ru" / "groups.html").unlink()
    (copy / "records" / "3963.jsonl").unlink()
    (copy / "ru" / "added.html").write_text("<p>added")
    lies = "whole: every file, every record, every count and every page is right"
    (copy / "ru" / f"\x1b[2Jx\n{lies}\x1b[8m").touch()  # a screen shows what it is told
    Path(os.fsdecode(bytes(copy / "ru") + b"/\xff")).touch()
    status, said = check(copy)
    assert status == 1
    assert f"ru/<U+001B>[2Jx<U+000A>{lies}<U+001B>[8m: not in the manifest" in said
    assert "ru/\ufffd: not in the manifest" in said
    assert "ru/groups.html: missing" in said
    assert "records/3963.jsonl: missing" in said
    assert "ru/added.html: not in the manifest" in said


def test_a_list_that_lies_to_the_screen_is_shown_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lies = Manifest(keys.public_key(OTHER_SECRET), 0, "1", "0" * 64, {"a\x1b[8m": "0" * 64})
    (tmp_path / NAME).write_bytes(lies.signed(OTHER_SECRET))
    monkeypatch.setattr("sys.argv", ["wayhome", "check", str(tmp_path)])
    with pytest.raises(SystemExit):
        main()
    assert "it lists what is no file of a mirror: a<U+001B>[8m" in capsys.readouterr().err


def test_two_days_mixed_are_found_file_by_file(
    copy: Path, written: Path, small: Small, tmp_path: Path
) -> None:
    tomorrow = one_text_later(small, tmp_path)
    for path in ("ru/posts.html", "records/3961.jsonl"):
        shutil.copy(tomorrow / path, copy / path)
    _, said = check(copy)
    named = {line.partition(": ")[0] for line in said.splitlines() if ": changed" in line}
    assert named == {"ru/posts.html", "records/3961.jsonl"}
    shutil.copytree(written, copy, dirs_exist_ok=True)
    shutil.copy(tomorrow / NAME, copy / NAME)
    status, said = check(copy)
    assert status == 1
    assert "ru/posts.html: changed" in said


def test_an_old_copy_is_whole_and_what_it_lacks_is_listed_against_a_second_source(
    copy: Path, small: Small, tmp_path: Path
) -> None:
    tomorrow = one_text_later(small, tmp_path)
    assert check(copy)[0] == 0
    status, said = check(copy, "--from", str(tomorrow))
    assert status == 1
    assert said.count("not in this copy: kind 3963") == 1
    assert said.count("not in this copy: kind 3961") == 1
    assert check(tomorrow, "--from", str(copy))[0] == 0


def test_a_forger_who_signs_the_list_anew_cannot_put_words_on_a_page(
    copy: Path, small: Small
) -> None:
    page = f"ru/post/{small.posts['appeal'].id}.html"
    text = (copy / page).read_text("utf-8")
    (copy / page).write_text(text.replace("К народу.", "К порядку."), "utf-8")
    resign(copy)
    status, said = check(copy)
    assert status == 1
    assert f"{page}: does not follow from the records in this copy" in said
    assert "which no group names as its node's" in said


def test_a_forger_cannot_change_a_record_or_a_count(copy: Path, small: Small) -> None:
    posts = copy / "records" / "3963.jsonl"
    lines = posts.read_bytes().splitlines()
    at = next(i for i, line in enumerate(lines) if small.posts["first"].id.encode() in line)
    lines[at] = lines[at].replace("субботу".encode(), "пятницу".encode())
    posts.write_bytes(b"\n".join(lines) + b"\n")
    tally = copy / "petition" / small.world.petition.id / "tally.json"
    tally.write_bytes(tally.read_bytes().replace(b'"counted":3', b'"counted":9'))
    resign(copy)
    _, said = check(copy)
    assert f"records/3963.jsonl: line {at + 1}: bad-id" in said
    assert f"{tally.relative_to(copy)}: its count is not that of the records" in said


def test_a_forger_cannot_leave_a_group_out_unseen(copy: Path, small: Small) -> None:
    """What is left out can only be left out with its pages: a second source tells."""
    gone = small.posts["appeal"].id
    for lang in ("ru", "en"):
        (copy / lang / "post" / f"{gone}.html").unlink()
    resign(copy)
    _, said = check(copy)
    assert f"ru/post/{gone}.html: missing: the records call for it" in said


def test_a_page_that_no_record_calls_for_is_named(copy: Path) -> None:
    (copy / "ru" / "orders.html").write_text("<p>Приказ")
    resign(copy)
    _, said = check(copy)
    assert "ru/orders.html: nothing in the records calls for it" in said


def test_an_invented_signature_is_found_by_the_recount(copy: Path, small: Small) -> None:
    """Its stamps are another key's: id and sig are right, and so is every hash."""
    day = next((copy / "records" / "3971" / small.world.petition.id).glob("*.jsonl"))
    good = read_line(day.read_bytes().splitlines()[0])
    invented = sign(Draft(good.kind, good.tags, good.content, good.created_at), OTHER_SECRET)
    day.write_bytes(day.read_bytes() + invented.line + b"\n")
    resign(copy)
    status, said = check(copy)
    assert status == 1
    assert "tally.json: its count is not that of the records, which is 3" in said


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"# at 1", b"# at 2"),
        (b"# node ", b"# node 0"),
        (b"  ru/groups.html", b"  ru/../groups.html"),
        (b"  ru/groups.html", b"  /etc/passwd"),
        (b"# wayhome mirror 1\n", b"# wayhome mirror 2\n"),
        (b"\n# sig ", b"\n# sign "),
    ],
)
def test_a_changed_manifest_ends_the_check_at_once(copy: Path, old: bytes, new: bytes) -> None:
    path = copy / NAME
    path.write_bytes(path.read_bytes().replace(old, new, 1))
    status, said = check(copy)
    assert status == 1
    assert NAME in said
    assert "whole" not in said


def test_pages_of_another_version_are_not_called_right(copy: Path, opened: Opened) -> None:
    old = manifest_of(copy)
    (copy / NAME).write_bytes(replace(old, program="9.9.9").signed(Copies(opened).secret))
    status, said = check(copy)
    assert status == 2
    assert "drawn by wayhome 9.9.9" in said


def one_text_later(small: Small, tmp_path: Path) -> Path:
    """Give a mirror of the same node after one more text."""
    group = small.world.groups[2]
    before = list(group.records)
    group.say(
        write((group.id, group.id), Writing("Новое", "ru", "Завтра.", "post"), OPEN - 4 * DAY)
    )
    more = Opened(tmp_path / "more", tuple(g.id for g in small.world.groups))
    more.take([*small.lines, *(one.line for one in group.records)])
    group.records[:] = before
    Copies(more).write(tmp_path / "tomorrow")
    more.node.close()
    assert contents(tmp_path / "tomorrow")
    return tmp_path / "tomorrow"
