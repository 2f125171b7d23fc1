"""Sets: the ids of a whole kind as they are reconciled, made from the ledger once for all."""

from wayhome.relay.reconcile import Items
from wayhome.relay.roll import Roll


class Sets:
    """Sets of one relay, each kept until its kind changes."""

    def __init__(self) -> None:
        self._whole: dict[int, tuple[Roll, Items]] = {}

    def of(self, kind: int, roll: Roll) -> Items:
        """Give the set of a kind's records; called by one at a time, in a thread."""
        known, items = self._whole.get(kind, (None, Items(())))
        if known is not roll:
            items = Items.of_rows(roll.rows())
            self._whole[kind] = (roll, items)
        return items
