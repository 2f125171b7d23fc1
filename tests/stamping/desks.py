"""A desk that is open, and people who ask it for stamps."""

import json
from base64 import b64decode, b64encode
from pathlib import Path

from wayhome.crypto import codes, stamps
from wayhome.stamping.service import StampingDesk

PETITION = "ab" * 32
OPEN, CLOSE = 1_000, 2_000


class Clock:
    """A clock that is set by hand."""

    def __init__(self, now: int = OPEN) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


def open_desk(folder: Path, clock: Clock | None = None, ceiling: int = 1_000) -> StampingDesk:
    StampingDesk.make(folder)
    desk = StampingDesk(folder, clock or Clock())
    desk.set_up(PETITION, (OPEN, CLOSE), ceiling)
    desk.open_for_stamping()
    return desk


def parts(desk: StampingDesk, count: int) -> list[bytes]:
    secrets = [codes.new_secret() for _ in range(count)]
    desk.add_parts(secrets)
    return secrets


def blinded(desk: StampingDesk) -> bytes:
    salt, factor = stamps.new_blinding(desk.key)
    return stamps.blind(desk.key, b"message", salt, factor)


def request(desk: StampingDesk, secret: bytes, number: bytes, **changed: object) -> bytes:
    asked = {
        "petition": PETITION,
        "kid": desk.key.kid,
        "blinded": b64encode(number).decode(),
        "voucher": secret.hex(),
    }
    return json.dumps({**asked, **changed}).encode()


def stamp_in(answer: bytes) -> bytes:
    return b64decode(json.loads(answer)["blind_sig"])
