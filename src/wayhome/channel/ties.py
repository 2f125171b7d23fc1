"""Ties: which posts are one text: an original, what translates it, and what corrects any of these.

A correction is a post of its own that names what it corrects, of the same group and in the same
language; the first stays visible and says so. Of two corrections of one post both are shown, and
the text reads as the one with the lower id says, so that all nodes read the same.

Anybody may translate, but a group's own translation goes before a stranger's: else whoever is
within reach could put words into another's mouth. A tie names an older record's hash, so no ties
make a ring, and following them ends.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wayhome.channel.kinds.post import Form, Post
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

    @property
    def ties(self) -> tuple[str, ...]:
        """What it translates and corrects: with that it makes one text."""
        return tuple(one for one in (self.post.translates, self.post.corrects) if one)

    @property
    def named(self) -> frozenset[str]:
        """What it translates, corrects or adopts."""
        return frozenset((*self.ties, *filter(None, (self.post.adopts,))))


@dataclass(frozen=True, slots=True)
class Text:
    """An original with all that belongs to it.

    `current` has one version for each language, the original's first; `stale` are languages whose
    translation is of what does not stand any more: corrected since, or itself a translation of
    such; `replaced` maps a post's id to the ids of its corrections.
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

    @property
    def ids(self) -> frozenset[str]:
        """The ids of all its posts, replaced ones included."""
        replacing = (one for ids in self.replaced.values() for one in ids)
        current = (one.id for one in self.current)
        return frozenset((self.original.id, *current, *self.replaced, *replacing))


@dataclass(frozen=True, slots=True)
class Posts:
    """Official posts by id, and of each that is corrected, by which others, ascending."""

    by_id: dict[str, Version]
    replaced: dict[str, tuple[str, ...]]

    def corrections_among(self, together: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Give, of each of these posts that is corrected, by which of these it is."""
        found: dict[str, tuple[str, ...]] = {}
        for name in sorted(together):
            other = self.corrected(self.by_id[name])
            if other is not None:
                found[other.id] = (*found.get(other.id, ()), name)
        return found

    def corrected(self, version: Version) -> Version | None:
        """Give what a post corrects, if that is official and this group's to correct."""
        other = self.by_id.get(version.post.corrects or "")
        return other if other and version.post.may_correct(other.post) else None

    def latest(self, version: Version) -> Version:
        """Give the post that a post reads as, after all its corrections."""
        while later := self.replaced.get(version.id):
            version = self.by_id[later[0]]
        return version

    def first(self, version: Version) -> Version:
        """Give the post that a correction, or a correction of corrections, began with."""
        while (other := self.corrected(version)) is not None:
            version = other
        return version

    def translated(self, version: Version) -> Version | None:
        """Give what a post translates; a correction may leave that to what it corrects."""
        one: Version | None = version
        while one is not None:
            if one.post.translates:
                return self.by_id.get(one.post.translates)
            one = self.corrected(one)
        return None

    def root(self, version: Version) -> Version:
        """Give the original of all that a post is tied to."""
        while True:
            version = self.first(version)
            source = self.by_id.get(version.post.translates or "")
            if source is None:
                return version
            version = source

    def is_fresh(self, version: Version) -> bool:
        """Tell whether all that a post was translated from still reads as it did."""
        source = self.translated(version)
        while source is not None:
            if self.latest(self.first(source)) != source:
                return False
            source = self.translated(source)
        return True


def text_of(posts: Posts, original: Version, found: Sequence[Version]) -> Text:
    """Give the text of an original, and of all posts whose root it is."""
    first = posts.latest(original)
    current, stale = [first], set()
    for lang in sorted({one.post.lang for one in found} - {first.post.lang}):
        heads = [
            posts.latest(one)
            for one in found
            if one.post.lang == lang and posts.corrected(one) is None
        ]
        group = original.post.group
        # the group's own goes first, then what is up to date, then the lowest id
        best = min(heads, key=lambda v: (v.post.group != group, not posts.is_fresh(v), v.id))
        current.append(best)
        if not posts.is_fresh(best):
            stale.add(lang)
    replaced = {one.id: posts.replaced[one.id] for one in found if one.id in posts.replaced}
    return Text(original, tuple(current), frozenset(stale), replaced)
