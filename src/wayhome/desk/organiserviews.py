"""Organiser views: what each of an organiser's pages shows, in values for its template."""

from collections.abc import Callable
from dataclasses import dataclass

from wayhome.channel.kinds import post
from wayhome.channel.kinds.post import FORMS, Post
from wayhome.desk.charters import is_stale
from wayhome.desk.known import DeskFault, Known
from wayhome.desk.organiser import Organiser
from wayhome.desk.organiserforms import Filled, languages_of, made, voice_of
from wayhome.desk.ourgroup import OurGroup
from wayhome.desk.proposals import groups_naming, signed_by
from wayhome.desk.reading import (
    Reading,
    hidden_in,
    is_read,
    replaced_by,
    rows_of,
    unsealed_by,
    versions_of,
)
from wayhome.groups.kinds.charter import Charter
from wayhome.groups.service import charter_of
from wayhome.records.record import Record

_Values = dict[str, object]


@dataclass(frozen=True, slots=True)
class View:
    """A page: its template, its values, and the page that shows why it cannot be drawn."""

    template: str
    values: Callable[[Organiser, Filled], _Values]
    instead: str = "group"


def left(desk: Organiser) -> list[Reading]:
    """Give what was signed here and waits; a cosign stands for what it signs."""
    named = dict.fromkeys(signed_by(one) for one in desk.waiting)
    found = [desk.known.records[one] for one in named if one in desk.known.records]
    return [Reading.of(desk.known, one) for one in found if is_read(one)]


def _group(desk: Organiser, filled: Filled) -> _Values:
    ours = OurGroup.of(desk.known, desk.public, filled.about or desk.chosen)
    desk.chosen = ours.id
    return {
        "public": desk.public,
        "ours": ours,
        "faults": desk.faults,
        "sent": desk.sent,
        "left": left(desk),
        "nodes": len(desk.ways),
    }


def _sign(desk: Organiser, filled: Filled) -> _Values:
    record = desk.known.record(filled.about)
    return {
        "one": _whole(desk.known, record),
        "known": desk.known,
        "not_mine": desk.may_cosign(record),
        "me": desk.public,
    }


def _whole(known: Known, record: Record) -> _Values:
    """Give all that is shown of a record before it is signed."""
    reading = Reading.of(known, record)
    said, rows = reading.said, []
    if isinstance(said, Charter):
        rows = [rows_of(one, said) for one in replaced_by(known, said)] or [rows_of(None, said)]
    return {
        "it": reading,
        "said": said,
        "rows": rows,
        "lost": unsealed_by(known, said) if isinstance(said, Charter) else [],
        "versions": versions_of(known, record),
        "hidden": list(hidden_in(record)),
    }


def _preview(desk: Organiser, filled: Filled) -> _Values:
    records = made(desk, filled)
    known = desk.known.plus(*records)
    fields = {name: filled.many(name) for name in filled.fields if name != "shown"}
    return {
        # a season only carries what the charter behind it names by its sums
        "them": [_whole(known, one) | {"versions": []} for one in records if is_read(one)],
        "shown": [one.id for one in records],
        "known": known,
        "me": desk.public,
        "fields": fields,
        "back": _BACK[filled.one("mode")],
    }


def _texts(desk: Organiser, filled: Filled) -> _Values:
    """Give the group's official texts, newest first, and other groups' that can be joined."""
    known = desk.known
    group = voice_of(desk, filled.one("group")).own[0]
    official = [one for one in known.of_kind(post.NUMBER) if known.standing.is_official(one.id)]
    newest = sorted(official, key=lambda one: (-one.created_at, one.id))
    read = [Reading.of(known, one) for one in newest]
    return {
        "own": [one for one in read if charter_of(one.record)[0] == group],
        "others": [one for one in read if charter_of(one.record)[0] != group and _calls(one)],
        "corrected": {Post.of(one).corrects for one in official},
        "known": known,
    }


def _calls(one: Reading) -> bool:
    """Tell whether a text is one that groups join: an original appeal or manifesto."""
    return isinstance(one.said, Post) and one.word != "post" and not one.said.translates


def _write(desk: Organiser, filled: Filled) -> _Values:
    mine = groups_naming(desk.known, desk.public)
    group = voice_of(desk, filled.one("group")).own[0]
    return {
        "typed": _typed(filled),
        "forms": FORMS,
        "languages": languages_of(desk, group),
        "mine": [(one, desk.known.name(one)) for one in mine],
        "group": group,
    }


