"""Said: what a body can say, a closed shape for each; nothing else is read as one.

A family says the first four, caseworkers the rest. Fields stand in this order, and those with an
empty value are left out: so each statement has one spelling.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from wayhome.codec import limits

VERSION = 1
ANSWERS = 40  # questions of one case kind
BODIES = 40  # that a snapshot holds
NUMBERS = 100_000
LEAP = 1_000  # numbers that bodies which nobody here holds may have taken, one after the other
PIECES = 4  # of a body: quoted once more, the longest is twice as long

Day: TypeAlias = dt.date
Word: TypeAlias = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9._-]{0,59}\Z")]
# never a number: a browser puts those keys in another order
Key: TypeAlias = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9._-]{0,59}\Z")]
Line: TypeAlias = Annotated[str, Meta(max_length=300, pattern=r"^[^\n]*\Z")]
Short: TypeAlias = Annotated[str, Meta(max_length=1_000)]
Text: TypeAlias = Annotated[str, Meta(max_length=limits.BODY_TEXT)]
Story: TypeAlias = Annotated[str, Meta(max_length=limits.STORY)]
Paper: TypeAlias = Annotated[str, Meta(max_length=limits.LETTER_TEXT)]
Hex16: TypeAlias = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]
Hex32: TypeAlias = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
Hex64: TypeAlias = Annotated[str, Meta(pattern=r"^[0-9a-f]{128}\Z")]
Recipient: TypeAlias = Annotated[str, Meta(pattern=r"^age1(?:pq1)?[02-9ac-hj-np-z]{58,1960}\Z")]
Identity: TypeAlias = Annotated[
    str, Meta(pattern=r"^AGE-SECRET-KEY-(?:PQ-)?1[02-9AC-HJ-NP-Z]{58}\Z")
]
Number: TypeAlias = Annotated[int, Meta(ge=1, le=NUMBERS)]
Region: TypeAlias = Annotated[str, Meta(pattern=r"^[A-Za-z0-9-]{0,16}\Z")]
Language: TypeAlias = Annotated[str, Meta(pattern=r"^[a-z]{2,3}\Z")]

Sender: TypeAlias = Literal["home", "caseworker", "group", "deputy", "unsure"]
Role: TypeAlias = Literal["clean", "document", "original"]
Status: TypeAlias = Literal[
    "waiting", "taken", "declined", "asked", "drafted", "sent", "answered", "closed", "duplicate"
]


def highest(numbers: Iterable[int]) -> int:
    """Give the highest number that the others lead to; behind a leap nobody counts on."""
    found = 0
    for number in sorted(numbers):
        if found and number > found + LEAP:
            break
        found = number
    return found


class Said(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag_field="t",
    gc=False,  # nothing in it leads back to it; a desk holds tens of thousands
):
    """`n` is one more than the highest number that its writer has seen in the case."""

    v: Literal[1]
    n: Number
    at: Day


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    pass


class File(_Part, frozen=True):
    """A sealed file: the blob, the identity that opens it, and what comes out of it."""

    id: Hex32
    key: Identity
    name: Line
    type: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,60}\Z")]
    size: Annotated[int, Meta(ge=0, le=25 * 2**20)]
    sha256: Hex32
    role: Role


Files: TypeAlias = Annotated[tuple[File, ...], Meta(max_length=limits.FILES)]


class Consent(_Part, frozen=True):
    """What a family allows beside having its case worked on."""

    figures: bool  # to be one of the tens in a group's public figures


class Turn(_Part, frozen=True):
    """One message of a conversation, as a reply repeats it."""

    by: Literal["family", "group"]
    at: Day
    text: Text


class Since(_Part, frozen=True):
    """The fact that a date is counted from."""

    fact: Word
    on: Day
    no: Line = ""
    latest: bool = False


class Sum(_Part, frozen=True, rename={"since": "from"}):
    """How a date by law was reached: `cases` derives it, and it is shown step by step."""

    rule: Word
    since: Since
    steps: Annotated[tuple[tuple[str | int, ...], ...], Meta(max_length=60)]
    day: Day
    calendar: Line
    rules: Line
    checked: bool
    provisional: bool = False


class Whole(_Part, frozen=True):
    """Another body with all that its sig is over, verbatim, so that it can be checked again."""

    g: Hex32
    charter: Hex32
    s: Hex16
    by: Hex32
    sig: Hex64
    json: str


class Report(Said, frozen=True, tag="report"):
    """A family's first word; its writer becomes the family key of the case.

    `recipient` is whom replies are sealed to, and `box` the secret under which they are addressed.
    """

    kind: Word
    region: Region
    lang: Language
    story: Story
    answers: Annotated[dict[Key, Line], Meta(max_length=ANSWERS)]
    sender: Sender
    recipient: Recipient
    box: Hex32
    consent: Consent
    files: Files = ()


class PersonalDetails(Said, frozen=True, tag="identity"):
    """Who the family is: an envelope of its own, for custodians, not opened until asked for."""

    name: Line
    address: Short
    phone: Line = ""
    soldier: Line = ""
    originals: Files = ()


class Message(Said, frozen=True, tag="message"):
    """The family writes on."""

    text: Text
    files: Files = ()


class EraseRequest(Said, frozen=True, tag="erase-request"):
    """The family asks for the case to be erased; it cannot be refused."""

    why: Short = ""


class Reply(Said, frozen=True, tag="reply"):
    """What the family reads when it comes back; the newest one is enough.

    `dates` are deadlines in words, `asks` what is wanted of the family, `recipient` whom later
    messages are sealed to, `earlier` the conversation so far, `files` what the family was given.
    """

    text: Story
    status: Status
    recipient: Recipient
    dates: Annotated[tuple[Short, ...], Meta(max_length=20)] = ()
    asks: Annotated[tuple[Short, ...], Meta(max_length=20)] = ()
    earlier: Annotated[tuple[Turn, ...], Meta(max_length=limits.REPLY_TURNS)] = ()
    files: Files = ()


class Opened(Said, frozen=True, tag="opened"):
    """A caseworker takes a report: from now on it is a case, and `desk` is under its slots."""

    case: Hex16
    desk: Hex32
    title: Line


class CaseKey(Said, frozen=True, tag="key"):
    """The case's identity, for each of its holders, with the secret under the desk's slots."""

    case: Hex16
    desk: Hex32
    identity: Identity
    holders: Annotated[tuple[Hex32, ...], Meta(min_length=1, max_length=limits.CASEWORKERS)]


class Assign(Said, frozen=True, tag="assign"):
    """Who holds the case, and who of them chases it."""

    case: Hex16
    holders: Annotated[tuple[Hex32, ...], Meta(min_length=1, max_length=limits.CASEWORKERS)]
    lead: Hex32


class Note(Said, frozen=True, tag="note"):
    """For caseworkers; the family never sees it."""

    text: Story
    files: Files = ()


class Related(Said, frozen=True, tag="related"):
    """Another case has to do with this one; nothing is joined by force."""

    case: Hex16
    why: Literal["same-family", "duplicate", "same-unit"]


class StatusChange(Said, frozen=True, tag="status"):
    """Where the case stands, by a caseworker's word."""

    to: Literal["declined", "asked", "silent"]
    reason: Short = ""


