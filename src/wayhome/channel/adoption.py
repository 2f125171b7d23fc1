"""Adoption: which groups carry a text: who wrote it, and who made it theirs by a post of their own.

A group adopts by a post that names any of the text's posts, in whatever language and however often
it was corrected. What counts is how the group's post reads now: a correction that names the text no
more takes the adoption back. A post that adopts the adoption of another group adopts that, and not
the text behind it.
"""

from collections.abc import Iterable

from wayhome.channel.texts import Text, Version


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
