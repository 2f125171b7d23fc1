"""Texts: a group's posts, in their languages, with their corrections. Nothing of it is hidden.

An original and its translations are one text. A correction is a post of its own that names what it
corrects; the first stays visible and says so. Of two corrections of one post both are shown, and
the text reads as the one with the lower id says, so that all nodes read the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from wayhome.channel.kinds.post import Form, Post
from wayhome.groups.standing import Standing
from wayhome.records.record import Record


@dataclass(frozen=True, slots=True)
class Version:
    """One official post."""

    record: Record
    post: Post

    @property
    def id(self) -> str:
        """The record's id."""
        return self.record.id


@dataclass(frozen=True, slots=True)
class Text:
    """An original with all that belongs to it.

    `current` has one version for each language, the original's first; `stale` are languages whose
    translation is of a version that was corrected since; `replaced` maps a post's id to the ids of
    its corrections.
    """

    original: Version
    current: tuple[Version, ...]
    stale: frozenset[str]
    replaced: dict[str, tuple[str, ...]]

    @property
    def form(self) -> Form:
        """What it was published as."""
        return self.original.post.form

    def in_language(self, lang: str) -> Version:
        """Give the version in a language, or in the original's where there is none."""
        return next((one for one in self.current if one.post.lang == lang), self.current[0])

    def has(self, record_id: str) -> bool:
        """Tell whether a post is one of this text's, replaced ones included."""
        replacing = (one for ids in self.replaced.values() for one in ids)
        return record_id in {
            self.original.id,
            *(v.id for v in self.current),
            *self.replaced,
            *replacing,
        }


def read_texts(records: Iterable[Record], standing: Standing) -> tuple[Text, ...]:
    """Tie official posts together; newest first by the original's date, then by id."""
    versions = {
        record.id: Version(record, Post.of(record))
        for record in records
        if standing.is_official(record.id)
    }
    roots: dict[str, list[Version]] = {}
    for version in versions.values():
        if version.post.translates and version.post.translates not in versions:
            continue  # of a petition (`translations_of`), or of what is not official
        roots.setdefault(_root(version, versions), []).append(version)
    texts = [_text(versions[root], found) for root, found in roots.items()]
    return tuple(sorted(texts, key=lambda one: (-one.original.record.created_at, one.original.id)))


def translations_of(
    petition_id: str, records: Iterable[Record], standing: Standing
) -> tuple[Version, ...]:
    """Give the official posts that translate a petition, by language, then by id."""
    found = (Version(one, Post.of(one)) for one in records if standing.is_official(one.id))
    tied = (one for one in found if one.post.translates == petition_id)
    return tuple(sorted(tied, key=lambda one: (one.post.lang, one.id)))


def _root(version: Version, versions: dict[str, Version]) -> str:
    # a tie names an older record's hash, so this ends
    while True:
        tied = version.post.corrects or version.post.translates
        if tied is None or tied not in versions:
            return version.id
        version = versions[tied]


def _text(original: Version, found: list[Version]) -> Text:
    replaced: dict[str, list[str]] = {}
    for one in found:
        if one.post.corrects:
            replaced.setdefault(one.post.corrects, []).append(one.id)
    ordered = {one: tuple(sorted(ids)) for one, ids in replaced.items()}
    by_id = {one.id: one for one in found}
    first = _latest(original, by_id, ordered)
    current, stale = [first], set()
    for lang in sorted({one.post.lang for one in found} - {first.post.lang}):
        roots = [one for one in found if one.post.lang == lang and one.post.corrects not in by_id]
        # of several translations the one of the newest text, then the lowest id
        best = min(roots, key=lambda one: (one.post.translates != first.id, one.id), default=None)
        if best is not None:
            current.append(_latest(best, by_id, ordered))
            if best.post.translates != first.id:
                stale.add(lang)
    return Text(original, tuple(current), frozenset(stale), ordered)


def _latest(
    version: Version, by_id: dict[str, Version], replaced: dict[str, tuple[str, ...]]
) -> Version:
    while later := [
        by_id[one]
        for one in replaced.get(version.id, ())
        if by_id[one].post.lang == version.post.lang
    ]:
        version = later[0]
    return version
