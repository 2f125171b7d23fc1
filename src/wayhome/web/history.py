"""History: a group's page of all its charters: who signed each, what it changed, what counts."""

from dataclasses import dataclass

from markupsafe import Markup

from wayhome.groups.history import Difference, Step, named_in, read_history
from wayhome.groups.kinds.charter import Charter
from wayhome.pages.render import bdi
from wayhome.web.pages import Ask, Page
from wayhome.web.seal import groups_of, name_of
from wayhome.web.site import Site

LAST = 40  # charters that are shown; who amended oftener finds the rest in the records


@dataclass(frozen=True, slots=True)
class Told:
    """One charter in words. `signed` are the numbers of those who signed it."""

    step: Step
    number: int
    day: str
    signed: tuple[str, ...]
    against: tuple[
        tuple[int, tuple[Markup, ...]], ...
    ]  # number of the charter before, what changed


def steps_of(site: Site, group: str) -> tuple[Step, ...]:
    """Give the history of a group."""

    def make() -> tuple[Step, ...]:
        line = site.standing.history(group)
        return read_history(group, site.standing, {one: _charter(site, one) for one in line})

    return site.said(("history", group), make)


def history_page(ask: Ask, id: str) -> Page | None:  # noqa: A002 - the address's own word
    """Draw the history of one group; None where this node does not carry it."""
    site = ask.site
    if id not in groups_of(site):
        return None
    steps = steps_of(site, id)
    keys = named_in(one.charter for one in steps)
    places = {one.id: i for i, one in enumerate(steps, 1)}
    told = [
        Told(
            one,
            places[one.id],
            _day(ask, one.id),
            tuple(f"№\u00a0{keys[key]}" for key in one.signers),
            tuple(
                (places[before], tuple(_in_words(ask, change, keys) for change in changes))
                for before, changes in one.changes
            ),
        )
        for one in steps
    ]
    shown = told[-LAST:]
    named = {key for one in shown for key in (*one.step.charter.organisers, *one.step.signers)}
    return ask.draw(
        "history",
        ask.words.say("History of the group"),
        of=name_of(site, id),
        id=id,
        group=name_of(site, id),
        steps=shown,
        left_out=len(told) - len(shown),
        is_split=site.standing.is_split(id),
        heads=[places[one] for one in site.standing.heads(id)],
        keys=[(number, key) for key, number in keys.items() if key in named],
    )


def _charter(site: Site, charter_id: str) -> Charter:
    charter = site.charter(charter_id)
    if charter is None:
        raise AssertionError("a charter that came into force is held")
    return charter


def _day(ask: Ask, record_id: str) -> str:
    record = ask.site.reader.get(record_id)
    return ask.words.day(record.created_at) if record else ""


def _in_words(ask: Ask, change: Difference, keys: dict[str, int]) -> Markup:
    say = ask.words.say
    if change.part == "name":
        old, new = bdi(change.leaves[0]), bdi(change.joins[0])
        return say("The name was “%(old)s” and is “%(new)s”.", old=old, new=new)
    if change.part == "k":
        old, new = Markup(change.leaves[0]), Markup(change.joins[0])  # noqa: S704 - numbers
        return say("How many must sign: it was %(old)s and is %(new)s.", old=old, new=new)
    joins, leaves = (
        ask.words.both(_named(ask, change, one, keys) for one in some)
        for some in (change.joins, change.leaves)
    )
    said = [_joined(ask, change, joins)] if change.joins else []
    said += [_left(ask, change, leaves)] if change.leaves else []
    return Markup(" ").join(said)


def _named(ask: Ask, change: Difference, one: str, keys: dict[str, int]) -> object:
    match change.part:
        case "organiser":
            return f"№\u00a0{keys[one]}"
        case "region":
            names = {place.code: ask.local(place.names) for place in ask.site.face.places}
            return bdi(names.get(one, one))
        case "node":
            return bdi(one.rpartition("=")[0])
        case "caseworker":
            return one[:16]
        case _:
            return bdi(one)


def _joined(ask: Ask, change: Difference, which: Markup) -> Markup:
    say = ask.words.say
    match change.part:
        case "organiser":
            return say("Joined as organisers: %(which)s.", which=which)
        case "region":
            return say("Regions that were added: %(which)s.", which=which)
        case "node":
            return say("Nodes that were added: %(which)s.", which=which)
        case "caseworker":
            return say("Joined as caseworkers: %(which)s.", which=which)
        case _:
            return say("Languages that were added: %(which)s.", which=which)


def _left(ask: Ask, change: Difference, which: Markup) -> Markup:
    say = ask.words.say
    match change.part:
        case "organiser":
            return say("No longer organisers: %(which)s.", which=which)
        case "region":
            return say("Regions that were taken out: %(which)s.", which=which)
        case "node":
            return say("Nodes that were taken out: %(which)s.", which=which)
        case "caseworker":
            return say("No longer caseworkers: %(which)s.", which=which)
        case _:
            return say("Languages that were taken out: %(which)s.", which=which)
