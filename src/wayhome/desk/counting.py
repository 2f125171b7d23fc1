"""Counting: what the cases that a desk can read add up to in a quarter, in words for its page."""

from collections.abc import Mapping

from wayhome.cases.countable import Counted, count_cases, quarters_before
from wayhome.cases.figures import FEW
from wayhome.cases.rules import local
from wayhome.desk.casework import Casework
from wayhome.desk.desk import Desk
from wayhome.desk.figureproposal import FigureProposal
from wayhome.pages.words import Words

QUARTERS = 4  # that are offered


def counted_at(work: Casework, asked: str) -> Counted:
    """Add up the quarter that is asked for, or else the last whole one."""
    offered = quarters_before(work.today, QUARTERS)
    files = (work.load.file(one) for one in work.load.cases.values())
    quarter = asked if asked in offered else offered[0]
    return count_cases(files, quarter, work.load.law, work.today)


def told(proposal: FigureProposal, desk: Desk, words: Words) -> list[tuple[str, str, str]]:
    """Give each row as a reader understands it: table, cell and count."""
    names = _names(desk, words)
    return [row_in_words(row, names, words) for row in proposal.rows]


def row_in_words(
    row: tuple[str, str, str], names: Mapping[str, str], words: Words
) -> tuple[str, str, str]:
    """Give one row as a reader understands it; what has no name here stands as it is."""
    table, cell, count = row
    known = {**_coded(words), **names}
    parts = " · ".join(known.get(part, part) for part in cell.split("/"))
    return _titles(words).get(table, table), parts, str(words.say("few")) if count == FEW else count


def _titles(words: Words) -> Mapping[str, str]:
    say = words.say
    return {
        "total": say("All cases"),
        "kind": say("What families ask for"),
        "region": say("Where"),
        "outcome": say("How it ended"),
        "authority-grade": say("Which authorities answer, and what the answer was worth"),
        "kind-outcome": say("What was asked for, and how it ended"),
        "authority-late": say("How late they answer"),
    }


def _names(desk: Desk, words: Words) -> Mapping[str, str]:
    lang, law = words.lang, desk.law
    kinds = {one.id: local(one.name, lang) for one in law.kinds.values()}
    offices = {one.id: local(one.name, lang) for one in law.authorities.by_id.values()}
    return {
        **kinds,
        **offices,
        **{code: desk.place(code, lang) for code in desk.places},
    }


def _coded(words: Words) -> Mapping[str, str]:
    say = words.say
    return {
        "all": "",
        "helped": say("helped"),
        "partly": say("helped in part"),
        "refused": say("refused"),
        "silent": say("no answer at all"),
        "withdrawn": say("withdrawn by the family"),
        "no-contact": say("the family was not heard from again"),
        "substance": say("decides the matter"),
        "partial": say("answers a part"),
        "refusal": say("a refusal"),
        "form-reply": say("words without the matter"),
        "stalling": say("“under consideration”"),
        "passed-on": say("passed on to another office"),
        "asks-more": say("asks for a document"),
        "silence": say("silence"),
        "in-time": say("in time"),
        "late": say("late"),
    }