def _rewrite(desk: Organiser, filled: Filled) -> _Values:
    """Give what a text that is tied to another begins with."""
    record = desk.known.record(filled.about)
    reading, mode = Reading.of(desk.known, record), filled.one("mode")
    if not isinstance(reading.said, Post):
        raise DeskFault("that is no text", "no-text")
    typed = _typed(filled)
    if mode == "correct":
        typed = {"title": (reading.title,), "text": (record.content,)} | typed
    group = voice_of(desk, filled.one("group")).own[0]
    return {
        "mode": mode,
        "it": reading,
        "typed": typed,
        "languages": languages_of(desk, group),
    }


def _links(desk: Organiser, filled: Filled) -> _Values:
    """Give the groups that are known here, those that ours links to first."""
    known = desk.known
    own = voice_of(desk, filled.one("group")).own[0]
    linked, by = known.standing.links(own), known.standing.linked_by(own)
    others = [one for one in known.standing.groups() if one != own and known.standing.heads(one)]
    rows = [
        {
            "id": one,
            "charter": Charter.of(known.records[known.standing.heads(one)[0]]),
            "is_linked": one in linked,
            "links_to_us": one in by,
            "is_stale": one in linked and is_stale(known, own, one),
            "is_split": known.standing.is_split(one),
        }
        for one in others
    ]
    rows.sort(key=lambda row: (not row["is_linked"], str(row["id"])))
    return {"rows": rows, "typed": _typed(filled)}


def _charter(desk: Organiser, filled: Filled) -> _Values:
    """Give what the charter says, to change it; in a split what each branch says."""
    known = desk.known
    mine = groups_naming(known, desk.public)
    asked = filled.one("group") or desk.chosen
    group = asked if asked in mine else next(iter(mine), "")
    if not group:
        raise DeskFault("no charter in force names this key", "not-named")
    heads = known.standing.heads(group)
    begun = filled.one("base") if filled.one("base") in heads else heads[0]
    return {
        "group": group,
        "said": Charter.of(known.records[begun]),
        "heads": heads if len(heads) > 1 else (),
        "base": begun,
        "typed": _typed(filled),
        "me": desk.public,
    }


def _figures_in(_: Organiser, filled: Filled) -> _Values:
    return {"typed": filled.one("figures"), "group": filled.one("group")}


def _vouchers(desk: Organiser, filled: Filled) -> _Values:
    """Give where the stamping desk on this machine stands, and slips that were printed."""
    told: _Values = {"slips": desk.slips, "typed": _typed(filled), "stamps": None, "asked": None}
    if desk.stamping is None:
        return told
    with desk.stamping() as stamps:
        asked = desk.known.records.get(stamps.petition)
    mine = groups_naming(desk.known, desk.public)
    nodes = desk.known.charter(desk.chosen or mine[0]).nodes if mine else ()
    return told | {
        "stamps": stamps,
        "asked": Reading.of(desk.known, asked) if asked else None,
        "site": nodes[0].url if nodes else "",
    }


def _typed(filled: Filled) -> dict[str, tuple[str, ...]]:
    return {name: filled.many(name) for name in filled.fields if filled.many(name)}


_BACK = {"write": "write", "translate": "rewrite", "correct": "rewrite", "adopt": "rewrite"} | {
    "link": "links",
    "unlink": "links",
    "amend": "charter",
    "figures": "figures-in",
}
VIEWS = {
    "group": View("group.html", _group),
    "open-key": View("group.html", _group),
    "sign": View("sign.html", _sign),
    "texts": View("grouptexts.html", _texts),
    "write": View("write.html", _write),
    "rewrite": View("rewrite.html", _rewrite, "texts"),
    "links": View("links.html", _links),
    "charter": View("charter.html", _charter),
    "vouchers": View("vouchers.html", _vouchers),
    "preview": View("preview.html", _preview),
    "figures-in": View("figuresin.html", _figures_in),
}
# where one is after a form, or where it stands that was refused
AFTER = {
    "cosign": "sign",
    "speak": "preview",
    "print": "vouchers",
    "forget-slips": "vouchers",
}


def instead_of(view: str, filled: Filled) -> str:
    """Give the page that shows why another cannot be drawn."""
    return _BACK.get(filled.one("mode"), "group") if view == "preview" else VIEWS[view].instead
