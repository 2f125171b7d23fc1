"""Texts: what a group says, in one language or several; translated, corrected, adopted."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from wayhome.channel.kinds import post
from wayhome.channel.kinds.post import Form, Post
from wayhome.channel.service import Ties, Writing, write
from wayhome.crypto import keys
from wayhome.crypto.keys import SecretKey
from wayhome.desk import proposals
from wayhome.desk.known import DeskFault, Known
from wayhome.groups.service import charter_of
from wayhome.petition.kinds import petition
from wayhome.records.draft import Draft
from wayhome.records.record import Record


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks, a group and its charter in force, among what is known, and when."""

    known: Known
    own: tuple[str, str]
    now: int

    def text(self, writing: Writing, adopts: str = "") -> Draft:
        """Draft a text.

        Raises:
            DeskFault: what it adopts is not known.
        """
        adopted = self.known.record(adopts).id if adopts else ""
        return write(self.own, writing, self.now, Ties(adopts=adopted))

    def translation(self, original: str, writing: Writing) -> Draft:
        """Draft a translation of a post or petition, as what the original was published.

        Raises:
            DeskFault: the original is not known, or is no text.
        """
        record = self.known.record(original)
        if record.kind not in (post.NUMBER, petition.NUMBER):
            raise DeskFault(f"{record.id} is no text: there is nothing to translate", "no-text")
        form: Form = Post.of(record).form if record.kind == post.NUMBER else "post"
        told = Writing(writing.title, writing.lang, writing.text, form)
        return write(self.own, told, self.now, Ties(translates=record.id))

    def correction(self, original: str, title: str, text: str, *, leave: bool = False) -> Draft:
        """Draft a correction of a post of the group's own; an empty title stays as it was.

        To ``leave`` is to take back that the original adopts another group's text.

        Raises:
            DeskFault: the original is not known, or another's.
        """
        record = self.known.record(original)
        if record.kind != post.NUMBER or charter_of(record)[0] != self.own[0]:
            raise DeskFault("a group corrects its own posts only", "not-ours")
        said = Post.of(record)
        adopts = "" if leave else said.adopts or ""
        ties = Ties(translates=said.translates or "", corrects=record.id, adopts=adopts)
        writing = Writing(title or said.title, said.lang, text, said.form)
        return write(self.own, writing, self.now, ties)

    def adoption(self, original: str, writing: Writing) -> Draft:
        """Draft the text by which the group makes another group's text its own.

        Raises:
            DeskFault: the original is no official text, or the group's own.
        """
        record = self.known.record(original)
        if record.kind != post.NUMBER or not self.known.standing.is_official(record.id):
            raise DeskFault(f"{record.id} is not a text that a group has signed", "not-official")
        if charter_of(record)[0] == self.own[0]:
            raise DeskFault("it is your own group's: there is nothing to join", "ours")
        return write(self.own, writing, self.now, Ties(adopts=record.id))

    def in_languages(self, writings: Sequence[Writing], secret: SecretKey) -> list[Record]:
        """Sign one text in several languages: the first is the original, the others translate it.

        Raises:
            DeskFault: there is none, or two in one language.
            Refused: the first reason that a node would give.
        """
        if not writings:
            raise DeskFault("write a title and a text", "empty")
        if len({one.lang for one in writings}) < len(writings):
            raise DeskFault("two texts are in one language", "same-language")
        first = proposals.write(self.text(writings[0]), secret)
        later = Voice(self.known.plus(first), self.own, self.now)
        rest = [later.translation(first.id, one) for one in writings[1:]]
        return [first, *(proposals.write(one, secret) for one in rest)]


def judged(draft: Draft) -> Record:
    """Give a draft as a record, by a key of nobody's, when every node would find it well made.

    Raises:
        Refused: the first reason that a node would give.
    """
    return proposals.write(draft, keys.new_secret_key())


def read_file(path: Path) -> str:
    """Read a text file: UTF-8, any line ends; the empty lines around it are left out.

    Raises:
        DeskFault: it is not text, or empty.
    """
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise DeskFault(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DeskFault(f"{path} is not plain text in UTF-8; save it as that") from error
    found = tidied(text)
    if not found:
        raise DeskFault(f"{path} is empty")
    return found


def tidied(text: str) -> str:
    """Give a text as it may stand in a record."""
    # a tab may stand in no record: it looks different to every reader
    return text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4).strip()
