"""Letters: a template, the facts of a case and the family's own words become one plain text.

A letter that would get no answer is refused here, before anybody posts it. Whoever signs at home
finds gaps for name and address: those are filled in by hand and never reach us.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from jinja2 import StrictUndefined, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import ImmutableSandboxedEnvironment

from wayhome.cases.authorities import Way
from wayhome.cases.derivation import Derivation
from wayhome.cases.law import Law, Template
from wayhome.cases.rules import local
from wayhome.cases.said import Letter
from wayhome.cases.telling import tell_day, tell_office
from wayhome.codec import limits
from wayhome.codec.strict import BadForm, refuse_controls
from wayhome.records.refused import Refused

GAP = "_" * 40  # room for a name by hand
_NOTHING = {"ru": "нет", "en": "none"}


@dataclass(frozen=True, slots=True)
class Sender:
    """Who signs. At home name and address may be empty: the family writes them in by hand."""

    who: str  # home, caseworker, group, deputy
    name: str = field(default="", repr=False)
    address: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Man:
    """Whom the letter is about."""

    name: str = field(default="", repr=False)
    unit: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Answered:
    """A question of the case kind, and what the family answered."""

    ask: str
    answer: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Earlier:
    """The letter that a complaint is about, as far as anything is known of it."""

    authority: str  # its name
    sent_on: dt.date
    tracking: str = ""
    registered_no: str = ""
    registered_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer that a complaint is about."""

    on: dt.date
    no: str = ""


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a letter goes on from: the office it is about, what was sent there, what came of it."""

    about: str  # the id of the authority
    letter: Earlier
    deadline: tuple[Derivation, ...] = ()
    reply: Reply | None = None
    unanswered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Writing:
    """All that one letter is made of. `address` is the office's own, where the pack has none."""

    template: str
    to: str
    way: Way
    sender: Sender
    day: dt.date
    own_words: str = field(default="", repr=False)
    man: Man = Man()
    answers: tuple[Answered, ...] = ()
    enclosures: tuple[str, ...] = ()
    address: str = ""
    complaint: Complaint | None = None
    lang: str = "ru"


def write_letter(writing: Writing, law: Law) -> str:
    """Write a letter.

    Raises:
        Refused: wrong-recipient, way-not-accepted, no-sender, no-address, missing-field; bad-text
            where somebody's words hold what no reader sees; too-large.
    """
    template, address = _checked(writing, law)
    made = _environment(law, writing.lang).from_string(template.text)
    try:
        text = made.render(_values(writing, law, address)).strip() + "\n"
    except UndefinedError:
        names = ", ".join(sorted(lacking(writing, law)))
        raise Refused("missing-field", f"the letter asks for what is not there: {names}") from None
    except SecurityError as error:
        raise AssertionError("a template of the pack reaches out of its box") from error
    if len(text) > limits.LETTER_TEXT:
        raise Refused("too-large", f"a letter has at most {limits.LETTER_TEXT} characters")
    return text


def lacking(writing: Writing, law: Law) -> frozenset[str]:
    """Give what a letter's template speaks of and nobody has given: own words, a man, a letter."""
    template = law.letters.get(writing.template)
    text = _environment(law, writing.lang).parse(template.text) if template else None
    spoken = find_undeclared_variables(text) if text else set()
    return frozenset(spoken - _values(writing, law, "").keys())


def fits(letter: Letter, law: Law, about: str = "") -> bool:
    """Tell whether a letter that was written goes to an office of this law, in a way it takes."""
    authority = law.authorities.by_id.get(letter.authority)
    return authority is not None and letter.way in authority.ways and letter.authority != about


def fault_of(text: str) -> tuple[int, str]:
    """Give line and words of what is wrong in a template's own form; line 0 where nothing is."""
    try:
        ImmutableSandboxedEnvironment(autoescape=False).parse(text)
    except TemplateSyntaxError as error:
        return error.lineno, str(error.message)
    return 0, ""


def _checked(writing: Writing, law: Law) -> tuple[Template, str]:
    """Refuse a letter that would get no answer; give its template and the office's address."""
    template = law.letters.get(writing.template)
    office = law.authorities.by_id.get(writing.to)
    if template is None or office is None:
        raise Refused("missing-field", "the pack has no such letter or office")
    if writing.complaint and writing.complaint.about == writing.to:
        raise Refused("wrong-recipient", "a complaint never goes to the office it is about")
    if writing.way not in office.ways:
        raise Refused("way-not-accepted", f"this office takes letters by {', '.join(office.ways)}")
    address = office.address or writing.address
    if writing.way == "post" and not address:
        raise Refused("no-address", "to post a letter, find the office's address and write it in")
    is_at_home = writing.sender.who == "home"
    if not is_at_home and not writing.sender.name.strip():
        raise Refused("no-sender", "a letter without a surname gets no answer")
    if not is_at_home and not writing.sender.address.strip():
        raise Refused("no-address", "a letter without a postal address gets no answer")
    return template, address


def _values(writing: Writing, law: Law, address: str) -> dict[str, object]:
    office, sender, man = law.authorities.get(writing.to), writing.sender, writing.man
    is_at_home = sender.who == "home"
    found: dict[str, object] = {
        "to": {"name": local(office.name, writing.lang), "address": address},
        "sender": {
            "name": _seen(sender.name) or GAP,
            "address": _seen(sender.address) or GAP,
        },
        "answers": [
            {"ask": one.ask, "answer": _seen(one.answer)} for one in writing.answers if one.answer
        ],
        "enclosures": [_seen(one) for one in writing.enclosures],
        "today": writing.day,
    }
    if is_at_home or (man.name.strip() and man.unit.strip()):
        found["man"] = {"name": _seen(man.name) or GAP, "unit": _seen(man.unit) or GAP}
    if writing.own_words.strip():
        found["own_words"] = _seen(writing.own_words)
    complaint = writing.complaint
    if complaint:
        found |= {
            "letter": complaint.letter,
            "unanswered": [_seen(one) for one in complaint.unanswered],
        }
        found |= {"reply": complaint.reply} if complaint.reply else {}
        found |= {"deadline": complaint.deadline} if complaint.deadline else {}
    return found


def _seen(text: str) -> str:
    """Give a person's words as a reader will see them, without spaces around.

    Raises:
        Refused: bad-text.
    """
    plain = text.strip().replace("\r\n", "\n")
    try:
        refuse_controls(plain, lines=True)
    except BadForm as error:
        raise Refused("bad-text", "a text holds a character that no reader sees") from error
    return plain


def _environment(law: Law, lang: str) -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )

    def day(value: object) -> str:
        if not isinstance(value, dt.date):
            raise UndefinedError("a day")
        return tell_day(value, lang)

    def derivation(dates: tuple[Derivation, ...]) -> str:
        return tell_office(dates, law, lang)

    def listed(parts: Sequence[str]) -> str:
        return "; ".join(f"{i}) {part}" for i, part in enumerate(parts, 1)) or _NOTHING[lang]

    made.filters.update(day=day, derivation=derivation, listed=listed)
    return made
