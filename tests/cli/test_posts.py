"""What a group writes, from a file on the disk to a record that every node would take."""

import re

from cli.test_refusals import opening
from cli.town import Machine
from wayhome.channel.kinds.post import Post
from wayhome.records.record import Record, read_line

ALONE = ("--key", "mine.key", "--out", "alone.jsonl", "--yes")


def written(machine: Machine, *words: object) -> Record:
    """Write something; the record that was added last."""
    (machine.folder / "text.md").write_text("# Слово\n\nи *дело*\n", "utf-8")
    machine.does(*words, *ALONE)
    return read_line((machine.folder / "alone.jsonl").read_bytes().splitlines()[-1])


def test_a_post_says_what_it_was_asked_to_say(anna: Machine) -> None:
    words = ("post", "write", "text.md", "--title", "Речь", "--lang", "tt", "--as", "manifesto")
    record = written(anna, *words)
    said = Post.of(record)
    assert (said.title, said.lang, said.form) == ("Речь", "tt", "manifesto")
    assert record.content == "# Слово\n\nи *дело*"
    assert record.created_at % 86_400 == 0  # the hour is nobody's business


def test_a_translation_is_published_as_what_the_original_was(anna: Machine) -> None:
    first = written(anna, "post", "write", "text.md", "--title", "Речь", "--as", "appeal")
    words = ("post", "translate", first.id[:12], "text.md", "--title", "Speech", "--lang", "en")
    said = Post.of(written(anna, *words))
    assert (said.translates, said.form, said.lang) == (first.id, "appeal", "en")


def test_a_correction_keeps_what_it_does_not_change(anna: Machine) -> None:
    first = written(anna, "post", "write", "text.md", "--title", "Речь", "--as", "appeal")
    words = ("post", "translate", first.id, "text.md", "--title", "Speech", "--lang", "en")
    other = written(anna, *words)
    said = Post.of(written(anna, "post", "correct", other.id, "text.md"))
    assert (said.title, said.lang, said.form) == ("Speech", "en", "appeal")
    assert (said.corrects, said.translates) == (other.id, first.id)


def test_another_groups_text_is_adopted_by_its_id(anna: Machine) -> None:
    first = written(anna, "post", "write", "text.md", "--title", "Речь", "--as", "appeal")
    words = ("post", "write", "text.md", "--title", "И наша речь", "--adopts", first.id[:10])
    assert Post.of(written(anna, *words)).adopts == first.id
    words = ("post", "write", "text.md", "--title", "т", "--adopts", "f" * 64)
    assert "there is no record" in anna.is_refused(*words, *ALONE)


def test_a_group_joins_an_appeal_and_leaves_it_only_when_told_to(anna: Machine) -> None:
    appeal = written(anna, "post", "write", "text.md", "--title", "Речь", "--as", "appeal")
    words = ("post", "adopt", appeal.id[:12], "text.md", "--title", "И мы")
    assert "nothing to join" in anna.is_refused(*words, *ALONE)
    found = ("group", "found", "--name", "Тверь", "--k", 1)
    tver = written(anna, *found).id
    joined = written(anna, *words, "--group", tver)
    assert Post.of(joined).adopts == appeal.id
    again = written(anna, "post", "correct", joined.id, "text.md", "--group", tver)
    assert Post.of(again).adopts == appeal.id
    left = ("post", "correct", again.id, "text.md", "--leave", "--group", tver)
    assert Post.of(written(anna, *left)).adopts is None
    proposal = ("post", "adopt", tver, "text.md", "--title", "т", "--group", tver)
    assert "not a text that a group has signed" in anna.is_refused(*proposal, *ALONE)


def test_a_petition_is_translated_by_a_post(anna: Machine) -> None:
    shown = anna.does(*opening(anna))
    petition = re.findall(r"^PETITION  ([0-9a-f]{64})", shown, re.MULTILINE)[0]
    words = ("post", "translate", petition, "text.md", "--title", "Home", "--lang", "en")
    said = Post.of(written(anna, *words))
    assert (said.translates, said.form) == (petition, "post")


def test_a_file_is_cosigned_where_it_lies(anna: Machine) -> None:
    olga = Machine(anna.folder.parent / "olga")
    key = olga.key()
    words = ("group", "found", "--name", "Тверь", "--k", 2, "--organiser", key, "--key", "mine.key")
    anna.does(*words, "--out", "two.jsonl", "--yes")
    (olga.folder / "two.jsonl").write_bytes((anna.folder / "two.jsonl").read_bytes())
    said = olga.does("cosign", "two.jsonl", "--key", "mine.key", "--out", "two.jsonl", typed="y\n")
    assert "Тверь" in said
    lines = (olga.folder / "two.jsonl").read_bytes().splitlines()
    assert [read_line(line).kind for line in lines] == [3960, 3961]
    assert "nothing was signed" in olga.does("cosign", "two.jsonl", *ALONE)
    assert "Тверь" in olga.does("group", "show", "--from", "two.jsonl")
