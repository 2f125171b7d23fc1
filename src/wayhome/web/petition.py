"""Petition: the list of petitions, and the page on which one is read and signed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from wayhome.channel.ties import Version
from wayhome.pages import prose
from wayhome.petition.kinds.acceptance import is_trial
from wayhome.petition.kinds.petition import Petition
from wayhome.petition.outcome import Recount
from wayhome.records.record import Record
from wayhome.web.assets import assets, written
from wayhome.web.moments import Moment, moment
from wayhome.web.pages import Ask, Page
from wayhome.web.pictures import qr
from wayhome.web.seal import Seal, name_of, seal_of
from wayhome.web.site import Site
from wayhome.web.texts import texts_of

_DAY = 86_400
_OF_ONE = 4  # nodes of one panel group that a page may speak to; headers have their limits


@dataclass(frozen=True, slots=True)
class Shown:
    """A petition or poll as pages show it, in the reader's language where its group has it."""

    record: Record
    asked: Petition
    seal: Seal
    count: Recount
    moment: Moment
    until: Markup
    title: str
    lang: str
    translation: Version | None

    @property
    def way(self) -> str:
        """The path of its page."""
        return f"{'poll' if self.asked.is_poll else 'petition'}/{self.record.id}"

    @property
    def takes(self) -> bool:
        """Tell whether it can be signed now."""
        return self.moment.phase == "open" and self.has_opened

    @property
    def has_opened(self) -> bool:
        """Tell whether signatures can have been made."""
        return self.moment.phase != "before" and self.count.state != "not-countable"

    @property
    def missing(self) -> tuple[str, ...]:
        """The groups that have not accepted it."""
        return tuple(w.partition(":")[2] for w in self.count.why if w.startswith("no-acceptance:"))


def shown(ask: Ask, record: Record, asked: Petition) -> Shown:
    """Give what a page shows of a petition."""
    found = texts_of(ask.site).translations_of(record.id)
    own = [one for one in found if one.post.group == asked.group and one.post.lang == ask.lang]
    translation = own[0] if own and asked.lang != ask.lang else None
    stands = moment(asked, ask.now)
    return Shown(
        record,
        asked,
        seal_of(ask.site, record),
        ask.site.count(record.id),
        stands,
        until(ask, stands.until),
        translation.post.title if translation else asked.title,
        translation.post.lang if translation else asked.lang,
        translation,
    )


def until(ask: Ask, at: int) -> Markup:
    """Say up to when a count goes: a whole day where a window ends with it."""
    if at % _DAY == 0:
        return ask.words.say("to the end of %(day)s", day=ask.words.day(at - 1))
    return ask.words.say("to %(moment)s", moment=ask.words.moment(at))


def petitions(ask: Ask) -> Page:
    """Draw the list of petitions, open ones first."""
    found = [shown(ask, *pair) for pair in ask.site.petitions() if not pair[1].is_poll]
    found.sort(key=lambda one: one.moment.phase != "open")
    return ask.draw("petitions", ask.words.say("Petitions"), found=found)


def petition_page(ask: Ask, id: str) -> Page | None:  # noqa: A002 - the address's own word
    """Draw one petition; None where this node has no such official one."""
    pair = pair_of(ask.site, id, is_poll=False)
    return None if pair is None else sheet(ask, shown(ask, *pair), "petition")


def sheet(ask: Ask, found: Shown, template: str, **values: Any) -> Page:  # noqa: ANN401 - templates take what they are given
    """Draw a page on which something is read and signed."""
    panel = [(name_of(ask.site, place.group), place.group) for place in found.asked.panel]
    text = found.translation.record if found.translation else found.record
    desks = desks_of(ask.site, found)
    # a copy cannot know that it has opened meanwhile; its script asks nodes
    has_form = found.has_opened or (ask.site.is_copy and found.count.state != "not-countable")
    return ask.draw(
        template,
        found.title,
        connect=(*desks, *nodes_of(ask.site, found), *_panel_nodes(ask.site, found)),
        it=found,
        text=prose.to_html(text.content),
        original=prose.to_html(found.record.content) if found.translation else None,
        panel=panel,
        missing=[name_of(ask.site, one) for one in found.missing],
        is_trial=any(is_trial(url) for url in desks),
        mount=_mount(ask, found) if has_form else None,
        qr=qr(ask.address() or found.record.id),
        address=ask.address(),
        **values,
    )


def pair_of(site: Site, record_id: str, *, is_poll: bool) -> tuple[Record, Petition] | None:
    """Give an official petition or poll by its id."""
    found = (pair for pair in site.petitions() if pair[0].id == record_id)
    return next((pair for pair in found if pair[1].is_poll == is_poll), None)


def every_petition(site: Site) -> Iterator[str]:
    """Give the id of every petition that has a page."""
    return (record.id for record, asked in site.petitions() if not asked.is_poll)


def desks_of(site: Site, found: Shown) -> tuple[str, ...]:
    """Give the addresses of the stamping desks, as official acceptances name them."""
    accepted = site.acceptances(found.record.id)
    said = (one for record, one in accepted if site.standing.is_official(record.id))
    return tuple(url for one in said for url in one.urls)


def nodes_of(site: Site, found: Shown) -> tuple[str, ...]:
    """Give the nodes that a signature may be handed to, in the order of `/petition/{id}.json`."""
    panel = {place.group for place in found.asked.panel}
    found_urls = tuple(url for _, url in site.nodes_for(panel))
    own = site.face.address
    return (own, *found_urls) if site.is_copy and own else found_urls  # a copy is no node itself


def _panel_nodes(site: Site, found: Shown) -> tuple[str, ...]:
    named = list(site.nodes())
    of_each = ([url for one, url in named if one == place.group] for place in found.asked.panel)
    return tuple(url for urls in of_each for url in urls[:_OF_ONE])


def _mount(ask: Ask, found: Shown) -> dict[str, str]:
    """Give what the script finds on the element that it fills."""
    groups = {place.group: name_of(ask.site, place.group) for place in found.asked.panel}
    nodes = nodes_of(ask.site, found)
    is_elsewhere = ask.site.is_copy and nodes  # a copy takes nothing and knows no time
    sentences = ask.words.of_script(assets().said.get("sign", ()))
    return {
        "data-petition": found.record.id,
        "data-lang": ask.lang,
        "data-root": f"{nodes[0].rstrip('/')}/" if is_elsewhere else ask.root,
        "data-nodes": written(nodes[1:] if is_elsewhere else nodes),
        "data-groups": written(groups),
        "data-words": written(sentences),
    }
