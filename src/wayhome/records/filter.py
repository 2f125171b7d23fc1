"""Filter: which records a listener, a kind or a page wants. NIP-01's filter without the rest."""

from collections.abc import Sequence
from dataclasses import dataclass

from wayhome.records.record import Record


@dataclass(frozen=True, slots=True)
class Filter:
    """Every given condition must hold; inside a condition one value is enough; None asks nothing.

    `tags` is a tuple of (name, value): for each name among them, the record must have a tag with
    that name whose first value is one of the values given for the name.
    """

    ids: tuple[str, ...] | None = None
    authors: tuple[str, ...] | None = None
    kinds: tuple[int, ...] | None = None
    tags: tuple[tuple[str, str], ...] = ()

    def matches(self, record: Record) -> bool:
        """Tell whether ``record`` is wanted."""
        return (
            _allows(self.ids, record.id)
            and _allows(self.authors, record.pubkey)
            and _allows(self.kinds, record.kind)
            and all(self._has(record, name) for name, _ in self.tags)
        )

    def _has(self, record: Record, name: str) -> bool:
        wanted = {value for named, value in self.tags if named == name}
        return any(tag[0] == name and tag[1] in wanted for tag in record.tags if len(tag) > 1)


def _allows(allowed: Sequence[object] | None, value: object) -> bool:
    return allowed is None or value in allowed
