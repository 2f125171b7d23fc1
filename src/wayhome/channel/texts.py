"""Texts: all that groups say, each text in its languages, with its corrections. Nothing is hidden.

A group carries a text that it wrote, or adopted by a post that names any of the text's posts, in
whatever language and however often it was corrected. What counts is how the group's post reads
now: a correction that names the text no more takes the adoption back. A post that adopts the
adoption of another group adopts that, and not the text behind it.

A node has one `Texts` for as long as nobody comes into office or leaves it: what became official
since gives the next one, which reads anew only what is tied to that.
"""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from typing import Self

from wayhome.channel.kinds.post import Post
from wayhome.channel.ties import Posts, Text, Version, text_of
from wayhome.groups.standing import Standing
from wayhome.records.record import Record


class Texts:
    """Official posts tied together, of the groups that are carried. It never changes.

    Groups that are not carried have no text here; they may still translate and correct.
    """

    def __init__(self, standing: Standing, carries: Callable[[str], bool]) -> None:
        self.standing = standing
        self.all: tuple[Text, ...] = ()  # newest first by the original's date, then by id
        self._carries = carries
        self._posts = Posts({}, {})
        self._naming: Mapping[str, tuple[str, ...]] = {}  # what ties or adoptions name, and whose
        self._by_post: Mapping[str, Text] = {}
        self._by_group: Mapping[str, tuple[Text, ...]] = {}

    def noting(self, records: Iterable[Record], standing: Standing) -> Self:
        """Give the texts of these posts too, some of which it may have; this one stays as it is.

        ``standing`` has the offices of the one before: then what was official still is.
        """
        known = self._posts.by_id
        new = {
            one.id: Version(one, Post.of(one))
            for one in records
            if one.id not in known and standing.is_official(one.id)
        }
        view = copy(self)
        view.standing = standing
        if new:
            view._tie(new)  # noqa: SLF001 - it is not anybody's yet
        return view

    def post(self, record_id: str) -> Version | None:
        """Find an official post, of whatever group."""
        return self._posts.by_id.get(record_id)

    def find(self, record_id: str) -> Text | None:
        """Find the text that a post is one of, replaced ones included."""
        return self._by_post.get(record_id)

    def speakers(self) -> tuple[str, ...]:
        """Give the groups that have texts, ascending."""
        return tuple(sorted(self._by_group))

    def of_group(self, group: str) -> tuple[Text, ...]:
        """Give the texts that a group wrote."""
        return self._by_group.get(group, ())

    def translations_of(self, petition: str) -> tuple[Version, ...]:
        """Give the official posts that translate a petition, each as it was corrected last.

        By language, then by the id of what was corrected.
        """
        posts = self._posts
        named = (posts.by_id[one] for one in self._naming.get(petition, ()))
        firsts = [
            one for one in named if one.post.translates == petition and posts.corrected(one) is None
        ]
        return tuple(posts.latest(one) for one in sorted(firsts, key=lambda v: (v.post.lang, v.id)))

    def adopters_of(self, text: Text) -> tuple[Version, ...]:
        """Give the posts by which other groups make a text theirs, one for each group."""
        found: dict[str, Version] = {}
        for name in {one for named in text.ids for one in self._naming.get(named, ())}:
            version, said = self._posts.by_id[name], self._by_post.get(name)
            is_read = said is not None and version in said.current
            if is_read and version.post.adopts in text.ids and _is_anothers(version, text):
                group = version.post.group
                found[group] = min(found.get(group, version), version, key=lambda one: one.id)
        return tuple(sorted(found.values(), key=lambda one: one.post.group))

    def _tie(self, new: Mapping[str, Version]) -> None:
        posts = Posts({**self._posts.by_id, **new}, dict(self._posts.replaced))
        naming = dict(self._naming)
        for name, one in new.items():
            for other in one.named:
                naming[other] = (*naming.get(other, ()), name)
        self._posts, self._naming = posts, naming
        together = self._tied_to(new)
        posts.replaced.update(posts.corrections_among(together))
        gone = {text.original.id: text for name in together if (text := self._by_post.get(name))}
        self._list(tuple(gone.values()), tuple(self._read(together)))

    def _tied_to(self, new: Iterable[str]) -> set[str]:
        """Give these posts, and all that translates or corrects one of them, or is so by one."""
        found, edge = set[str](), set(new)
        while edge:
            found |= edge
            ties = (one for name in edge for one in self._posts.by_id[name].ties)
            naming = (
                one
                for name in edge
                for one in self._naming.get(name, ())
                if name in self._posts.by_id[one].ties
            )
            edge = {one for one in (*ties, *naming) if one in self._posts.by_id} - found
        return found

    def _read(self, together: Iterable[str]) -> Iterator[Text]:
        posts = self._posts
        found: dict[str, list[Version]] = {}
        for name in sorted(together):
            version = posts.by_id[name]
            found.setdefault(posts.root(version).id, []).append(version)
        for root, versions in found.items():
            original = posts.by_id[root]
            # what translates is of a petition, or of what is not official
            if not original.post.translates and self._carries(original.post.group):
                yield text_of(posts, original, versions)

    def _list(self, gone: Sequence[Text], new: Sequence[Text]) -> None:
        by_post = dict(self._by_post)
        for text in gone:
            for one in text.ids:
                del by_post[one]
        by_post.update((one, text) for text in new for one in text.ids)
        self._by_post = by_post
        self.all = _listed(self.all, gone, new)
        self._by_group = _listed_by_group(self._by_group, gone, new)


def _is_anothers(version: Version, text: Text) -> bool:
    return version.post.group != text.original.post.group


def _newest(text: Text) -> tuple[int, str]:
    return -text.original.record.created_at, text.original.id


def _listed(
    before: Sequence[Text], gone: Iterable[Text], new: Collection[Text]
) -> tuple[Text, ...]:
    if not before:
        return tuple(sorted(new, key=_newest))
    found = list(before)
    for one in gone:
        del found[bisect_left(found, _newest(one), key=_newest)]
    for one in new:
        insort(found, one, key=_newest)
    return tuple(found)


def _listed_by_group(
    before: Mapping[str, tuple[Text, ...]], gone: Iterable[Text], new: Iterable[Text]
) -> Mapping[str, tuple[Text, ...]]:
    moved = defaultdict[str, tuple[list[Text], list[Text]]](lambda: ([], []))
    for place, texts in enumerate((gone, new)):
        for one in texts:
            moved[one.original.post.group][place].append(one)
    found = {**before, **{at: _listed(before.get(at, ()), *both) for at, both in moved.items()}}
    return {at: texts for at, texts in found.items() if texts}
