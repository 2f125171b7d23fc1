"""Oracle: texts read from all posts at once, as a node once did it for each new one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wayhome.channel.kinds.post import Post
from wayhome.channel.ties import Text, Version
from wayhome.groups.standing import Standing
from wayhome.records.record import Record


def read_texts(records: Iterable[Record], standing: Standing) -> tuple[Text, ...]:
    """Tie official posts together; newest first by the original's date, then by id."""
    posts = Posts.of(records, standing)
    found: dict[str, list[Version]] = {}
    for version in posts.by_id.values():
        found.setdefault(posts.root(version).id, []).append(version)
    texts = [
        _text(posts, posts.by_id[root], together)
        for root, together in found.items()
        if not posts.by_id[root].post.translates  # a petition, or what is not official
    ]
    return tuple(sorted(texts, key=lambda one: (-one.original.record.created_at, one.original.id)))


def translations_of(
    petition_id: str, records: Iterable[Record], standing: Standing
) -> tuple[Version, ...]:
    """Give the official posts that translate a petition, each as it was corrected last.

    By language, then by the id of what was corrected.
    """
    posts = Posts.of(records, standing)
    firsts = [
        one
        for one in posts.by_id.values()
        if one.post.translates == petition_id and posts.corrected(one) is None
    ]
    return tuple(posts.latest(one) for one in sorted(firsts, key=lambda v: (v.post.lang, v.id)))


def _text(posts: "Posts", original: Version, found: Sequence[Version]) -> Text:
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


@dataclass(frozen=True, slots=True)
class Posts:
    """Official posts, and which of them correct which."""

    by_id: dict[str, Version]
    replaced: dict[str, tuple[str, ...]]

    @classmethod
    def of(cls, records: Iterable[Record], standing: Standing) -> "Posts":
        official = (one for one in records if standing.is_official(one.id))
        posts = cls({one.id: Version(one, Post.of(one)) for one in official}, {})
        for name in sorted(posts.by_id):
            other = posts.corrected(posts.by_id[name])
            if other is not None:
                posts.replaced[other.id] = (*posts.replaced.get(other.id, ()), name)
        return posts

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


def adoptions(texts: Iterable[Text]) -> dict[str, tuple[Version, ...]]:
    """Give the posts that adopt each text, by the id of its original, one for each group."""
    known = tuple(texts)
    roots = {name: text.original.id for text in known for name in text.ids}
    groups = {text.original.id: text.original.post.group for text in known}
    found: dict[str, dict[str, Version]] = {}
    for one in (version for text in known for version in text.current):
        root = roots.get(one.post.adopts or "")
        if root is not None and one.post.group != groups[root]:
            said = found.setdefault(root, {})
            said[one.post.group] = min(said.get(one.post.group, one), one, key=lambda v: v.id)
    return {
        root: tuple(sorted(said.values(), key=lambda one: one.post.group))
        for root, said in found.items()
    }
