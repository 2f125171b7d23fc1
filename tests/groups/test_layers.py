"""A map that grows is never written to, and costs little to grow."""

from hypothesis import given, settings
from hypothesis import strategies as st

from wayhome.groups.layers import Layers

names = st.integers(0, 40).map(str)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.dictionaries(names, st.integers(), max_size=9), max_size=20))
def test_each_map_says_what_it_was_told_and_the_later_word_holds(
    news: list[dict[str, int]],
) -> None:
    said, maps = dict[str, int](), [(Layers[int](), dict[str, int]())]
    for more in news:
        said = {**said, **more}
        maps.append((maps[-1][0].plus(more), said))
    for found, expected in maps:
        assert {name: found.find(name) for name in expected} == expected
        assert sorted(found) == sorted(expected)
        assert found.find("none of them") is None
        assert len(found) >= len(expected)


def test_ten_thousand_steps_leave_a_few_layers() -> None:
    class Counted(dict[str, int]):
        looked = 0

        def get(self, key: str, default: object = None) -> object:  # type: ignore[override]
            Counted.looked += 1
            return super().get(key, default)

    found = Layers[int]()
    for n in range(10_000):
        found = found.plus(Counted({str(n): n}))
    assert [found.find(str(n)) for n in range(0, 10_000, 999)] == list(range(0, 10_000, 999))
    assert len(found._layers) <= 8  # noqa: SLF001 - what a question costs
