"""What groups, desks and nodes say about a petition, as drafts for whoever holds the key."""

from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wayhome.codec import limits
from wayhome.petition.kinds import acceptance, closing_list, counter, petition
from wayhome.petition.kinds.acceptance import Acceptance
from wayhome.petition.kinds.counter import Counter
from wayhome.petition.kinds.petition import Petition
from wayhome.petition.listfile import ListFile, joined
from wayhome.petition.tally import Tally
from wayhome.records.draft import Draft
from wayhome.records.record import Record, Tag

_DAY = 86_400


def draft_petition(asked: Petition, text: str, now: int) -> Draft:
    """Draft a petition; a poll is one with options. Dated to the day, for the hour is nobody's."""
    tags: tuple[Tag, ...] = (
        ("g", asked.group),
        ("charter", asked.charter),
        ("title", asked.title),
        ("lang", asked.lang),
        ("basis", asked.basis, asked.basis_text),
        ("open", str(asked.open)),
        ("close", str(asked.close)),
        ("window", str(asked.window)),
        ("q", str(asked.q)),
        *(("panel", place.group, place.kid) for place in asked.panel),
        *(("option", option, label) for option, label in asked.options),
        *(("region", code, label) for code, label in asked.regions),
    )
    return Draft(petition.NUMBER, tags, text, now - now % _DAY)


def draft_acceptance(said: Acceptance, now: int) -> Draft:
    """Draft an acceptance, dated to the day."""
    tags: tuple[Tag, ...] = (
        ("g", said.group),
        ("charter", said.charter),
        ("e", said.petition),
        ("spki", b64encode(said.spki).decode()),
        ("stamping", said.stamping),
        ("vouchers", str(said.ceiling)),
        *(("url", url) for url in said.urls),
        *((("prev", said.prev),) if said.prev else ()),
    )
    return Draft(acceptance.NUMBER, tags, "", now - now % _DAY)


def draft_first_counter(asked: Record, group: str, acceptances: Sequence[str]) -> Draft:
    """Draft counter 0: the desk's word that it saw these acceptances, in panel order, official."""
    tags: tuple[Tag, ...] = (
        ("g", group),
        ("e", asked.id),
        ("n", "0"),
        ("issued", "0"),
        *(("acceptance", one) for one in acceptances),
    )
    return Draft(counter.NUMBER, tags, "", Petition.of(asked).open)


def draft_counter(before: Record, issued: int, at: int, *, raised: str | None = None) -> Draft:
    """Draft the counter after ``before``; ``at`` is the end of the window it reports on.

    ``raised`` names the desk's own acceptance that replaced the last one named.
    """
    tags = (*_next(before, issued), *((("acceptance", raised),) if raised else ()))
    return Draft(counter.NUMBER, tags, "", at)


def draft_final_counter(before: Record, issued: int, at: int) -> Draft:
    """Draft the last counter of a desk; ``at`` is close, or earlier if it stops before."""
    return Draft(counter.NUMBER, (*_next(before, issued), ("final",)), "", at)


def _next(before: Record, issued: int) -> tuple[Tag, ...]:
    said = Counter.of(before)
    return (
        ("g", said.group),
        ("e", said.petition),
        ("n", str(said.seq + 1)),
        ("issued", str(issued)),
        ("prev", before.id),
    )


@dataclass(frozen=True, slots=True)
class ClosingDraft:
    """A closing list to be signed, and the files its sums stand for."""

    draft: Draft
    files: dict[str, bytes]


def draft_closing_list(
    asked: Record, group: str, tally: Tally, counters: Iterable[Record]
) -> ClosingDraft:
    """Draft the list of what ``tally`` holds; ``counters`` are all that are held of it."""
    signed = ListFile(joined(tally.signatures()))
    gone = ListFile(joined(tally.withdrawals()))
    finals = sorted(one.id for one in counters if Counter.of(one).is_final)
    tags: tuple[Tag, ...] = (
        ("g", group),
        ("e", asked.id),
        ("count", str(len(signed)), signed.sum),
        ("withdrawn", str(len(gone)), gone.sum),
        *(("counter", one) for one in finals[: limits.PANEL]),
    )
    at = Petition.of(asked).close + limits.LISTS_AFTER_CLOSE
    draft = Draft(closing_list.NUMBER, tags, "", at)
    return ClosingDraft(draft, {one.sum: one.joined for one in (signed, gone)})
