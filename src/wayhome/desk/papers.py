"""Papers: files that a caseworker adds to what she writes, and those that a case names.

They are sealed apart, each to a key of its own. What she adds to a case stays as it came, for it
may be evidence; a picture that goes to a family is drawn anew, so that nobody learns from it where
a caseworker was, and with which telephone.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256

from wayhome.cases import blobs, said
from wayhome.cases.blobs import BadBlob, Blob
from wayhome.cases.body import Body
from wayhome.cases.kinds import sealed
from wayhome.cases.sealedfile import Attachment
from wayhome.cases.snapshots import Keeping, packed
from wayhome.codec import limits
from wayhome.crypto.secretpages import new_secret
from wayhome.desk.case import Case
from wayhome.desk.known import DeskFault
from wayhome.desk.opening import open_file
from wayhome.desk.pictures import show_picture
from wayhome.desk.post import Post

PICTURES = ("image/jpeg", "image/png", "image/webp")  # that the desk draws
MOST = blobs.LARGEST - blobs.LENGTH_BYTES  # bytes of one file
_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,60}")
_NAME = 100  # characters of a file's name
_KEPT = 128 * 1024 * 1024  # bytes of files sealed here that are held, so that they can be looked at
_TICKET = 16  # bytes of what stands for a file in a form


@dataclass(frozen=True, slots=True)
class Brought:
    """A file as the page brought it, with what the browser says of it."""

    name: str = field(repr=False)
    type: str
    raw: bytes = field(repr=False)
    is_drawn: bool = False  # anew, by us


class Papers:
    """The files of one desk that is open; nothing of them is on its disk."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self._brought: dict[str, Brought] = {}
        self._own: dict[str, Blob] = {}
        self._unsent: set[str] = set()
        self._again: Sequence[said.File] = ()

    def bring(self, brought: Brought) -> str:
        """Hold a file until the form that it belongs to comes; give what stands for it there.

        Raises:
            DeskFault: it is too large.
        """
        if len(brought.raw) > MOST:
            raise DeskFault("a file has at most 25 MB")
        while len(self._brought) >= limits.FILES:  # of forms that were never sent
            self._brought.pop(next(iter(self._brought)))
        ticket = new_secret(_TICKET).hex()
        self._brought[ticket] = brought
        return ticket

    def seal(self, tickets: Sequence[str], *, is_for_family: bool = False) -> tuple[said.File, ...]:
        """Seal files that were brought, so that a statement can name them.

        Raises:
            DeskFault: one is not here any more, they are too many or too large, or one says that it
                is a picture and cannot be drawn.
        """
        if len(tickets) > limits.FILES:
            raise DeskFault("at most ten files go with one text")
        found = [self._brought.pop(one, None) for one in tickets]
        brought = [one for one in found if one is not None]
        if len(brought) < len(found):
            raise DeskFault("choose the file again: it was not kept")
        return self._sealed([_redrawn(one) if is_for_family else one for one in brought])

    @contextmanager
    def kept_up(self, files: Sequence[said.File]) -> Iterator[None]:
        """Let the envelope that is written next name these once more: nodes keep what is named."""
        self._again = files
        try:
            yield
        finally:
            self._again = ()

    def named(self, outgoing: Iterable[Blob]) -> list[sealed.Blob]:
        """Give what the envelope that is written now says of files on its outside."""
        again = {one.id: blobs.bucket_of(one.size) for one in self._again}
        self._again = ()
        new = {one.id: one.bucket for one in outgoing}
        return [sealed.Blob(*one) for one in (new | again).items()]

    def outgoing(self, what: said.Statement) -> list[Blob]:
        """Give the files of a statement that no node was given yet."""
        return [self._own[one.id] for one in files_in(what) if one.id in self._unsent]

    def hand_in(self, given: Iterable[Blob]) -> None:
        """Give files to every node; the envelope that names them came first.

        Raises:
            DeskFault: no node takes one.
        """
        for one in given:
            try:
                self._post.hand_in_file(Attachment.of(one))
            except DeskFault as fault:
                raise DeskFault(
                    "the text was sent, but no node takes its file; add it once more in a note"
                ) from fault
            self._unsent.discard(one.id)

    def open(self, case: Case, blob: str, originals: Sequence[said.File] = ()) -> bytes:
        """Give a file that a case names, or one of these. It is bytes, and safe nowhere.

        Raises:
            DeskFault: the case names no such file, or it has not arrived whole.
        """
        named = (one for body in case.bodies.values() for one in files_in(body.said))
        file = next((one for one in (*named, *originals) if one.id == blob), None)
        if file is None:
            raise DeskFault("the case names no such file")
        try:
            return open_file(file, *self._fetched(blob))
        except BadBlob as error:
            raise DeskFault("the file did not arrive whole; ask for it again") from error

    def _fetched(self, blob: str) -> tuple[bytes, Sequence[bytes]]:
        own = self._own.get(blob)  # nodes show it within an hour
        if own is not None:
            return own.hashes, own.chunks
        hashes = self._post.file(f"/blob/{blob}/list")
        count = len(hashes) // blobs.HASH_BYTES
        return hashes, [self._post.file(f"/blob/{blob}/{number}") for number in range(count)]

    def _sealed(self, brought: Sequence[Brought]) -> tuple[said.File, ...]:
        if sum(blobs.bucket_of(len(one.raw)) for one in brought) > limits.BLOBS_BYTES:
            raise DeskFault("the files of one text have at most 60 MB together")
        files = []
        for one in brought:
            made = blobs.make(one.raw)
            self._own[made.id] = made
            self._unsent.add(made.id)
            files.append(_named(one, made))
        while sum(one.bucket for one in self._own.values()) > _KEPT:
            gone = next(iter(self._own))
            self._own.pop(gone)
            self._unsent.discard(gone)
        return tuple(files)


