"""Layers: a map by id that never changes, and of which a larger one is cheaply made.

It is a few dictionaries, each much longer than the one after it, and all maps that grew out of one
another share them. What is in a later one goes before what is in an earlier one.
"""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Generic, TypeVar

_Value = TypeVar("_Value")
_GROWTH = 4  # a layer is at least so many times as long as the one after it


class Layers(Generic[_Value]):
    """A map. Whoever reads it is disturbed by nobody who makes a larger one."""

    def __init__(self, layers: tuple[Mapping[str, _Value], ...] = ()) -> None:
        self._layers = layers

    def __len__(self) -> int:
        """Give how many ids there are; said twice counts twice."""
        return sum(map(len, self._layers))

    def __contains__(self, record_id: str) -> bool:
        """Tell whether it says something of an id."""
        return self.find(record_id) is not None

    def find(self, record_id: str) -> _Value | None:
        """Give what is said of an id, or None."""
        for layer in reversed(self._layers):
            found = layer.get(record_id)
            if found is not None:
                return found
        return None

    def __iter__(self) -> Iterator[str]:
        """Give each id once."""
        return iter(dict.fromkeys(chain.from_iterable(self._layers)))

    def plus(self, more: Mapping[str, _Value]) -> "Layers[_Value]":
        """Give the map that says this besides; each id is copied some twenty times in its life."""
        layers = [*self._layers, more] if more else list(self._layers)
        while len(layers) > 1 and len(layers[-2]) < _GROWTH * len(layers[-1]):
            last = layers.pop()
            layers[-1] = {**layers[-1], **last}
        return Layers(tuple(layers))
