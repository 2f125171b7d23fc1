"""A law that a stranger presents is drawn the same, or refused before anything is drawn."""

import json
from collections.abc import Callable

import pytest

from wayhome.web.presented import BadPresented, presented, read_presented
from web.small import Opened


def said(site: Opened) -> dict[str, dict[str, dict[str, object]]]:
    return json.loads(presented(site.node.site).json)


def test_a_law_comes_back_as_it_was_presented(site: Opened) -> None:
    law = read_presented(presented(site.node.site).json).face.law
    own = site.node.site.face.law
    assert law == own
    assert presented(site.node.site).json == presented(site.node.site).json


SPOILT: list[Callable[[dict[str, dict]], None]] = [
    lambda law: law["calendar"].update(weekend=[1, 2, 3, 4, 5, 6, 7]),
    lambda law: law["rules"]["ru.59.answer"].update(count=10**6),
    lambda law: law["rules"]["ru.59.answer"].update(count=-1),
    lambda law: law["rules"]["ru.59.answer"]["extend"].update(count=10**6),
    lambda law: law["rules"]["ru.59.answer"].update(example="9999-12-31"),
    lambda law: law["rules"]["ru.59.answer"].update(example="some day"),
    lambda law: law["authorities"].update(by_id={}),
    lambda law: law["authorities"]["by_id"]["ru.unit"].update(above="ru.nobody"),
    lambda law: law["kinds"]["pay"].update(letters=["none"]),
    lambda law: law["kinds"]["pay"].update(to=["ru.nobody"]),
]


@pytest.mark.parametrize("spoil", SPOILT)
def test_a_law_that_cannot_be_drawn_is_refused(
    site: Opened, spoil: Callable[[dict[str, dict]], None]
) -> None:
    whole = said(site)
    spoil(whole["face"]["law"])
    with pytest.raises(BadPresented):
        read_presented(json.dumps(whole).encode())
