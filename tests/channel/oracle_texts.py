"""Oracle: texts as docs/protocol/kinds/post.md defines them, from tags; slow, sharing nothing.

Every question is asked of all posts anew. A post is its tags in a dict, a text is ids.
"""

from collections.abc import Iterable
from typing import NamedTuple

from wayhome.groups.standing import Standing
from wayhome.records.record import Record


class Told(NamedTuple):
    """A text: its original; by language what it shows, and what of that is stale; corrections."""

    original: str
    shown: dict[str, str]
    stale: frozenset[str]
    corrections: dict[str, tuple[str, ...]]

    @property
    def ids(self) -> frozenset[str]:
        """Its posts: the original, what it shows, and all that corrects or is corrected."""
        correcting = [one for found in self.corrections.values() for one in found]
        return frozenset([self.original, *self.shown.values(), *self.corrections, *correcting])


class Oracle:
    """All official posts."""

    def __init__(self, records: Iterable[Record], standing: Standing) -> None:
        official = [one for one in records if standing.is_official(one.id)]
        self.tags = {one.id: dict(one.tags) for one in official}
        self.dates = {one.id: one.created_at for one in official}

    def corrects(self, post: str, other: str) -> bool:
        """A correction counts only within one group and one language."""
        if self.tags[post].get("corrects") != other or other not in self.tags:
            return False
        return all(self.tags[post][name] == self.tags[other][name] for name in ("g", "lang"))

    def corrections(self, post: str) -> list[str]:
        return sorted(one for one in self.tags if self.corrects(one, post))

    def corrected(self, post: str) -> list[str]:
        return [one for one in self.tags if self.corrects(post, one)]

    def reads_as(self, post: str) -> str:
        """Of two corrections the text reads as the one with the lower id."""
        later = self.corrections(post)
        return self.reads_as(later[0]) if later else post

    def is_read(self, post: str) -> bool:
        """Nothing that came of the same first post is read in its place."""
        return not self.corrections(post) and self.would_be(post)

    def would_be(self, post: str) -> bool:
        """Tell whether a post would be read if nothing corrected it."""
        earlier = self.corrected(post)
        return not earlier or (
            self.corrections(earlier[0])[0] == post and self.would_be(earlier[0])
        )

    def translates(self, post: str) -> str:
        """A correction of a translation translates what the first did, unless it says otherwise."""
        earlier = self.corrected(post)
        own = self.tags[post].get("translates", "")
        return own or (self.translates(earlier[0]) if earlier else "")

    def is_stale(self, post: str) -> bool:
        """A translation of what is not read any more, and a translation of a stale one."""
        source = self.translates(post)
        return source in self.tags and (not self.is_read(source) or self.is_stale(source))

    def text_of(self, post: str) -> str:
        """A correction is of the text of what it corrects, a translation of what it translates.

        Empty where that is a petition, or nothing official.
        """
        earlier = self.corrected(post)
        if earlier:
            return self.text_of(earlier[0])
        source = self.tags[post].get("translates", "")
        if not source:
            return post
        return self.text_of(source) if source in self.tags else ""

    def told(self, original: str) -> Told:
        posts = [one for one in self.tags if self.text_of(one) == original]
        group, lang = self.tags[original]["g"], self.tags[original]["lang"]
        shown = {lang: self.reads_as(original)}
        for other in {self.tags[one]["lang"] for one in posts} - {lang}:
            candidates = [
                self.reads_as(one)
                for one in posts
                if self.tags[one]["lang"] == other and not self.corrected(one)
            ]
            own = [one for one in candidates if self.tags[one]["g"] == group] or candidates
            fresh = [one for one in own if not self.is_stale(one)] or own
            shown[other] = min(fresh)
        stale = {one for one in shown if one != lang and self.is_stale(shown[one])}
        corrections = {one: tuple(self.corrections(one)) for one in posts if self.corrections(one)}
        return Told(original, shown, frozenset(stale), corrections)

    def texts(self) -> list[Told]:
        """Newest first by the original's date, then by id."""
        originals = {self.text_of(one) for one in self.tags} - {""}
        return [self.told(one) for one in sorted(originals, key=lambda o: (-self.dates[o], o))]

    def translations_of(self, petition: str) -> list[str]:
        """By language, then by the id of what was corrected."""
        firsts = [
            (self.tags[one]["lang"], one)
            for one in self.tags
            if self.tags[one].get("translates") == petition and not self.corrected(one)
        ]
        return [self.reads_as(one) for _, one in sorted(firsts)]

    def adopters_of(self, text: Told) -> list[str]:
        """Of each other group the lowest id of what its texts show and adopts one of the posts."""
        shown = [one for other in self.texts() for one in other.shown.values()]
        adopting = [one for one in shown if self.tags[one].get("adopts") in text.ids]
        groups = {self.tags[one]["g"] for one in adopting} - {self.tags[text.original]["g"]}
        return [
            min(one for one in adopting if self.tags[one]["g"] == group) for group in sorted(groups)
        ]