class Handover(Said, frozen=True, tag="handover", rename={"sender": "from"}):
    """A holder gives the case to another."""

    sender: Hex32
    to: Hex32
    why: Literal["leaving", "ill", "arrested", "distrusted"]


class IdentityOpened(Said, frozen=True, tag="identity-opened"):
    """A custodian read who the family is; the family sees it on its next visit."""

    reason: Short
    letter: Number


class Letter(Said, frozen=True, tag="letter"):
    """A letter as it was written; `hash` is the SHA-256 of its template.

    `about` is the number of the letter that it complains of or goes on from.
    """

    no: Number
    authority: Word
    template: Word
    hash: Hex32
    sender: Literal["home", "caseworker", "group", "deputy"]
    way: Word
    text: Paper
    about: Annotated[int, Meta(ge=0, le=100_000)] = 0


class CaseFact(Said, frozen=True, tag="fact"):
    """Something that happened to a letter on a day; a forwarding may say to which authority."""

    letter: Number
    what: Word
    on: Day
    no: Line = ""
    proof: File | None = None
    to: Word | Literal[""] = ""


class Deadline(Said, frozen=True, tag="deadline", rename={"derivation": "sum"}):
    """A date by law, with how it was reached; `was` is the day that it replaces."""

    letter: Number
    rule: Word
    derivation: Sum
    was: Day | None = None


class Grade(Said, frozen=True, tag="grade"):
    """What an answer is worth."""

    letter: Number
    word: Literal[
        "substance", "partial", "refusal", "form-reply", "stalling", "passed-on", "asks-more",
        "silence",
    ]  # fmt: skip
    ground: Word | Literal[""] = ""


class Outcome(Said, frozen=True, tag="outcome"):
    """How the case ended."""

    word: Literal["helped", "partly", "refused", "silent", "withdrawn", "no-contact"]
    text: Text = ""


class Snapshot(Said, frozen=True, tag="snapshot"):
    """Earlier bodies again, before their envelopes lapse."""

    bodies: Annotated[tuple[Whole, ...], Meta(min_length=1, max_length=BODIES)]


class Piece(Said, frozen=True, tag="piece"):
    """A part of one earlier body that is too long for a snapshot; all, in order, are its JSON."""

    g: Hex32
    charter: Hex32
    s: Hex16
    by: Hex32
    sig: Hex64
    part: Annotated[int, Meta(ge=1, le=PIECES)]
    parts: Annotated[int, Meta(ge=2, le=PIECES)]
    json: str


class Erase(Said, frozen=True, tag="erase"):
    """A holder erases the case; it ends when enough of them have."""

    why: Short = ""


FAMILY = (Report, PersonalDetails, Message, EraseRequest)
CASEWORKER = (
    Reply, Opened, CaseKey, Assign, Note, Related, StatusChange, Handover, IdentityOpened, Letter,
    CaseFact, Deadline, Grade, Outcome, Snapshot, Piece, Erase,
)  # fmt: skip
TYPES = frozenset(str(one.__struct_config__.tag) for one in (*FAMILY, *CASEWORKER))

Statement: TypeAlias = (
    Report | PersonalDetails | Message | EraseRequest | Reply | Opened | CaseKey | Assign | Note
    | Related | StatusChange | Handover | IdentityOpened | Letter | CaseFact | Deadline | Grade
    | Outcome | Snapshot | Piece | Erase
)  # fmt: skip
