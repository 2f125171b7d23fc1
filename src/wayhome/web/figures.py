"""Figures: what families ask for, which authorities answer and how late, in tens and "few"."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from wayhome.cases.figures import FEW, TABLES, Sum
from wayhome.cases.kinds import figures as kind
from wayhome.cases.kinds.figures import Figures, days_of
from wayhome.cases.published import Published, Quarter
from wayhome.cases.rules import local
from wayhome.pages.charts import Bar, row_chart
from wayhome.records.filter import Filter
from wayhome.web.pages import Ask, Page
from wayhome.web.seal import name_of
from wayhome.web.site import Site

_CHARTED = 12  # rows of a chart: what does not fit a screen is in the table


@dataclass(frozen=True, slots=True)
class Line:
    """One cell of a table: what it is, its tens, and for how many groups it is few."""

    name: str
    sum: Sum


@dataclass(frozen=True, slots=True)
class Drawn:
    """One table of a quarter, with its chart where there is something to draw."""

    title: Markup
    lines: tuple[Line, ...]
    chart: Markup


@dataclass(frozen=True, slots=True)
class Shown:
    """One quarter as the page shows it; `groups` are names and ids of those that are summed."""

    first: str
    last: str
    total: Sum | None
    tables: tuple[Drawn, ...]
    groups: tuple[tuple[str, str], ...]
    in_doubt: tuple[tuple[str, str], ...]


def figures(ask: Ask) -> Page:
    """Draw the figures of all quarters, the latest first."""
    quarters = tuple(_shown(ask, one) for one in published(ask.site).quarters)
    return ask.draw("figures", ask.words.say("Figures"), quarters=quarters, few=FEW)


def published(site: Site) -> Published:
    """Give the official figures that are held."""

    def make() -> Published:
        found = site.reader.find(Filter(kinds=(kind.NUMBER,)))
        official = ((one.id, Figures.of(one)) for one in found if site.standing.is_official(one.id))
        return Published.of(official)

    return site.said("figures", make)


def _shown(ask: Ask, quarter: Quarter) -> Shown:
    sums = quarter.sums
    first, last = days_of(quarter.first_day)
    named = [one for one in quarter.by_group if one not in quarter.in_doubt]
    return Shown(
        ask.words.date(first),
        ask.words.date(last),
        sums.get(("total", "all")),
        tuple(_tables(ask, sums)),
        tuple((name_of(ask.site, one), one) for one in named),
        tuple((name_of(ask.site, one), one) for one in quarter.in_doubt),
    )


def _tables(ask: Ask, sums: Mapping[tuple[str, str], Sum]) -> Iterator[Drawn]:
    titles = _titles(ask)
    for table in TABLES[1:]:
        cells = {cell: one for (name, cell), one in sums.items() if name == table}
        if cells:
            lines = [Line(_said(ask, table, cell), one) for cell, one in cells.items()]
            lines.sort(key=lambda line: (-line.sum.tens, -line.sum.few, line.name))
            yield Drawn(titles[table], tuple(lines), _chart(str(titles[table]), lines))


def _chart(title: str, lines: list[Line]) -> Markup:
    """Draw the cells that reach ten; where there is one alone, the table says it all."""
    bars = [Bar(f"{one.name}: {one.sum.tens}", one.sum.tens) for one in lines if one.sum.tens]
    drawn = row_chart(bars[:_CHARTED], title) if len(bars) > 1 else ""
    return Markup(drawn)  # noqa: S704 - drawn and escaped there


def _titles(ask: Ask) -> dict[str, Markup]:
    _ = ask.words.say
    return {
        "kind": _("What families ask for"),
        "region": _("Where"),
        "outcome": _("How it ended"),
        "authority-grade": _("Which authorities answer, and what the answer was worth"),
        "kind-outcome": _("What was asked for, and how it ended"),
        "authority-late": _("How late they answer"),
    }


def _said(ask: Ask, table: str, cell: str) -> str:
    """Say a cell in words; a word that nobody here knows stands as it is."""
    known = {**_coded(ask), **_names(ask)}
    parts = [cell] if table == "region" else cell.split("/")
    return " · ".join(known.get(one, one) for one in parts)


def _names(ask: Ask) -> dict[str, str]:
    """Give the names of regions, and of kinds of cases and authorities where the law has them."""
    names = {place.code: ask.local(place.names) for place in ask.site.face.places}
    law = ask.site.face.law
    if law is None:
        return names
    kinds = {one.id: local(one.name, ask.lang) for one in law.kinds.values()}
    offices = {one.id: local(one.name, ask.lang) for one in law.authorities.by_id.values()}
    return names | kinds | offices


def _coded(ask: Ask) -> dict[str, str]:
    """Give the words of outcomes, of answers' grades and of lateness."""
    _ = ask.words.say
    said = {
        "helped": _("helped"),
        "partly": _("helped in part"),
        "refused": _("refused"),
        "silent": _("no answer at all"),
        "withdrawn": _("withdrawn by the family"),
        "no-contact": _("the family was not heard from again"),
        "substance": _("decides the matter"),
        "partial": _("answers a part"),
        "refusal": _("a refusal"),
        "form-reply": _("words without the matter"),
        "stalling": _("“under consideration”"),
        "passed-on": _("passed on to another office"),
        "asks-more": _("asks for a document"),
        "silence": _("silence"),
        "in-time": _("in time"),
        "late": _("late"),
    }
    return {word: str(one) for word, one in said.items()}
