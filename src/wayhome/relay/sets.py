"""Sets: the ids that are reconciled, made from the ledger; a whole kind's is made once for all."""

import asyncio

from wayhome.codec import limits
from wayhome.relay.reconcile import Items
from wayhome.relay.roll import Roll, item_of
from wayhome.relay.stored import Shelves, TooBroad
from wayhome.relay.wanted import Wanted


class Sets:
    """Sets of one relay. A whole kind's set is kept until the kind changes."""

    def __init__(self) -> None:
        self._whole: dict[int, tuple[Roll, Items]] = {}

    async def of(self, wanted: Wanted, shelves: Shelves) -> Items:
        """Give the set of what matches; called by one at a time.

        Raises:
            TooBroad: it is too large, and not a whole kind.
            StorageFault: the store cannot be read.
        """
        kind = _whole_kind(wanted, shelves)
        if kind is None:
            return await asyncio.to_thread(_made, wanted, shelves)
        roll = shelves.rolls[kind]
        known, items = self._whole.get(kind, (None, Items(())))
        if known is not roll:
            items = await asyncio.to_thread(lambda: Items.of_rows(roll.rows()))
            self._whole[kind] = (roll, items)
        return items


def _whole_kind(wanted: Wanted, shelves: Shelves) -> int | None:
    is_whole = wanted.asks_kinds_alone and not wanted.is_dated and wanted.limit is None
    return next(iter(shelves.rolls)) if is_whole and len(shelves.rolls) == 1 else None


def _made(wanted: Wanted, shelves: Shelves) -> Items:
    keys = []
    for key in shelves.keys(wanted):
        keys.append(key)
        if len(keys) > limits.RELAY_SET:
            raise TooBroad
    return Items(map(item_of, keys))
