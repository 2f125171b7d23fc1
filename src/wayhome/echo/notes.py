"""Notes: an official text as it is said elsewhere, always with the address of its proof."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from wayhome.pages import prose
from wayhome.pages.words import LANGUAGES, words
from wayhome.records.draft import Draft
from wayhome.web.seal import seal_of
from wayhome.web.site import Site
from wayhome.web.texts import texts_of

NOTE, ARTICLE = 1, 30023  # NIP-01's short note, NIP-23's article
Form: TypeAlias = Literal["short", "long"]


@dataclass(frozen=True, slots=True)
class Said:
    """One official text in one language, with what a reader elsewhere needs to know of it."""

    id: str
    lang: str
    title: str
    text: str
    at: int
    whose: str  # a sentence: who signed it
    proof: str  # an address


def said_by(site: Site) -> Iterator[Said]:
    """Give the current version of every official text in every language, the oldest first."""
    address = site.face.address.rstrip("/")
    for text in sorted(texts_of(site).all, key=lambda one: one.original.record.created_at):
        for version in text.current:
            seal = seal_of(site, version.record)
            lang = version.post.lang if version.post.lang in LANGUAGES else LANGUAGES[0]
            whose = words(lang).say_many(
                "Signed by %(num)s of %(all)s organiser of the group “%(group)s”.",
                "Signed by %(num)s of %(all)s organisers of the group “%(group)s”.",
                seal.signed,
                all=seal.organisers,
                group=seal.name,
            )
            yield Said(
                version.id,
                version.post.lang,
                version.post.title,
                version.record.content,
                version.record.created_at,
                whose.unescape(),
                f"{address}/{lang}/post/{version.id}.html",
            )


def short(said: Said) -> str:
    """Give a text as a message: its beginning, whose it is, and where that can be checked."""
    return "\n\n".join((said.title, prose.excerpt(said.text), f"{said.whose}\n{said.proof}"))


def long(said: Said) -> str:
    """Give a text whole, in Markdown, with the same end."""
    return "\n\n".join((said.text, "---", f"{said.whose}\n{said.proof}"))


def printed(said: Said, form: Form) -> str:
    """Give what is said, in the form that is wished."""
    return short(said) if form == "short" else long(said)


def draft(said: Said, form: Form) -> Draft:
    """Give a note for a Nostr relay; the same text gives the same id, so sending twice is once."""
    proof = ("r", said.proof)
    if form == "short":
        return Draft(NOTE, (proof,), printed(said, form), said.at)
    tags = (("d", said.id), ("title", said.title), ("published_at", str(said.at)), proof)
    return Draft(ARTICLE, tags, printed(said, form), said.at)
