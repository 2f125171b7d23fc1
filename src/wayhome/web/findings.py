"""Findings: what a recount found, told in whole sentences."""

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from wayhome.pages.render import bdi
from wayhome.pages.words import Words
from wayhome.web.pages import Ask
from wayhome.web.seal import name_of

GRAVE = ("over", "forked", "key-reused", "two-lists")


@dataclass(frozen=True, slots=True)
class Told:
    """One finding in words."""

    word: str
    sentence: Markup

    @property
    def is_grave(self) -> bool:
        """Tell whether somebody lied, or a key was stolen."""
        return self.word in GRAVE

    @property
    def is_small_crowd(self) -> bool:
        """Tell whether it is about few people with one pair of stamps."""
        return self.word == "small-quorum"


def told(ask: Ask, finding: str) -> Told:
    """Tell one finding of a recount."""
    word, _, about = finding.partition(":")
    name = bdi(name_of(ask.site, about)) if word in _OF_GROUPS else Markup.escape(about[:16])
    return Told(word, _sentences(ask.words, name)[word])


def why(ask: Ask, reason: str) -> Markup:
    """Tell why a petition cannot be counted."""
    word, _, about = reason.partition(":")
    _ = ask.words.say
    match word:
        case "no-acceptance":
            name = bdi(name_of(ask.site, about))
            return _("The group “%(group)s” has not accepted it yet.", group=name)
        case "not-official":
            return _("Its group has not signed it, or no longer stands by it.")
        case _word:
            return _("This node does not have it.")


_OF_GROUPS = frozenset(
    (
        "one-voice",
        "in-dispute",
        "over",
        "unsealed",
        "two-desks",
        "forked",
        "above-ceiling",
        "no-final",
        "unwitnessed",
    )
)


def _sentences(words: Words, name: Markup) -> Mapping[str, Markup]:
    return {**_of_groups(words, name), **_of_keys(words, name)}


def _of_groups(words: Words, name: Markup) -> Mapping[str, Markup]:
    _ = words.say
    return {
        "one-voice": _("The group “%(name)s” is spoken for by one person alone.", name=name),
        "in-dispute": _(
            "The group “%(name)s” is in dispute: two branches each call themselves the group.",
            name=name,
        ),
        "over": _(
            "More signatures carry stamps of the group “%(name)s” than it can have given. Its key "
            "was stolen, or its desk gave a wrong total; the records cannot tell which. The excess "
            "was set aside as a number.",
            name=name,
        ),
        "unsealed": _(
            "The group “%(name)s” changed its charter and did not confirm its part in this "
            "petition. It still counts, because other groups saw it stand.",
            name=name,
        ),
        "two-desks": _(
            "The group “%(name)s” named two stamping desks, so only its ceiling bounds it.",
            name=name,
        ),
        "forked": _(
            "The desk of the group “%(name)s” told two different stories about its stamps.",
            name=name,
        ),
        "above-ceiling": _(
            "The desk of the group “%(name)s” says it gave more stamps than it promised at most.",
            name=name,
        ),
        "no-final": _(
            "The desk of the group “%(name)s” has not published its final total.", name=name
        ),
        "unwitnessed": _(
            "No other group confirms the final total of the group “%(name)s”.", name=name
        ),
    }


def _of_keys(words: Words, key: Markup) -> Mapping[str, Markup]:
    _ = words.say
    return {
        "alone": _("You trust one group alone: it could invent signatures, and nobody would see."),
        "shared-organiser": _(
            "The organiser with the key %(key)s speaks in two groups of the panel, so these are "
            "not two independent groups.",
            key=key,
        ),
        "key-reused": _(
            "The stamp key %(key)s was also accepted for another petition: stamps may have been "
            "carried over.",
            key=key,
        ),
        "small-quorum": _("Few people have stamps of the same pair of groups."),
        "two-lists": _(
            "The key %(key)s published two different closing lists. Neither is used.", key=key
        ),
        "no-list-file": _(
            "The file of the closing list by the key %(key)s is missing or is another one.", key=key
        ),
        "lists-differ": _(
            "The closing lists are not all alike: nodes held different signatures at closing."
        ),
    }
