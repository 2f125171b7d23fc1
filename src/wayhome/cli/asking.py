"""Asking: in a terminal, what the help page asks beside the story, in the same words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import click

from wayhome import outward
from wayhome.cases.law import Law
from wayhome.cases.rules import local
from wayhome.cases.said import Sender
from wayhome.codec import limits
from wayhome.crypto.receipts import WordLanguage
from wayhome.desk.known import DeskFault
from wayhome.desk.reporting import Who
from wayhome.pages.plain import in_a_line
from wayhome.pages.words import sort_key, words
from wayhome.web.presented import NAME, BadPresented, read_presented
from wayhome.web.site import Place

_SENDERS: Mapping[Sender, str] = {
    "home": "We ourselves, at home",
    "caseworker": "A caseworker, in your name",
    "group": "The group, as a group",
    "deputy": "A deputy, by an inquiry",
    "unsure": "We do not know yet",
}
_WHO = (
    "Your surname and name",
    "Your postal address",
    "Telephone, if you want to be called",
    "His name and, if you know it, his unit",
)
_COUNTED = (
    "My case may be counted in the group's published figures: in tens, without anything about us."
)
_TOLD = "We have sealed our name and address for the custodians."


@dataclass(frozen=True, slots=True)
class Asked:
    """What was answered; `tells_name` where somebody else is to write in the family's name."""

    kind: str
    region: str
    sender: Sender
    figures: bool
    answers: dict[str, str] = field(default_factory=dict)

    @property
    def tells_name(self) -> bool:
        """Tell whether whoever is to write the letter needs a name."""
        return self.sender in ("caseworker", "group", "deputy")


def ask_all(nodes: Sequence[str], lang: WordLanguage) -> Asked:
    """Ask for kind, its questions, region, sender and counting, as a node's page does.

    Raises:
        DeskFault: the node does not say what it asks.
    """
    law, regions = _asked_at(nodes[0])
    kinds = list(law.kinds.values()) if law else []
    names = [local(one.name, lang) for one in kinds]
    at = _choose(_said("What happened", lang), [*names, _page("Something else", lang)])
    answers = dict[str, str]()
    for question in kinds[at].question if at < len(kinds) else ():
        answer = _answer(local(question.ask, lang), question.options, lang)
        if answer:
            answers[question.id] = answer
    regions = tuple(sorted(regions, key=lambda one: sort_key(local(dict(one.names), lang))))
    places = [local(dict(one.names), lang) for one in regions]
    where = _choose(_said("Where", lang), [_said("Not stated", lang), *places])
    senders = tuple(_SENDERS)
    who = _choose(
        _said("Who sends the letter", lang), [_said(_SENDERS[one], lang) for one in senders]
    )
    figures = click.confirm(_said(_COUNTED, lang), default=False, err=True)
    kind = kinds[at].id if at < len(kinds) else "other"
    region = regions[where - 1].code if where else ""
    return Asked(kind, region, senders[who], figures, answers)


def ask_who(lang: WordLanguage) -> Who | None:
    """Ask who the family is; None where it leaves all of it empty."""
    told = [_line(_said(one, lang)) for one in _WHO]
    return Who(*told) if any(told) else None


def name_told(lang: WordLanguage) -> str:
    """Give what a message says that comes with nothing but a name."""
    return _said(_TOLD, lang)


def _asked_at(node: str) -> tuple[Law | None, tuple[Place, ...]]:
    try:
        raw = outward.read(f"{node.rstrip('/')}/{NAME}", limits.PRESENTED)
        face = read_presented(raw).face
    except (outward.NoAnswer, BadPresented) as error:
        raise DeskFault(f"{node} does not say what it asks: {error}") from error
    return face.law, face.places


def _choose(title: str, names: Sequence[str]) -> int:
    click.echo(f"\n{in_a_line(title)}", err=True)
    for number, name in enumerate(names, 1):
        click.echo(f"  {number}. {in_a_line(name)}", err=True)
    number = click.prompt("", type=click.IntRange(1, len(names)), prompt_suffix="> ", err=True)
    return int(number) - 1


def _answer(question: str, options: Sequence[str], lang: WordLanguage) -> str:
    if not options:
        return _line(question)
    named = [_page(one, lang) if one in ("yes", "no") else one for one in options]
    at = _choose(question, [_said("Not stated", lang), *named])
    return options[at - 1] if at else ""


def _line(question: str) -> str:
    answer: str = click.prompt(in_a_line(question), default="", show_default=False, err=True)
    return answer.strip()[:_LINE]


def _said(sentence: str, lang: WordLanguage) -> str:
    """Say one of the sentences that the page's script says."""
    return words(lang).of_script((sentence,))[0]


def _page(sentence: str, lang: WordLanguage) -> str:
    return str(words(lang).say(sentence))


_LINE = 300  # characters, as a body allows
