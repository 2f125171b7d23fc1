"""Signer: a person's side of signing, as their browser does it, for simulated people and tests."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from wayhome.crypto import keys, stamps
from wayhome.crypto.keys import SecretKey
from wayhome.petition.kinds import signature, withdrawal
from wayhome.petition.panel import Panel, Seat
from wayhome.records.draft import Draft
from wayhome.records.record import Tag


@dataclass(frozen=True, slots=True)
class Blinded:
    """One seat's question: `blinded` goes to its stamping desk, the rest stays here."""

    seat: Seat
    message: bytes
    factor: int
    blinded: bytes

    def __repr__(self) -> str:
        """Say nothing: what is in here connects a voucher with a signature."""
        return "Blinded(...)"


@dataclass(frozen=True, slots=True)
class Signer:
    """A one-time key with its questions to q stamping desks."""

    panel: Panel
    secret_key: SecretKey
    questions: tuple[Blinded, ...]

    @classmethod
    def begin(cls, panel: Panel, groups: Sequence[str]) -> Self:
        """Make a one-time key and blind it for these panel groups."""
        secret_key = keys.new_secret_key()
        public = keys.public_key(secret_key)
        seats = [seat for seat in panel.seats if seat.group in groups]
        questions = tuple(_blinded(panel.petition, public, seat) for seat in seats)
        return cls(panel, secret_key, questions)

    def draft(
        self,
        answers: Mapping[str, bytes],
        at: int,
        *,
        option: str | None = None,
        region: str | None = None,
    ) -> Draft:
        """Draft the signature of the window in which ``at`` lies; ``answers`` are by group.

        Raises:
            BadAnswer: an answer is no stamp of the petition's key.
        """
        found = sorted(
            (
                one.seat.kid16,
                stamps.finalise(one.seat.key, one.message, one.factor, answers[one.seat.group]),
            )
            for one in self.questions
        )
        tags: tuple[Tag, ...] = (
            ("e", self.panel.petition),
            *((("option", option),) if option else ()),
            *((("region", region),) if region else ()),
            *(("stamp", kid16, b64encode(stamp).decode()) for kid16, stamp in found),
        )
        return Draft(signature.NUMBER, tags, "", self.panel.window_start(at))

    def draft_withdrawal(self, at: int) -> Draft:
        """Draft the withdrawal of what this key signed."""
        start = self.panel.window_start(at)
        return Draft(withdrawal.NUMBER, (("e", self.panel.petition),), "", start)

    def __repr__(self) -> str:
        """Say nothing: the secret key is in here."""
        return "Signer(...)"


def _blinded(petition: str, public: str, seat: Seat) -> Blinded:
    message = stamps.token_input(petition, public, seat.kid)
    salt, factor = stamps.new_blinding(seat.key)
    blinded = stamps.blind(seat.key, message, salt, factor)
    return Blinded(seat, message, factor, blinded)
