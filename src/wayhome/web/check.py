"""Check: is this really ours? A text, a link, a number or a file, against what is signed here."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal, TypeAlias

from wayhome.channel import genuine
from wayhome.channel.changes import Change
from wayhome.channel.genuine import Known, judge, named_in
from wayhome.channel.kinds import post
from wayhome.channel.kinds.post import Post
from wayhome.channel.proof import Proof, is_proof, read_proof
from wayhome.channel.savedform import SavedForm, is_form, read_form
from wayhome.channel.ties import Text
from wayhome.crypto import codes
from wayhome.groups.service import charter_of
from wayhome.petition.kinds.petition import Petition
from wayhome.records.record import Record
from wayhome.records.refused import Refused
from wayhome.web.assets import assets
from wayhome.web.help import post_that_signs
from wayhome.web.pages import Ask, Page
from wayhome.web.seal import Seal, groups_of, in_blocks, name_of, seal_of
from wayhome.web.site import Site
from wayhome.web.texts import texts_of

SHOWN = 3  # records that are named where a text is in several
_LINK = re.compile(r"(?:https?://)?[\w-]+(?:\.[\w-]+)+(?:[:/?#]\S*)?")  # and nothing else


@dataclass(frozen=True, slots=True)
class Asked:
    """What came with the form: a text as it was pasted, or a file's bytes with its name."""

    text: str = ""
    file: bytes = b""


@dataclass(frozen=True, slots=True)
class Found:
    """One official record that the answer names, with all that is known of it."""

    record: Record
    seal: Seal
    title: str
    lang: str
    way: str
    day: str
    charter: str
    is_replaced: bool  # its charter was; the record was sealed and stays
    languages: tuple[tuple[str, str], ...]  # code and path
    corrections: tuple[tuple[str, str], ...]  # day and path
    file: str  # the path of what can be taken away


Word: TypeAlias = Literal[
    "genuine",
    "altered",
    "unknown",
    "too-short",
    "too-long",
    "no-text",
    "no-proof",
    "group",
    "link",
    "code",
]


@dataclass(frozen=True, slots=True)
class Said:
    """The answer as the page shows it."""

    word: Word
    found: tuple[Found, ...] = ()
    is_part: bool = False
    by_number: bool = False  # only a number or link was looked at, not the text behind it
    changes: tuple[Change, ...] = ()
    proof: Proof | None = None
    form: SavedForm | None = None
    is_old: bool = False  # the group that signed the form has another charter by now
    group: str = ""  # whose number was asked about
    flaw: str = ""


def check(ask: Ask) -> Page:
    """Draw the page with the form."""
    return _page(ask, None, "")


def checked(ask: Ask, asked: Asked) -> Page:
    """Draw the page with the answer to what was asked; nothing of it is kept."""
    return _page(ask, answer(ask, asked), asked.text)


def answer(ask: Ask, asked: Asked) -> Said:
    """Say of what was asked what this node knows."""
    if is_form(asked.file):
        return _of_form(ask, asked.file)
    if is_proof(asked.file):
        return _of_proof(ask, asked.file)
    try:
        text = asked.file.decode("utf-8-sig") if asked.file else asked.text
    except UnicodeDecodeError:
        return Said("no-text")
    if number := named_in(text):
        return _of_number(ask, number)
    said = judge(text, known_to(ask.site))
    if said.word in ("unknown", "too-short") and (other := _instead_of_text(text)):
        return Said(other)
    named = tuple(_found(ask, one) for one in said.ids[: SHOWN if said.word == "genuine" else 1])
    return Said(said.word, named, said.is_part, changes=said.changes)


def _instead_of_text(asked: str) -> Word | None:
    """Tell what nobody can have signed: a link, or the code of a voucher, taken for a number."""
    with suppress(codes.BadCode):
        codes.read(asked)
        return "code"
    return "link" if _LINK.fullmatch(asked.strip()) else None


