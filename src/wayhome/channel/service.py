"""What organisers can do in the channel: write, translate, correct. All drafts."""

from dataclasses import dataclass

from wayhome.channel.kinds import post
from wayhome.channel.kinds.post import Form
from wayhome.groups.service import to_day
from wayhome.records.draft import Draft
from wayhome.records.record import Tag


@dataclass(frozen=True, slots=True)
class Writing:
    """A text to publish: title, language, Markdown, and what it is published as."""

    title: str
    lang: str
    text: str
    form: Form = "post"


@dataclass(frozen=True, slots=True)
class Ties:
    """The ids of what a post translates, corrects or adopts."""

    translates: str = ""
    corrects: str = ""
    adopts: str = ""


def write(speaker: tuple[str, str], writing: Writing, now: int, ties: Ties = Ties()) -> Draft:
    """Draft a post of ``speaker``, a group and its charter in force."""
    tied = (("translates", ties.translates), ("corrects", ties.corrects), ("adopts", ties.adopts))
    tags: tuple[Tag, ...] = (
        ("g", speaker[0]),
        ("charter", speaker[1]),
        ("title", writing.title),
        ("lang", writing.lang),
        ("as", writing.form),
        *((name, other) for name, other in tied if other),
    )
    return Draft(post.NUMBER, tags, writing.text, to_day(now))
