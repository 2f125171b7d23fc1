"""Count: what a petition's records add up to, with everything that lowers or shakes it."""

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from wayhome.pages.charts import bar_chart, bars_of
from wayhome.pages.render import bdi
from wayhome.petition.outcome import CROWD, Recount
from wayhome.petition.part import REASONS
from wayhome.web.assets import assets, written
from wayhome.web.findings import Told, told, why
from wayhome.web.pages import Ask, Page
from wayhome.web.petition import Shown, nodes_of, pair_of, shown
from wayhome.web.seal import name_of

FEW = 60  # rows of the table by window


@dataclass(frozen=True, slots=True)
class Pair:
    """The groups whose stamps stand together on signatures, and on how many."""

    names: Markup
    people: int
    is_small: bool


def petition_count(ask: Ask, id: str) -> Page | None:  # noqa: A002 - the address's own word
    """Draw the count of one petition."""
    pair = pair_of(ask.site, id, is_poll=False)
    return _page(ask, shown(ask, *pair)) if pair else None


def poll_count(ask: Ask, id: str) -> Page | None:  # noqa: A002 - the address's own word
    """Draw the count of one poll."""
    pair = pair_of(ask.site, id, is_poll=True)
    return _page(ask, shown(ask, *pair)) if pair else None


def _page(ask: Ask, found: Shown) -> Page:
    count = found.count
    bars = bars_of(count.windows)
    label = ask.words.say("Signatures by the time that they name")
    findings: list[Told] = [told(ask, one) for one in count.findings]
    nodes = nodes_of(ask.site, found)
    return ask.draw(
        "count",
        ask.words.say("Count"),
        of=found.title,
        connect=nodes,
        mount=_mount(ask, found, nodes),
        it=found,
        chart=Markup(bar_chart(bars, str(label))) if bars else "",  # noqa: S704 - drawn and escaped there
        bars=bars[-FEW:],
        pairs=list(_pairs(ask, count)),
        groups=[(name_of(ask.site, one.group), one) for one in count.groups],
        lists=[(name_of(ask.site, one.group), one) for one in count.lists],
        findings=[one for one in findings if not one.is_small_crowd],
        why=[why(ask, one) for one in count.why],
        crowd=CROWD,
        address=ask.site.face.address,
    )


def _mount(ask: Ask, found: Shown, nodes: tuple[str, ...]) -> dict[str, str] | None:
    """Give what the script finds on the element that it fills; None where no records can be had."""
    if ask.site.is_copy and not nodes:
        return None
    own = ask.site.face.address.rstrip("/")
    others = [url for url in nodes if url.rstrip("/") != own]
    return {
        "data-petition": found.record.id,
        "data-lang": ask.lang,
        # a copy has no sheet of records
        "data-root": f"{nodes[0].rstrip('/')}/" if ask.site.is_copy else ask.root,
        "data-nodes": written(others),
        "data-records": str(found.count.records),
        "data-q": str(found.asked.q),
        "data-fast": "" if found.asked.is_poll or found.count.state != "open" else "may",
        "data-reasons": written({one: ask.words.refusal(one) for one in REASONS}),
        "data-words": written(ask.words.of_script(assets().said.get("count", ()))),
    }


def _pairs(ask: Ask, count: Recount) -> Iterable[Pair]:
    of_kid = {one.kid[:16]: name_of(ask.site, one.group) for one in count.groups}
    for kids, people in sorted(count.quorums.items(), key=lambda one: (-one[1], one[0])):
        names = ask.words.both(bdi(of_kid.get(kid, kid)) for kid in kids.split("+"))
        yield Pair(names, people, people < CROWD)
