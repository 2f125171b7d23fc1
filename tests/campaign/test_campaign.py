"""A data pack is read whole, or the fault names file and place."""

from pathlib import Path

import pytest

from wayhome.campaign import read_campaign, read_regions, read_text, read_tiles
from wayhome.packfile import PackFault

PACK = Path(__file__).parents[2] / "campaigns" / "way-home"


def test_every_text_of_the_sample_has_its_file_in_every_language_it_names() -> None:
    campaign = read_campaign(PACK)
    versions = [v for text in campaign.text for v in (text.ru, text.en) if v is not None]
    assert all(read_text(PACK, version.file) for version in versions)
    assert read_text(PACK, campaign.petition.file)


def test_every_text_belongs_to_a_group_of_the_pack() -> None:
    campaign = read_campaign(PACK)
    words = {group.word for group in campaign.group}
    assert {text.group for text in campaign.text} | set(campaign.petition.panel) <= words


def test_regions_and_tiles_name_the_same_places_each_once() -> None:
    regions, tiles = read_regions(PACK), read_tiles(PACK)
    assert tiles is not None
    assert sorted(region.code for region in regions) == sorted(tiles.tiles)
    assert len(set(tiles.tiles.values())) == len(tiles.tiles)
    assert len({region.label for region in regions}) == len(regions)


def test_an_unknown_field_is_named_with_its_place(tmp_path: Path) -> None:
    raw = (PACK / "campaign.toml").read_text("utf-8").replace('lang = "ru"', 'lnag = "ru"', 1)
    (tmp_path / "campaign.toml").write_text(raw, "utf-8")
    line = next(i for i, text in enumerate(raw.splitlines(), 1) if text.startswith("lnag"))
    with pytest.raises(PackFault, match=rf"campaign.toml:{line}: unknown-field: .*lnag"):
        read_campaign(tmp_path)
