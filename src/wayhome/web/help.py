"""Help: who can read a family's report, what they promise and cannot, and the form's place.

The page asks for nothing itself: a report is sealed by its script, and what comes by the form of
the page is a file that was sealed elsewhere.
"""

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

import msgspec
from markupsafe import Markup

from wayhome.cases.casekinds import CaseKind, Question
from wayhome.cases.caseworkers import InSeason, in_season
from wayhome.cases.rules import Said, local
from wayhome.channel.savedform import signs, write_signed
from wayhome.codec import limits
from wayhome.groups.service import charter_of
from wayhome.pages.words import sort_key
from wayhome.web import texts
from wayhome.web.assets import assets, written
from wayhome.web.envelopes import charters_of
from wayhome.web.pages import Ask, Page
from wayhome.web.seal import groups_of, name_of
from wayhome.web.site import Site

OFFLINE = "help/offline.htm"  # to be saved: from a node its own policy keeps it from running
_ALONE = (
    "default-src 'none'; script-src 'sha256-{script}'; style-src 'sha256-{style}'; img-src blob:;"
    " base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types"
    " wayhome"
)
Elsewhere = tuple[str, str, tuple[str, ...]]  # name, id, and the help pages of its nodes
HandedIn = Literal["", "taken", "no-envelope", "refused", "storage"]


@dataclass(frozen=True, slots=True)
class Reading:
    """A home group, and who of it opens new reports, with the day of each one's recipient."""

    id: str
    name: str
    readers: tuple[InSeason, ...]
    since: (
        str  # the day on which the last of them began: not how long ago, a page is of its records
    )

    @property
    def is_hybrid(self) -> bool:
        """Tell whether their keys hold against a quantum computer too."""
        return all(one.caseworker.sort == "hybrid" for one in self.readers)


@dataclass(frozen=True, slots=True)
class Alone:
    """The form as one file: its bytes, their sum, and the post by which a group has signed them."""

    body: str
    sum: str
    post: str


def help_page(ask: Ask) -> Page:
    """Draw the page as it is read first."""
    return draw(ask, "")


def draw(ask: Ask, handed_in: HandedIn, why: str = "") -> Page:
    """Draw the page, and what became of a sealed file that was handed in."""
    groups = readings(ask)
    alone = _alone(ask, groups)
    return ask.draw(
        "help",
        ask.words.say("Ask for help"),
        connect=_nodes(ask.site, groups),
        is_personal=True,
        groups=groups,
        elsewhere=() if groups else _elsewhere(ask),
        mount=_mount(ask, groups) if groups else None,
        handed_in=handed_in,
        alone=alone,
        why=why,
        safe=[
            url for url in _nodes(ask.site, groups) if url.startswith("https") or ".onion" in url
        ],
    )


def offline(ask: Ask) -> Page | None:
    """Draw the form as one file that asks and sends nothing; None where nobody reads.

    Where a home group has signed its bytes, the proof of that stands behind them.
    """
    alone = _alone(ask, readings(ask))
    if alone is None:
        return None
    body = alone.body
    proof = texts.proof(ask, alone.post) if alone.post else None
    if proof is not None:
        body = write_signed(body.encode(), proof.body.encode()).decode()
    headers = {"content-disposition": 'attachment; filename="help.html"'}
    return Page(body, headers=headers, is_personal=True)


def _alone(ask: Ask, groups: tuple[Reading, ...]) -> Alone | None:
    """Give the form, and who has signed it; drawn once for each version of the set."""
    if not groups:
        return None
    return ask.site.made(("form as one file", ask.lang), lambda: _form(ask, groups))


def _form(ask: Ask, groups: tuple[Reading, ...]) -> Alone:
    """Draw the form: it follows from program, pack and charters alone."""
    script, style = (assets().by_name[one].body.decode() for one in ("report.js", "style.css"))
    style = re.sub(r"@font-face *{[^}]*}", "", style)
    records = [
        msgspec.Raw(one.line) for group in groups for one in charters_of(ask.site.reader, group.id)
    ]
    lists = {f"data-inside{one}": _words(one) for one in ("ru", "en")}
    body = ask.part(
        "offline",
        title=ask.words.say("Ask for help, without the network"),
        groups=groups,
        mount={**_asked(ask, groups), **lists, "data-records": written(records)},
        script=Markup(script),  # noqa: S704 - the program's own; a test holds that it ends nothing
        style=Markup(style),  # noqa: S704 - the same
        policy=_ALONE.format(script=_sum(script), style=_sum(style)),
    )
    digest = sha256(body.encode()).hexdigest()
    return Alone(body, digest, post_that_signs(ask.site, digest))


def post_that_signs(site: Site, digest: str) -> str:
    """Give the id of an official post of a home group that signs a form; empty without one."""
    return next(
        (
            one.id
            for one in texts.posts_of(site)
            if signs(one.content, digest)
            and charter_of(one)[0] in site.home
            and site.standing.is_official(one.id)
        ),
        "",
    )


