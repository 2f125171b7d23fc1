"""A mirror is written: the same set gives the same bytes, only what changed, on after a kill."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from mirror.copies import Copies, contents, manifest_of, resign
from petition_world import DAY, OPEN
from wayhome.channel.service import Writing, write
from wayhome.mirror.folder import JOURNAL, Folder, MirrorFault
from wayhome.mirror.writing import write_mirror
from wayhome.pages.words import LANGUAGES
from web.small import Opened, Small, paths_of


class Ways(HTMLParser):
    """Every way that a page leads, and the policy in its head."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ways: list[str] = []
        self.policy = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self.ways += [known[name] or "" for name in ("href", "src", "action") if name in known]
        if tag == "meta" and known.get("http-equiv") == "Content-Security-Policy":
            self.policy = known["content"] or ""


def pages_of(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.html"))


def test_every_page_of_every_language_is_a_file(written: Path, small: Small) -> None:
    for lang in LANGUAGES:
        for path in paths_of(small):
            assert (written / lang / f"{path}.html").is_file(), path
        assert (written / lang / "atom.xml").is_file()
    assert (written / "index.html").is_file()


def test_every_way_in_a_copy_leads_to_one_of_its_files(written: Path) -> None:
    led = 0
    for page in pages_of(written):
        for way in Ways(page.read_text("utf-8")).ways:
            if re.match(r"https?://|#", way):
                continue
            assert not way.startswith("/"), (page, way)
            target = (page.parent / way.partition("#")[0]).resolve()
            assert target.is_file(), (page, way)
            assert target.is_relative_to(written.resolve()), (page, way)
            led += 1
    assert led > 1_000


def test_every_page_carries_its_policy_because_a_plain_web_space_has_no_headers(
    written: Path,
) -> None:
    for page in pages_of(written):
        policy = Ways(page.read_text("utf-8")).policy
        assert policy.startswith("default-src 'none'"), page
        assert "frame-ancestors" not in policy


def test_no_page_of_a_copy_sends_anything_to_the_web_space(written: Path) -> None:
    assert not [page for page in pages_of(written) if "<form" in page.read_text("utf-8")]


def test_a_copy_says_that_it_is_one_and_of_when(written: Path) -> None:
    said = (written / "en" / "index.html").read_text("utf-8")
    assert "This is a copy. Its newest record is of" in said
    assert "4 February 2027" in said  # the end of the last window that has signatures


def test_a_printed_address_opens_the_page_itself(written: Path, small: Small) -> None:
    asked = small.world.petition
    short = (written / "s" / asked.id[:16] / "index.html").read_bytes()
    post = small.posts["appeal"].id
    led = (written / "s" / post[:16] / "index.html").read_bytes()
    assert led == (written / "ru" / "post" / f"{post}.html").read_bytes()
    assert short == (written / "ru" / "petition" / f"{asked.id}.html").read_bytes()


def test_the_same_set_gives_the_same_bytes_whatever_the_order_and_the_hour(
    small: Small, tmp_path: Path
) -> None:
    # the poll's window has not ended: what is dated to it is not of the past for every clock
    lines = [line for line in small.lines if not is_answer_to(small.poll.petition.id, line)]
    made = []
    for order, now in ((1, OPEN + 4 * DAY), (-1, OPEN + 40 * DAY + 12_345)):
        homes = tuple(g.id for g in small.world.groups)
        node = Opened(tmp_path / f"node{order}", homes, now=now)
        node.take(lines[::order])
        assert node.take(lines) == []
        Copies(node).write(tmp_path / f"copy{order}")
        node.node.close()
        made.append(contents(tmp_path / f"copy{order}"))
    assert made[0] == made[1]


def is_answer_to(poll: str, line: bytes) -> bool:
    return b',"kind":3971,' in line and poll.encode() in line


def test_a_second_run_writes_nothing(opened: Opened, copy: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in copy.rglob("*") if path.is_file()}
    again = Copies(opened).write(copy)
    changed = [p.name for p, at in before.items() if p.stat().st_mtime_ns != at]
    assert (again.written, again.removed, changed) == (0, 0, ["manifest.txt"])


def test_one_new_text_changes_only_what_shows_it_and_gives_what_is_written_at_once(
    small: Small, copy: Path, tmp_path: Path
) -> None:
    own = Opened(tmp_path / "node", tuple(g.id for g in small.world.groups))
    own.take(small.lines)
    group = small.world.groups[2]
    said, before = list(group.records), contents(copy)
    new = group.say(
        write((group.id, group.id), Writing("Новое", "ru", "Завтра.", "post"), OPEN + 3 * DAY + 50)
    )
    own.take([one.line for one in group.records])
    group.records[:] = said
    try:
        Copies(own).write(copy)
        Copies(own).write(tmp_path / "at once")
    finally:
        own.node.close()
    after = contents(copy)
    assert after == contents(tmp_path / "at once")
    changed = {path for path in after if after[path] != before.get(path)}
    assert f"ru/post/{new.id}.html" in changed
    assert "records/3963.jsonl" in changed
    assert not [one for one in changed if "petition/" in one or "3971" in one or "static" in one]


def test_what_is_no_longer_called_for_is_taken_away(
    small: Small, copy: Path, tmp_path: Path
) -> None:
    fewer = Opened(tmp_path / "node", tuple(g.id for g in small.world.groups))
    gone = small.posts["appeal"]
    fewer.take([line for line in small.lines if gone.id.encode() not in line])
    try:
        done = Copies(fewer).write(copy)
    finally:
        fewer.node.close()
    assert done.removed > 0
    assert not (copy / "ru" / "post" / f"{gone.id}.html").exists()


class Killed(BaseException):
    """The writer was killed here."""


@pytest.mark.parametrize("after", [0, 7, 90])
def test_a_killed_run_is_gone_on_with_and_ends_as_if_nothing_had_been(
    opened: Opened, written: Path, tmp_path: Path, after: int
) -> None:
    def kill(done: int, of: int) -> None:
        del of
        if done == after:
            raise Killed

    folder = tmp_path / "copy"
    with pytest.raises(Killed):
        write_mirror(opened.node.site, Folder(folder), Copies(opened).secret, kill)
    half = contents(folder)
    (folder / "ru").mkdir(exist_ok=True)
    (folder / "ru" / "index.html.part").write_bytes(b"half a pa")
    again = Copies(opened).write(folder)
    assert len(half) == after + 1  # and the journal
    assert again.written == len(manifest_of(folder).files) - after
    assert contents(folder) == contents(written)


def test_what_a_killed_run_left_spoilt_is_written_anew(
    opened: Opened, written: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "copy"
    Copies(opened).write(folder)
    (folder / JOURNAL).write_text("nonsense\n../../outside\n")
    for path in ("records/3963.jsonl", "ru/index.html"):
        raw = (folder / path).read_bytes()
        (folder / path).write_bytes(raw[: len(raw) // 2])
    assert Copies(opened).write(folder).written == 2
    assert contents(folder) == contents(written)


def test_what_a_forger_listed_and_signed_is_not_signed_by_the_next_writer(
    opened: Opened, written: Path, copy: Path
) -> None:
    """A copy that was fetched, and is written over: the list's hashes are another's word."""
    for path in ("ru/index.html", "records/3963.jsonl"):
        raw = (copy / path).read_bytes()
        (copy / path).write_bytes(raw.replace("субботу".encode(), "пятницу".encode()) + b"\n")
    resign(copy)
    Copies(opened).write(copy)
    assert contents(copy) == contents(written)


def test_a_folder_with_something_else_in_it_is_left_alone(opened: Opened, tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("mine")
    with pytest.raises(MirrorFault, match="not empty and no mirror"):
        Copies(opened).write(tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == ["letters.txt"]
