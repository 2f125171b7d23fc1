"""The petition's kinds, in the order of need; a file each."""

from wayhome.petition.kinds import (
    acceptance,
    closing_list,
    counter,
    petition,
    signature,
    withdrawal,
)

KINDS = (
    petition.KIND,
    acceptance.KIND,
    counter.KIND,
    closing_list.KIND,
    signature.KIND,
    withdrawal.KIND,
)
