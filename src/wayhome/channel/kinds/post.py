"""post: a group's text in one language; it may translate, correct or adopt another."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, NamedTuple, TypeAlias, cast, get_args

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


class Post(NamedTuple):
    """What a post says beside its text, which is the record's content."""

    group: str
    charter: str
    title: str
    lang: str
    form: Form
    translates: str | None
    corrects: str | None
    adopts: str | None

    @staticmethod
    def of(record: Record) -> "Post":
        """Read a post; `bad-tags`, `bad-text`."""
        return _read(record)

    def may_correct(self, other: "Post") -> bool:
        """Tell whether a group may put this in the place of ``other``."""
        return (self.group, self.lang) == (other.group, other.lang)


@lru_cache(maxsize=160)  # rule and needs ask for the same one; of a batch of 128, admit and count
def _read(record: Record) -> Post:
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
            return Post(
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
    """To judge a correction we must hold what it corrects.

    What is translated need not be held: it may be a petition, which is copied later than posts.
    """
    corrects = Post.of(record).corrects
    return (Filter(ids=(corrects,), kinds=(NUMBER,)),) if corrects else ()


def admit(record: Record, held: Sequence[Record], ground: Ground, moment: Moment) -> None:  # noqa: ARG001 - the shape of `admit`
    """An organiser of a group within reach says it.

    A group corrects posts of its own, in their language. Anybody's post, or petition, may be
    translated.
    """
    post = Post.of(record)
    admit_speech(record, post.group, post.charter, ground)
    if post.corrects and not any(post.may_correct(Post.of(one)) for one in held):
        raise Refused("unknown-record", "no post of this group in this language with that id")


def count(record: Record) -> tuple[Fact, ...]:
    """It is official when k of n signed it: the groups' view collects that."""
    post = Post.of(record)
    return (said(record, post.group, post.charter),)


KIND = Kind(NUMBER, "post", 3, rule, admit, count, needs)
