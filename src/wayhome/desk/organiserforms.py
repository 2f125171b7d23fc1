"""Organiser forms: from what was filled in to what would be signed; shown first, then signed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import cast

from wayhome.channel.kinds.post import FORMS
from wayhome.channel.kinds.post import Form as PostForm
from wayhome.channel.service import Writing
from wayhome.desk import proposals
from wayhome.desk.charters import (
    Change,
    Step,
    amend_group,
    end_links,
    link_groups,
    read_caseworker,
    read_node,
    read_organiser,
)
from wayhome.desk.figureproposal import read_proposal
from wayhome.desk.known import DeskFault
from wayhome.desk.organiser import Organiser
from wayhome.desk.papers import Brought
from wayhome.desk.proposals import groups_naming, speaker
from wayhome.desk.texts import Voice, tidied
from wayhome.pages.words import LANGUAGES
from wayhome.records.draft import Draft
from wayhome.records.record import Record

_DIGITS = 4  # of a number of people


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it was filled in, and the file that belongs to it."""

    about: str  # the record or group that the form is about
    fields: Mapping[str, str | list[str]] = field(default_factory=dict, repr=False)
    file: Brought | None = field(default=None, repr=False)

    def one(self, name: str) -> str:
        """Give a field's text as it may stand in a record, empty where it was left out."""
        found = self.fields.get(name, "")
        return tidied(found) if isinstance(found, str) else ""

    def many(self, name: str) -> tuple[str, ...]:
        """Give all values of a field."""
        found = self.fields.get(name, [])
        return tuple(found) if isinstance(found, list) else (found,) if found else ()

    def words(self, name: str) -> tuple[str, ...]:
        """Give the words of a field, one after the other."""
        return tuple(self.one(name).split())


def made(desk: Organiser, filled: Filled) -> list[Record]:
    """Give what a form asks for, signed, and given to nobody yet.

    Raises:
        DeskFault: it cannot be done.
        Refused: what was typed is not well made.
    """
    mode = filled.one("mode")
    if mode not in MODES:
        raise DeskFault("there is no such form", "no-form")
    return MODES[mode](desk, filled)


def languages_of(desk: Organiser, group: str) -> list[str]:
    """Give the languages that a text can be written in: the group's, then those of the pages."""
    said = desk.known.charter(group)
    return list(dict.fromkeys((*said.languages, *LANGUAGES)))


def voice_of(desk: Organiser, group: str) -> Voice:
    """Give what the organiser's group can say.

    Raises:
        DeskFault: no group gives her a word, or several do and none was chosen.
    """
    own = speaker(desk.known, desk.public, group or desk.chosen)
    return Voice(desk.known, own, desk.now())


def _write(desk: Organiser, filled: Filled) -> list[Record]:
    voice, form = voice_of(desk, filled.one("group")), filled.one("form")
    writings = [
        Writing(
            filled.one(f"title-{lang}"),
            lang,
            filled.one(f"text-{lang}"),
            # it is one of FORMS, which are its own words
            cast("PostForm", form if form in FORMS else "post"),
        )
        for lang in languages_of(desk, voice.own[0])
    ]
    return voice.in_languages([one for one in writings if one.title or one.text], desk.secret)


def _translate(desk: Organiser, filled: Filled) -> list[Record]:
    voice = voice_of(desk, filled.one("group"))
    return _signed(desk, voice.translation(filled.about, _writing(filled)))


def _correct(desk: Organiser, filled: Filled) -> list[Record]:
    voice = voice_of(desk, filled.one("group"))
    title, text, leave = filled.one("title"), filled.one("text"), bool(filled.one("leave"))
    return _signed(desk, voice.correction(filled.about, title, text, leave=leave))


def _adopt(desk: Organiser, filled: Filled) -> list[Record]:
    voice = voice_of(desk, filled.one("group"))
    return _signed(desk, voice.adoption(filled.about, _writing(filled)))


def _link(desk: Organiser, filled: Filled) -> list[Record]:
    voice, other = voice_of(desk, filled.one("group")), filled.one("other").replace(" ", "")
    return [link_groups(desk.known, Step(voice.own, other), desk.secret, voice.now)]


def _unlink(desk: Organiser, filled: Filled) -> list[Record]:
    voice = voice_of(desk, filled.one("group"))
    return end_links(desk.known, voice.own, filled.one("other"), desk.secret, voice.now)


def _amend(desk: Organiser, filled: Filled) -> list[Record]:
    """Write the charter anew; what is left as it was stays."""
    k = filled.one("k")
    if not (k.isascii() and k.isdigit()):
        raise DeskFault("k is a number", "bad-k")
    change = Change(
        name=filled.one("name"),
        k=int(k[:_DIGITS]),
        joins=tuple(read_organiser(one) for one in filled.words("joins")),
        leaves=filled.many("leaves"),
        languages=filled.words("languages"),
        regions=filled.words("regions"),
        nodes=tuple(read_node(one) for one in filled.words("nodes")),
        drops=filled.many("drops"),
        caseworkers=tuple(read_caseworker(one) for one in filled.words("caseworkers")),
        dismissed=filled.many("dismissed"),
        base=filled.one("base"),
    )
    group = filled.one("group")
    if group not in groups_naming(desk.known, desk.public):
        raise DeskFault("the charter does not name this key", "not-named")
    return amend_group(desk.known, group, change, desk.secret, desk.now())


def _writing(filled: Filled) -> Writing:
    return Writing(filled.one("title"), filled.one("lang"), filled.one("text"))


def _signed(desk: Organiser, draft: Draft) -> list[Record]:
    return [proposals.write(draft, desk.secret)]


def _figures(desk: Organiser, filled: Filled) -> list[Record]:
    """Give what a caseworker's desk added up, as the group's figures; no number is typed here."""
    own = speaker(desk.known, desk.public, filled.one("group"))
    return _signed(desk, read_proposal(filled.one("figures")).draft(own, desk.now()))


MODES: dict[str, Callable[[Organiser, Filled], list[Record]]] = {
    "write": _write,
    "translate": _translate,
    "correct": _correct,
    "adopt": _adopt,
    "link": _link,
    "unlink": _unlink,
    "amend": _amend,
    "figures": _figures,
}