def said_again(bodies: Iterable[Body]) -> Iterator[tuple[Keeping, tuple[said.File, ...]]]:
    """Give what to say so that these bodies are said again, with the files to be named beside it.

    Files stand beside the body that named them first, and alone: as nodes see it, an envelope
    follows another one, and nothing more belongs together.
    """
    seen = set[str]()
    plain = []
    for body in sorted(bodies, key=lambda one: (one.said.n, one.sig)):
        files = {one.id: one for one in files_in(body.said) if one.id not in seen}
        seen.update(files)
        if files:
            first, *rest = packed([body])
            yield first, tuple(files.values())
            yield from ((one, ()) for one in rest)
        else:
            plain.append(body)
    yield from ((one, ()) for one in packed(plain))


def files_in(what: said.Statement) -> tuple[said.File, ...]:
    """Give the files that a statement names."""
    match what:
        case said.Report() | said.Message() | said.Note() | said.Reply():
            return what.files
        case said.CaseFact(proof=proof) if proof:
            return (proof,)
    return ()


def _named(brought: Brought, made: Blob) -> said.File:
    """Say of a file what a body says of one; what its name held that no reader sees is left out."""
    last = re.split(r"[/\\]", brought.name)[-1]
    name = "".join(one for one in last if one.isprintable())[-_NAME:]
    kind = brought.type if _TYPE.fullmatch(brought.type) else "application/octet-stream"
    digest = sha256(brought.raw).hexdigest()
    return said.File(made.id, made.key, name, kind, len(brought.raw), digest, _role(brought))


def _role(brought: Brought) -> said.Role:
    if brought.is_drawn:
        return "clean"
    return "original" if brought.type in PICTURES else "document"


def _redrawn(brought: Brought) -> Brought:
    if brought.type not in PICTURES:
        return brought
    name = re.sub(r"\.[A-Za-z]{1,5}$", "", brought.name) + ".png"
    return Brought(name, "image/png", show_picture(brought.raw), is_drawn=True)
