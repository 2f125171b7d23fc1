"""Panel: whose stamps count under one petition, and how many; its windows, options and regions."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from wayhome.codec import limits
from wayhome.crypto.stamps import StampKey
from wayhome.records.refused import Refused

TOKEN_TYPE = b"\x00\x02"  # RFC 9578, 8.2.2


@dataclass(frozen=True, slots=True)
class Seat:
    """A group on the panel and the key it stamps with."""

    group: str
    kid: str
    key: StampKey

    @classmethod
    def of(cls, group: str, spki: bytes) -> Self:
        """Take a seat by the key's bytes; the key is loaded once, here."""
        key = StampKey.of(spki)
        return cls(group, key.kid, key)

    @property
    def kid16(self) -> str:
        """The 16 digits by which a signature names the key."""
        return self.kid[:16]

    def __reduce__(self) -> tuple[Callable[[str, bytes], Self], tuple[str, bytes]]:
        """Travel to another process as bytes: a loaded key cannot."""
        return (type(self).of, (self.group, self.key.spki))


@dataclass(frozen=True, slots=True)
class Panel:
    """What a petition and its acceptances settle together; made once, asked for each signature."""

    petition: str
    open: int
    close: int
    window: int
    q: int
    seats: tuple[Seat, ...]
    options: tuple[str, ...]
    regions: tuple[str, ...]
    _by_kid16: dict[str, Seat] = field(init=False, repr=False, compare=False)
    _tails: dict[str, bytes] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Lay the seats out by how signatures name them, and by what their stamps end with."""
        tails = {seat.kid: bytes.fromhex(self.petition + seat.kid) for seat in self.seats}
        object.__setattr__(self, "_by_kid16", {seat.kid16: seat for seat in self.seats})
        object.__setattr__(self, "_tails", tails)

    @property
    def is_poll(self) -> bool:
        """Tell whether signers choose an option."""
        return bool(self.options)

    @property
    def windows(self) -> int:
        """The number of windows."""
        return (self.close - self.open) // self.window

    def refuse_time(self, created_at: int) -> None:
        """Refuse what is not the start of a window of this petition.

        Raises:
            Refused: `bad-time`.
        """
        since = created_at - self.open
        if not (0 <= since < self.close - self.open and since % self.window == 0):
            raise Refused("bad-time", "created_at is the start of a window, before close")

    def refuse_early(self, created_at: int, now: int) -> None:
        """Refuse what is dated to a window that no honest clock has reached.

        Raises:
            Refused: `not-yet`.
        """
        if created_at > now + limits.GRACE:
            raise Refused("not-yet", f"its window begins more than {limits.GRACE} s ahead")

    def refuse_late(self, now: int) -> None:
        """Refuse what a person sends when nothing is taken any more.

        Raises:
            Refused: `closed`.
        """
        if now >= self._last:
            raise Refused("closed", "persons' records are taken until a day after close")

    def release(self, now: int) -> int:
        """Give the moment at which what a person sends ``now`` becomes public.

        A poll has one window, so it is `close`.
        """
        if now >= self.close:
            return self._last
        return self.window_start(now) + self.window

    def window_start(self, at: int) -> int:
        """Give the start of the window in which ``at`` lies; the first or last if in none."""
        index = min(max(0, at - self.open) // self.window, self.windows - 1)
        return self.open + index * self.window

    def seat(self, kid16: str) -> Seat | None:
        """Give the seat whose key has these first digits."""
        return self._by_kid16.get(kid16)

    def tail(self, seat: Seat) -> bytes:
        """Give what follows the one-time key in the stamped message: petition and key."""
        return self._tails[seat.kid]

    @property
    def _last(self) -> int:
        # a poll ends with its close, so that nobody answers who has seen others' answers
        return self.close if self.is_poll else self.close + limits.SEND_AFTER_CLOSE
