"""post: a group's text in one language; it may translate, correct or adopt another."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Self, TypeAlias, cast, get_args

from wayhome.codec import limits
from wayhome.groups.speech import admit_speech, said
from wayhome.records.filter import Filter
from wayhome.records.kind import Fact, Ground, Kind, Moment
from wayhome.records.record import Record, Tag
from wayhome.records.refused import Refused
from wayhome.records.tags import read_id, read_language, read_text

NUMBER = 3963
Form: TypeAlias = Literal["manifesto", "appeal", "post"]
FORMS: tuple[str, ...] = get_args(Form)
_TIES = ("translates", "corrects", "adopts")


@dataclass(frozen=True, slots=True)
class Post:
    """What a post says beside its text, which is the record's content."""

    group: str
    charter: str
    title: str
    lang: str
    form: Form
    translates: str | None
    corrects: str | None
    adopts: str | None

    @classmethod
    def of(cls, record: Record) -> Self:
        """Read a post; `bad-tags`, `bad-text`."""
        match record.tags:
            case (
                ("g", group),
                ("charter", charter),
                ("title", title),
                ("lang", lang),
                ("as", form),
                *more,
            ) if form in FORMS:
                read_text(title, limits.TITLE)
                read_text(record.content, limits.POST_TEXT)
                return cls(
                    read_id(group),
                    read_id(charter),
                    title,
                    read_language(lang),
                    cast("Form", form),  # it is one of FORMS, which are Form's own words
                    *_ties(more),
                )
            case _:
                raise Refused("bad-tags", "g, charter, title, lang, as, then what it is tied to")


def _ties(tags: Sequence[Tag]) -> tuple[str | None, str | None, str | None]:
    found: list[str | None] = [None, None, None]
    least = 0
    for tag in tags:
        match tag:
            case (name, other) if name in _TIES[least:]:
                place = _TIES.index(name)
                found[place], least = read_id(other), place + 1
            case _:
                raise Refused(
                    "bad-tags", "translates, corrects, adopts: each at most once, in order"
                )
    return found[0], found[1], found[2]


def rule(record: Record) -> None:
    """It is well made when it has a title, a language and a text."""
    Post.of(record)


def needs(record: Record) -> tuple[Filter, ...]:
    """To judge it we must hold what it translates or corrects."""
    post = Post.of(record)
    ids = tuple(sorted({one for one in (post.translates, post.corrects) if one}))
    return (Filter(ids=ids),) if ids else ()


def admit(record: Record, held: Sequence[Record], ground: Ground, moment: Moment) -> None:  # noqa: ARG001 - the shape of `admit`
    """An organiser of a group within reach says it, of records that we hold.

    A post corrects posts of its own group only. Anybody's post, or petition, may be translated.
    """
    post = Post.of(record)
    admit_speech(record, post.group, post.charter, ground)
    others = {one.id: one for one in held}
    if any(one and one not in others for one in (post.translates, post.corrects)):
        raise Refused("unknown-record", "what it translates or corrects is not held here")
    if post.corrects and not _is_own(others[post.corrects], post.group):
        raise Refused("unknown-author", "a group corrects its own posts only")


def _is_own(other: Record, group: str) -> bool:
    return other.kind == NUMBER and Post.of(other).group == group


def count(record: Record) -> tuple[Fact, ...]:
    """It is official when k of n signed it: the groups' view collects that."""
    post = Post.of(record)
    return (said(record, post.group, post.charter),)


KIND = Kind(NUMBER, "post", 3, rule, admit, count, needs)
