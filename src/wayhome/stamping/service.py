"""The stamping desk: one stamp for one part of a voucher, and the same question, the same answer.

To it a petition is 64 hex digits. What it must know of the world (from when to when, whether every
acceptance stands) is told by the clerk, who asks a node.
"""

import asyncio
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from wayhome.codec import limits, strict
from wayhome.crypto import codes, keys, rawrsa, stamps
from wayhome.crypto.keypage import BadPage, KeyPage, finish_erasures
from wayhome.crypto.keys import SecretKey
from wayhome.crypto.rawrsa import BadBlinded, Signer
from wayhome.crypto.stamps import StampKey
from wayhome.records.refused import Refused
from wayhome.records.tags import read_id
from wayhome.stamping.book import Book, BookFault, Desk

SIGNERS = 2  # threads; OpenSSL works outside the interpreter's lock
_ROW_BYTES = 16  # of a keyed hash: 2^-88 that two of a million meet
BUSY_AFTER = 2  # seconds a page waits before it asks again


class _Request(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    petition: str
    kid: str
    blinded: str
    voucher: str


_DECODER = msgspec.json.Decoder(_Request)


class StampingDesk:
    """One group's desk for one petition, in a folder of its own."""

    def __init__(self, folder: Path, clock: Callable[[], int], *, serves: bool = True) -> None:
        """Open a desk; an erasure that a crash interrupted is finished first.

        One process at a time serves a desk; others may set it up and add parts.

        Raises:
            BookFault: in words for the operator.
            SignerFault: the signing back end does not give the RFC's answers.
        """
        self._folder = folder
        self._clock = clock
        self.book = Book(folder / "book.db", serves=serves)
        self._page: KeyPage | None = None
        self._signer: Signer | None = None
        try:
            self._open(self.book.desk())
        except BaseException:
            self.book.close()
            raise
        self._threads = ThreadPoolExecutor(SIGNERS, "signer")
        self._waiting = 0

    @staticmethod
    def make(folder: Path) -> StampKey:
        """Make a desk: stamp key, desk key, two key pages and an empty book.

        Raises:
            FileExistsError: the folder is there already.
        """
        folder.mkdir(parents=True, mode=0o700)
        page, desk_page = KeyPage.make(folder / "stamp.page"), KeyPage.make(folder / "desk.page")
        stamp, desk = rawrsa.new_stamp_secret(), keys.new_secret_key()
        spki = stamps.spki_of(stamp)
        sealed = page.seal(stamp, b"stamp"), desk_page.seal(desk, b"desk")
        Book.make(folder / "book.db", Desk(spki, keys.public_key(desk), *sealed))
        return StampKey.of(spki)

    @property
    def desk(self) -> Desk:
        """What the book says now."""
        return self.book.desk()

    def refresh(self) -> Desk:
        """Look into the book again: another process may have set the desk up."""
        self._said = self.book.desk()
        return self._said

    def set_up(self, petition: str, times: tuple[int, int], ceiling: int) -> None:
        """Say for which petition, from when to when, and how many parts at most."""
        self.book.set_up(petition, times, ceiling)
        self._said = self.book.desk()

    def add_parts(self, secrets: list[bytes]) -> int:
        """Honour these voucher parts from now on; give how many there are in all.

        Raises:
            BookFault: more than were promised, or the disk did not take them.
        """
        page = self._stamp_page()
        kid = self.key.kid
        return self.book.add([_row(page, codes.voucher_hash(kid, secret)) for secret in secrets])

    def open_for_stamping(self) -> None:
        """Begin to stamp: petition and all acceptances stand, and counter 0 is published."""
        self.book.enter("open")
        self._said = self.book.desk()

    def end(self) -> int:
        """Stop stamping for good; give how many parts were ever used."""
        self.book.enter("final")
        return self.refresh().issued

    def erase_stamp_key(self) -> None:
        """Erase what can stamp or match a code; the final counter is durable."""
        self.book.enter("final")
        self._signer, self._page = None, None
        if (self._folder / "stamp.page").exists():
            KeyPage.open(self._folder / "stamp.page").erase()
        self.book.enter("erased")
        self._said = self.book.desk()

    def desk_secret(self) -> SecretKey:
        """Give the key that signs counters and lists, to the clerk alone.

        Raises:
            BadPage: it was erased, after the closing list.
        """
        page = KeyPage.open(self._folder / "desk.page")
        return SecretKey(page.unseal(self._said.sealed_desk, b"desk"))

    def erase_desk_key(self) -> None:
        """Erase it: the closing list is published."""
        KeyPage.open(self._folder / "desk.page").erase()

    async def stamp(self, raw: bytes) -> bytes:
        """Answer a request for a stamp.

        Raises:
            Refused: one of the reasons of docs/protocol/stamping.md, the first that fits.
            SignerFault: the desk must stop.
        """
        request = _read(raw)
        blinded = self._checked(request)
        page = self._stamp_page()
        secret = bytes.fromhex(request.voucher)
        row = _row(page, codes.voucher_hash(request.kid, secret))
        asked = page.hmac(b"asked", blinded)[:_ROW_BYTES]
        if self._waiting >= limits.STAMP_QUEUE:
            raise Refused("busy", "too many requests are waiting")
        self._waiting += 1
        try:
            await self._use(row, asked)
            answer = await self._sign(blinded)
        finally:
            self._waiting -= 1
        return b'{"blind_sig":"%b"}' % b64encode(answer)

    def close(self) -> None:
        """Give back threads and files; safe to call twice."""
        self._threads.shutdown()
        self.book.close()

    def _open(self, desk: Desk) -> None:
        finish_erasures(self._folder)
        self._said = desk
        self.key = StampKey.of(desk.spki)
        if desk.stage in ("final", "erased"):
            return  # nothing is stamped any more; the clerk erases once the last counter is durable
        rawrsa.self_test()
        try:
            self._page = KeyPage.open(self._folder / "stamp.page")
            self._signer = Signer(self._page.unseal(desk.sealed_stamp, b"stamp"))
        except BadPage as error:
            raise BookFault(
                "the key page of this desk is missing or another's: a desk is not restored from a"
                " copy, for it would stamp used vouchers again; the panel's other groups carry on"
            ) from error

    def _checked(self, request: _Request) -> bytes:
        said = self._said
        if not said.petition or request.petition != said.petition:
            raise Refused("unknown-petition", "this desk does not serve it")
        if request.kid != self.key.kid:
            raise Refused("wrong-kid", "blinded for another key")
        if said.stage == "ready" or self._clock() < said.open:
            raise Refused("not-open", "stamping has not begun")
        if said.stage != "open" or self._clock() >= said.close:
            raise Refused("closed", "stamping has ended")
        blinded = b64decode(request.blinded)
        if not 0 < int.from_bytes(blinded, "big") < self.key.modulus:
            raise Refused("bad-blinded", "a number above zero and below the modulus")
        return blinded

    async def _use(self, row: bytes, asked: bytes) -> None:
        try:
            use = await asyncio.wrap_future(self.book.use(row, asked))
        except BookFault:
            raise Refused(
                "storage", "the use could not be made durable; nothing was spent"
            ) from None
        if use == "closed":
            raise Refused("closed", "stamping has ended")
        if use == "unknown":
            raise Refused("unknown-voucher", "no such part")
        if use == "other":
            raise Refused("already-stamped", "the part was used for another number")

    async def _sign(self, blinded: bytes) -> bytes:
        if self._signer is None:
            raise Refused("closed", "stamping has ended")
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._threads, self._signer.sign, blinded)
        except BadBlinded:
            raise Refused("bad-blinded", "not a number that this key signs") from None

    def _stamp_page(self) -> KeyPage:
        if self._page is None:
            raise Refused("closed", "stamping has ended")
        return self._page


def _row(page: KeyPage, voucher_hash: bytes) -> bytes:
    return page.hmac(b"row", voucher_hash)[:_ROW_BYTES]


def _read(raw: bytes) -> _Request:
    if len(raw) > limits.STAMP_BODY:
        raise Refused("too-large", f"at most {limits.STAMP_BODY} bytes")
    try:
        request = strict.decode(_DECODER, raw)
        strict.refuse_doubles(raw)
        _refuse_forms(request)
    except strict.BadForm as error:
        raise Refused("bad-form", str(error)) from None
    return request


def _refuse_forms(request: _Request) -> None:
    try:
        read_id(request.petition)
        read_id(request.kid)
        blinded = b64decode(request.blinded, validate=True)
        secret = bytes.fromhex(request.voucher)
    except (Refused, Error, ValueError):
        raise strict.BadForm("hex and base64 of the lengths that the page says") from None
    if (
        len(blinded) != stamps.MODULUS_BYTES
        or b64encode(blinded).decode() != request.blinded
        or len(secret) != codes.SECRET_BYTES
        or secret.hex() != request.voucher
    ):
        raise strict.BadForm("hex and base64 of the lengths that the page says")
