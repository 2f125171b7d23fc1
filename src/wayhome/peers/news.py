"""News: what a peer told us has become public there, as far as it was not looked at yet."""

from wayhome.peers.asking import Asking
from wayhome.relay.client import Named, News

MOST = 10_000  # that wait while kinds are compared; what comes besides is asked for after it


class Untaken:
    """Records of one connection, and ids of records, in the order in which they were told."""

    def __init__(self) -> None:
        self._records: list[bytes] = []
        self._ids: dict[bytes, None] = {}
        self._later: dict[bytes, None] = {}  # another is asked for them, and may fail

    def __len__(self) -> int:
        """Give how many were not looked at yet."""
        return len(self._records) + len(self._ids)

    def add(self, told: News | Named) -> bool:
        """Note what was told; False: there is no room for all of it."""
        room = MOST - len(self)
        if isinstance(told, News):
            self._records += [told.raw][:room]
            return room > 0
        self._ids |= dict.fromkeys(told.ids[:room])
        return len(told.ids) <= room

    def records(self) -> list[bytes]:
        """Give the records, and hold them no longer."""
        records, self._records = self._records, []
        return records

    def ids(self, asking: Asking, now: float) -> list[bytes]:
        """Give the ids that nobody is being asked for and that have not just come."""
        told = self._later | self._ids
        unknown = [one for one in told if not asking.has_come(one)]
        self._ids = {}
        self._later = dict.fromkeys(one for one in unknown if asking.is_asked(one, now))
        return [one for one in unknown if one not in self._later]

    def put_back(self, ids: set[bytes]) -> bool:
        """Look again later at ids that another is asked for now; False: there is no room."""
        room = MOST - len(self._later)
        self._later |= dict.fromkeys([*ids][:room])
        return len(ids) <= room
