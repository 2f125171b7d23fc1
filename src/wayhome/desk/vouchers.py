"""Vouchers: new parts for a stamping desk, printed once. Codes live in memory and on paper only.

In this order, so that whatever is killed, no slip is out that the desk would not honour:
the sheets are drawn, the desk keeps the parts durably, the PDF is written.
"""

import os
import resource
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeAlias

import msgspec

from wayhome.crypto import codes
from wayhome.desk import sheets
from wayhome.desk.known import DeskFault, Known
from wayhome.desk.petitions import petition_of
from wayhome.petition.kinds.acceptance import read_desk_url
from wayhome.petition.kinds.petition import Petition
from wayhome.records.record import Record
from wayhome.records.refused import Refused

MOST = 2_000  # slips in one PDF: 250 pages, and half a minute to draw


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be printed, and for which stamp key."""

    kid: str
    number: int
    lang: str
    site: str
    onion: str = ""
    with_codes: bool = True


@dataclass(frozen=True, slots=True)
class Stamps:
    """A group's stamping desk, as far as who prints must know it."""

    kid: str
    petition: str  # empty where it was not set up
    can_print: bool  # set up, and not closed
    ceiling: int
    keep: Callable[[list[bytes]], int]  # makes parts durable there; how many it has then


Opening: TypeAlias = Callable[[], AbstractContextManager[Stamps]]


def job_at(known: Known, desk: Stamps, order: Order) -> sheets.Job:
    """Give what each slip for a stamping desk says, without its code yet.

    Raises:
        DeskFault: the desk is not set up or has closed, its petition is not known, the ceiling
            does not reach, or as `job_of` says.
    """
    if not desk.can_print and desk.petition:
        raise DeskFault("the desk has closed", "stamps-closed")
    if not desk.can_print:
        raise DeskFault("set the desk up: wayhome stamp set-up", "stamps-new")
    if order.number > desk.ceiling:
        raise DeskFault(
            f"{order.number} slips are more than the {desk.ceiling} promised", "over-ceiling"
        )
    return job_of(known, petition_of(known, desk.petition), order)


def job_of(known: Known, asked: Record, order: Order) -> sheets.Job:
    """Give what each slip says, without its code yet.

    Raises:
        DeskFault: the petition does not name the key, an address or a letter cannot be printed.
    """
    said = Petition.of(asked)
    place = next((one for one in said.panel if one.kid == order.kid), None)
    if place is None:
        raise DeskFault(
            f"the petition's panel does not name this desk's key {order.kid}", "not-on-panel"
        )
    if not 1 <= order.number <= MOST:
        raise DeskFault(
            f"1 to {MOST} slips at a time; print the rest in another file", "bad-number"
        )
    job = sheets.Job(
        lang=order.lang,
        title=said.title,
        group=known.charter(place.group).name,
        site=_address(order.site),
        onion=_address(order.onion) if order.onion else "",
        petition=asked.id,
        is_alone=said.q == 1,
        with_codes=order.with_codes,
        codes=[],
    )
    if odd := sheets.missing(job.title + job.group):
        raise DeskFault(
            f"the sheets' font has no letters {' '.join(odd)}; they stand in the title or the name",
            "no-letters",
        )
    return job


def print_slips(
    job: sheets.Job,
    order: Order,
    keep: Callable[[list[bytes]], int],
    out: Path,
    told: Callable[[], None],
) -> int:
    """Print an order's slips to a new PDF, for its owner's eyes only; give what ``keep`` gives.

    ``keep`` makes the parts durable in the desk, or raises; then nothing is printed. ``told`` is
    called after each page.

    Raises:
        DeskFault: the file is there already, cannot be written, or the sheets cannot be drawn.
    """
    try:
        descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise DeskFault(f"{out}: {error.strerror}; slips are printed to a new file") from error
    with os.fdopen(descriptor, "wb") as file:
        try:
            pdf, total = draw_slips(job, order, keep, told)
        except BaseException:
            out.unlink()
            raise
        _write(file, pdf, out)
    return total


def draw_slips(
    job: sheets.Job,
    order: Order,
    keep: Callable[[list[bytes]], int],
    told: Callable[[], None],
) -> tuple[bytes, int]:
    """Draw an order's slips into memory; give them, and what ``keep`` gives.

    ``keep`` makes the parts durable in the desk, or raises; then nothing is given. ``told`` is
    called after each page.

    Raises:
        DeskFault: the sheets cannot be drawn.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump would hold the codes
    parts = [codes.new_secret() for _ in range(order.number)]
    written = [codes.write(order.kid, part) for part in parts]
    pdf = _drawn(msgspec.structs.replace(job, codes=written), told)
    # the desk's rows lie in the order of the parts, the slips in the order they were drawn
    return pdf, keep(sorted(parts))


def _drawn(job: sheets.Job, told: Callable[[], None]) -> bytes:
    """Have another process draw: drawing holds much memory, and all of it ends with it."""
    with subprocess.Popen(  # noqa: S603 - our own module, in our own interpreter
        [sys.executable, "-I", "-m", sheets.__name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as child:
        pdf: list[bytes] = []
        if child.stdin is None or child.stdout is None or child.stderr is None:
            raise AssertionError("all three were asked for")
        child.stdin.write(msgspec.json.encode(job))
        child.stdin.close()
        reader = threading.Thread(target=_read, args=(child.stdout, pdf))
        reader.start()
        while child.stderr.read(1) == b".":  # anything else is the beginning of a fault
            told()
        child.stderr.read()  # a fault's text may hold a code: it is shown to nobody
        reader.join()
    if child.returncode != 0:
        raise DeskFault(
            "the sheets could not be drawn; nothing was printed and no part was made", "not-drawn"
        )
    return pdf[0]


def _read(source: BinaryIO, into: list[bytes]) -> None:
    into.append(source.read())


def _write(file: BinaryIO, pdf: bytes, out: Path) -> None:
    try:
        file.write(pdf)
        file.flush()
        os.fsync(file.fileno())
    except OSError as error:
        out.unlink()
        raise DeskFault(
            f"{out}: {error.strerror}; these parts are in the desk but on no paper: they count"
            " against the ceiling, and harm nobody. Print again elsewhere"
        ) from error


def _address(text: str) -> str:
    try:
        return read_desk_url(text.rstrip("/"))
    except Refused as error:
        raise DeskFault(
            f"{text[:100]!r} cannot be printed as the site: {error}", "bad-site"
        ) from error
