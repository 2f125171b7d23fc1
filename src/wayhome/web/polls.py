"""Polls: questions with options, asked with the petition's own machinery."""

from collections.abc import Iterator

from wayhome.polls.results import results
from wayhome.web.pages import Ask, Page
from wayhome.web.petition import pair_of, sheet, shown
from wayhome.web.site import Site


def polls(ask: Ask) -> Page:
    """Draw the list of polls, open ones first."""
    found = [shown(ask, *pair) for pair in ask.site.petitions() if pair[1].is_poll]
    found.sort(key=lambda one: one.moment.phase != "open")
    return ask.draw("polls", ask.words.say("Polls"), found=found)


def poll_page(ask: Ask, id: str) -> Page | None:  # noqa: A002 - the address's own word
    """Draw one poll; its result only once nobody can answer any more."""
    pair = pair_of(ask.site, id, is_poll=True)
    if pair is None:
        return None
    found = shown(ask, *pair)
    return sheet(ask, found, "poll", results=results(found.asked, found.count, ask.now))


def every_poll(site: Site) -> Iterator[str]:
    """Give the id of every poll that has a page."""
    return (record.id for record, asked in site.petitions() if asked.is_poll)
