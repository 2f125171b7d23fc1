"""Face: a campaign's data pack as a node presents it."""

from pathlib import Path

from wayhome import campaign as packs
from wayhome.campaign import Campaign
from wayhome.lawbook import has_law, read_law
from wayhome.web.site import Face, Place


def face_of(pack: Path, campaign: Campaign, address: str, *, is_trial: bool) -> Face:
    """Give how a node of a campaign presents itself."""
    tiles = packs.read_tiles(pack)
    regions = tuple(
        Place(
            region.code,
            {"ru": region.ru, "en": region.en},
            region.label,
            tiles.tiles.get(region.code) if tiles else None,
        )
        for region in packs.read_regions(pack)
    )
    languages = tuple(campaign.languages)
    split = tiles.split if tiles else 0
    return Face(
        campaign.name,
        campaign.demand,
        languages,
        regions,
        split,
        address,
        is_trial=is_trial,
        law=read_law(pack) if has_law(pack) else None,
    )
