"""Names: who the families are, sealed to custodians alone; opened here in memory, and not shown."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from wayhome.cases import said
from wayhome.cases.body import Body, Drawer, is_by_right
from wayhome.cases.snapshots import kept_in
from wayhome.crypto.recipients import Identity
from wayhome.desk.envelopes import Sealed
from wayhome.desk.opening import open_body_with


@dataclass(slots=True)
class Name:
    """One name, the identities of hers that open it, and until when nodes have it."""

    body: Body = field(repr=False)
    under: set[str] = field(default_factory=set, repr=False)
    until: int = 0


def opened_names(
    sealed: Sealed, family: str, writers: Collection[str], custodian: Sequence[Identity]
) -> Iterator[tuple[Body, Identity]]:
    """Open an envelope as a custodian; give the names of a family, and what opened them.

    An empty ``family`` is any.
    """
    try:
        body, under = open_body_with(sealed.file, sealed.place, custodian)
    except Drawer:
        return
    is_again = isinstance(body.said, said.Snapshot) and body.by in writers
    found = kept_in(body.said) if is_again and isinstance(body.said, said.Snapshot) else [body]
    for one in found:
        is_name = isinstance(one.said, said.PersonalDetails)
        if is_name and (not family or is_by_right(one, family, ())):
            yield one, under