def known_to(site: Site) -> tuple[Known, ...]:
    """Give every official text that this node carries, petitions and polls among them."""

    def make() -> tuple[Known, ...]:
        posts = filter(None, map(texts_of(site).post, set(_official(site))))
        said = [Known(one.id, one.post.title, one.record.content) for one in posts]
        asked = [Known(one.id, each.title, one.content) for one, each in site.petitions()]
        return tuple(sorted((*said, *asked), key=lambda one: one.id))

    return site.said("known to be official", make)


def _official(site: Site) -> Iterator[str]:
    for text in texts_of(site).all:
        yield from text.ids
    for record, _ in site.petitions():
        for version in texts_of(site).translations_of(record.id):
            if site.reach.carries(version.post.group):
                yield version.id


def _page(ask: Ask, said: Said | None, text: str) -> Page:
    script = assets().by_name.get("check.js")
    return ask.draw(
        "check",
        ask.words.say("Is this really ours?"),
        said=said,
        group=name_of(ask.site, said.group) if said and said.group else "",
        blocks=" ".join(in_blocks(said.group)) if said else "",
        text="" if len(text) > genuine.LONGEST or (said and said.word == "code") else text,
        script=script.name if script else "",
        sentences=ask.words.of_script(assets().said.get("check", ())),
    )


def _of_number(ask: Ask, number: str) -> Said:
    ids = [one.id for one in known_to(ask.site) if one.id.startswith(number)]
    if number in groups_of(ask.site):
        return Said("group", group=number)
    if len(ids) != 1:
        return Said("unknown", by_number=True)
    return Said("genuine", (_found(ask, ids[0]),), by_number=True)


def _of_proof(ask: Ask, raw: bytes) -> Said:
    try:
        proof = read_proof(raw)
    except Refused as refused:
        return Said("no-proof", flaw=ask.words.refusal(refused.reason))
    is_here = any(one.id == proof.record.id for one in known_to(ask.site))
    found = (_found(ask, proof.record.id),) if is_here else ()
    return Said("genuine" if is_here else "unknown", found, proof=proof)


def _of_form(ask: Ask, raw: bytes) -> Said:
    try:
        form = read_form(raw)
    except Refused:
        return Said("too-long")
    heads = ask.site.standing.heads(form.proof.group) if form.proof else ()
    known = form.proof.record.id if form.proof else post_that_signs(ask.site, form.sum)
    is_here = any(one.id == known for one in known_to(ask.site))
    found = (_found(ask, known),) if is_here else ()
    is_signed = form.word == "genuine" or (form.word == "unsigned" and bool(found))
    word: Word = "genuine" if is_signed else "altered" if form.word == "altered" else "unknown"
    is_old = form.proof is not None and bool(heads) and form.proof.post.charter not in heads
    return Said(word, found, form=form, is_old=is_old)


def _found(ask: Ask, record_id: str) -> Found:
    site = ask.site
    record = site.reader.get(record_id)
    if record is None:
        raise AssertionError("what is known to be official is held")
    group, charter = charter_of(record)
    text = texts_of(site).find(record_id)
    is_post = record.kind == post.NUMBER
    said = Post.of(record) if is_post else Petition.of(record)
    kind = "post" if isinstance(said, Post) else "poll" if said.is_poll else "petition"
    return Found(
        record,
        seal_of(site, record),
        said.title,
        said.lang,
        f"{kind}/{record_id}",
        ask.words.day(record.created_at),
        charter,
        charter not in site.standing.heads(group),
        _languages(text) if text else (),
        _corrections(ask, text, record_id) if text else (),
        f"{ask.lang}/post/{record_id}.json" if is_post else f"petition/{record_id}/sheet.jsonl",
    )


def _languages(text: Text) -> tuple[tuple[str, str], ...]:
    return tuple((one.post.lang, f"post/{one.id}") for one in text.current)


def _corrections(ask: Ask, text: Text, record_id: str) -> tuple[tuple[str, str], ...]:
    later = (ask.site.reader.get(one) for one in text.replaced.get(record_id, ()))
    return tuple((ask.words.day(one.created_at), f"post/{one.id}") for one in later if one)