def sum_of(site: Site, lang: str) -> str:
    """Give the sum of the form in a language, for the group to sign; empty where there is none."""
    ask = Ask.of(site, lang, OFFLINE)
    alone = _alone(ask, readings(ask))
    return alone.sum if alone else ""


def every_offline(site: Site) -> Iterator[str]:
    """Give the path of the file where there is one."""
    ask = Ask.of(site, site.face.languages[0], OFFLINE)
    return iter((OFFLINE,) if readings(ask) else ())


def readings(ask: Ask) -> tuple[Reading, ...]:
    """Give the home groups of which somebody reads new reports."""
    found = (_reading(ask, group) for group in ask.site.home)
    return tuple(one for one in found if one is not None)


def _elsewhere(ask: Ask) -> tuple[Elsewhere, ...]:
    """Give the other groups here whose charter in force names who reads new reports.

    Their nodes take what is sealed for them; this one would have to refuse it.
    """
    site = ask.site
    nodes = [one for one in site.nodes() if one[1].startswith("http")]
    found: list[Elsewhere] = []
    for group in groups_of(site):
        charter = site.group(group)
        is_read = charter and any(one.role == "intake" for one in charter.caseworkers)
        ways = tuple(
            f"{url.rstrip('/')}/{ask.lang}/help.html" for one, url in nodes if one == group
        )
        if is_read and ways and not site.standing.is_split(group):
            found.append((name_of(site, group), group, ways))
    return tuple(sorted(found, key=lambda one: sort_key(one[0])))


def readers_of(site: Site, group: str) -> tuple[InSeason, ...]:
    """Give a group's caseworkers, each with the day from which she has had her recipient."""
    line = [
        (charter, record.created_at)
        for one in site.standing.history(group)
        if (charter := site.charter(one)) and (record := site.reader.get(one))
    ]
    return in_season(line)


def _reading(ask: Ask, group: str) -> Reading | None:
    site = ask.site
    if len(site.standing.heads(group)) != 1:  # in dispute, nobody can tell who reads
        return None
    named = readers_of(site, group)
    readers = tuple(one for one in named if one.caseworker.role == "intake")
    if not readers:
        return None
    since = ask.words.day(max(one.since for one in readers))
    return Reading(group, name_of(site, group), readers, since)


def _nodes(site: Site, groups: tuple[Reading, ...]) -> tuple[str, ...]:
    """Give the nodes of these groups that a report may be handed to."""
    charters = (site.group(one.id) for one in groups)
    urls = (node.url for charter in charters if charter for node in charter.nodes)
    own = site.face.address
    found = [url for url in dict.fromkeys(urls) if url.startswith("http") and url != own]
    if site.is_copy and own:  # a copy takes nothing itself
        found.insert(0, own)
    return tuple(found[: limits.NODES])


def _mount(ask: Ask, groups: tuple[Reading, ...]) -> dict[str, str]:
    """Give what the script finds on the element that it fills."""
    nodes = _nodes(ask.site, groups)
    is_elsewhere = ask.site.is_copy and nodes
    named = assets().named
    return {
        **_asked(ask, groups),
        "data-root": f"{nodes[0].rstrip('/')}/" if is_elsewhere else ask.root,
        "data-nodes": written(nodes[1:] if is_elsewhere else nodes),
        "data-listru": f"{ask.root}static/{named('words-ru.txt')}",
        "data-listen": f"{ask.root}static/{named('words-en.txt')}",
    }


def _asked(ask: Ask, groups: tuple[Reading, ...]) -> dict[str, str]:
    """Give what the form asks, wherever it stands."""
    return {
        "data-groups": written([(one.id, one.name) for one in groups]),
        "data-lang": ask.lang,
        "data-kinds": written(_kinds(ask)),
        "data-regions": written(_regions(ask)),
        "data-words": written(ask.words.of_script(assets().said.get("report", ()))),
    }


def _regions(ask: Ask) -> list[tuple[str, str]]:
    named = ((one.code, ask.local(one.names)) for one in ask.site.face.places)
    return sorted(named, key=lambda one: sort_key(one[1]))


def _kinds(ask: Ask) -> list[Mapping[str, object]]:
    law = ask.site.face.law
    found = [_kind(ask, one) for one in (law.kinds.values() if law else ())]
    other: Mapping[str, object] = {
        "id": "other",
        "name": str(ask.words.say("Something else")),
        "about": str(ask.words.say("Tell it in your own words.")),
        "questions": (),
    }
    return [*found, other]


def _kind(ask: Ask, kind: CaseKind) -> Mapping[str, object]:
    return {
        "id": kind.id,
        "name": _in(ask, kind.name),
        "about": _in(ask, kind.about),
        "questions": [(one.id, _in(ask, one.ask), _options(ask, one)) for one in kind.question],
    }


def _options(ask: Ask, question: Question) -> list[tuple[str, str]]:
    names = {"yes": ask.words.say("yes"), "no": ask.words.say("no")}
    return [(one, str(names.get(one, one))) for one in question.options]


def _in(ask: Ask, said: Said) -> str:
    return local(said, ask.lang)


def _words(lang: str) -> str:
    return assets().by_name[f"words-{lang}.txt"].body.decode()


def _sum(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode()
