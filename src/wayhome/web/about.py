"""About: what this is and cannot do, what this node holds, and how anybody checks it."""

from importlib.metadata import version

from wayhome.cases.kinds import figures, sealed
from wayhome.channel.kinds import post
from wayhome.codec.limits import PEER_NOT_TAKEN
from wayhome.groups.kinds import charter, cosign, link, season
from wayhome.petition.kinds import (
    acceptance,
    closing_list,
    counter,
    petition,
    signature,
    withdrawal,
)
from wayhome.records.filter import Filter
from wayhome.records.refused import REASONS
from wayhome.web.assets import assets
from wayhome.web.pages import Ask, Page, featured_of
from wayhome.web.pictures import qr
from wayhome.web.seal import groups_of, name_of

FORGETTING = {"clear-site-data": '"cache", "storage"', "cache-control": "no-store"}


def about(ask: Ask) -> Page:
    """Draw the promise."""
    return ask.draw("about", ask.words.say("What this is"))


def limits(ask: Ask) -> Page:
    """Draw what the site knows of a reader, and what nobody here can do."""
    return ask.draw("limits", ask.words.say("What we cannot do"))


def recount(ask: Ask) -> Page:
    """Draw how anybody checks a text and counts a petition."""
    return ask.draw(
        "recount",
        ask.words.say("Check it yourself"),
        address=ask.site.face.address or "https://…",
        featured=featured_of(ask.site, ask.now),
    )


def node(ask: Ask) -> Page:
    """Draw what this node holds."""
    site = ask.site
    held = [(name(ask, kind), site.reader.count(Filter(kinds=(kind,)))) for kind in site.kinds]
    return ask.draw(
        "node",
        ask.words.say("This node"),
        held=held,
        home=[(name_of(site, one), one) for one in site.home],
        number=len(groups_of(site)),
        steps=site.steps,
        scripts=[one for name, one in assets().by_name.items() if name.endswith(".js")],
        style=assets().by_name["style.css"],
        version=version("wayhome"),
        is_alone=site.is_alone(),
        neighbours=site.neighbours(),
        fault=lambda word: fault(ask, word),
        called=lambda kind: name(ask, kind),
        most_named=PEER_NOT_TAKEN,
        echoes=site.echoes(),
    )


def addresses(ask: Ask) -> Page:
    """Draw the addresses of this node and of all others that it knows."""
    site = ask.site
    own = site.face.address
    nodes = [(name_of(site, group), group, url) for group, url in site.nodes()]
    picture = qr(own) if own else ""
    return ask.draw("addresses", ask.words.say("Addresses"), own=own, qr=picture, nodes=nodes)


def refusals(ask: Ask) -> Page:
    """Draw every reason for which something is refused, in words."""
    said = [(reason, ask.words.refusal(reason)) for reason in REASONS]
    return ask.draw("refusals", ask.words.say("Why something is refused"), said=said)


def forget(ask: Ask) -> Page:
    """Draw the page with the button."""
    return ask.draw("forget", ask.words.say("Forget this site"), is_done=False)


def forgotten(ask: Ask) -> Page:
    """Draw what is left to do by hand, and tell the browser to forget the rest."""
    page = ask.draw("forget", ask.words.say("Forget this site"), is_done=True)
    return Page(page.body, headers=FORGETTING)


def fault(ask: Ask, word: str) -> str:
    """Say why another node is not spoken with, or why something of its was left out."""
    _ = ask.words.say
    said = {
        "no-answer": _("it does not answer"),
        "hardly-sends": _("it sends next to nothing"),
        "nobody-listens": _("nobody listens at its address"),
        "unknown-name": _("its name is not known"),
        "no-way": _("there is no way to it"),
        "no-proxy": _("the proxy does not lead to it"),
        "needs-proxy": _("it is an onion address, and this node has no proxy"),
        "private-address": _("its address lies in a private network"),
        "bad-certificate": _("its certificate is not good"),
        "no-relay": _("there is no relay at its address"),
        "hung-up": _("it has hung up"),
        "not-reading": _("it does not read"),
        "not-told": _("it does not tell what is new"),
        "our-fault": _("this program made a mistake over what it said"),
        "bad-answer": _("it talks nonsense"),
        "bad-reconciliation": _("it talks nonsense"),
        "endless": _("it finds no end"),
        "too-large": _("it sends more at once than is read"),
        "too-many-bytes": _("it has sent too much that is of no use; in an hour it is asked again"),
        "too-many-records": _(
            "it has sent too much that is of no use; in an hour it is asked again"
        ),
        "too-much-work": _("it has made too much work; in an hour it is asked again"),
        "storage": _("this node's own disk takes nothing"),
        "not-asked-for": _("it was not asked for"),
        "not-given": _("it was promised and not given"),
        "cut-short": _("dates of which it may have more than it gives at once"),
        "bad-piece": _("a file was not what its name says"),
        "blocked": _("it does not carry such records"),
        "rate-limited": _("it takes no more at present"),
        "too-many-reconciliations": _("it takes no more at present"),
        "too-many-subscriptions": _("it takes no more at present"),
        "too-slow": _("it takes no more at present"),
        "restricted": _("it takes records of its own people only"),
        "auth-required": _("it takes records of its own people only"),
        "invalid": _("it holds them for badly made"),
        "error": _("it could not keep them"),
        "other": _("for a reason of its own"),
    }
    return said.get(word) or ask.words.refusals.get(word) or said["other"]


def name(ask: Ask, kind: int) -> str:
    """Give the name of a kind of records."""
    _ = ask.words.say
    names = {
        charter.NUMBER: _("charters of groups"),
        cosign.NUMBER: _("signatures of organisers"),
        link.NUMBER: _("links between groups"),
        post.NUMBER: _("texts"),
        petition.NUMBER: _("petitions and polls"),
        signature.NUMBER: _("signatures under petitions"),
        withdrawal.NUMBER: _("withdrawals"),
        counter.NUMBER: _("counters of stamping desks"),
        acceptance.NUMBER: _("acceptances by groups"),
        closing_list.NUMBER: _("closing lists"),
        season.NUMBER: _("keys that reports are sealed to"),
        figures.NUMBER: _("figures of groups' casework"),
        sealed.NUMBER: _("sealed envelopes"),
    }
    return str(names.get(kind, kind))
