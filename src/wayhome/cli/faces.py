"""Faces: how a node of these settings presents itself."""

from dataclasses import replace
from pathlib import Path

from wayhome import campaign as packs
from wayhome.config import Config
from wayhome.face import face_of
from wayhome.packfile import PackFault
from wayhome.web.site import Face


def face_of_settings(settings: Config) -> Face:
    """Give name, languages and regions of the campaign that the settings name."""
    return replace(_of_campaign(settings), onion=settings.onion)


def _of_campaign(settings: Config) -> Face:
    if not settings.campaign:
        return Face({}, {}, address=settings.address)
    pack = Path(settings.campaign)
    try:
        return face_of(pack, packs.read_campaign(pack), settings.address, is_trial=False)
    except PackFault as fault:
        raise SystemExit(f"campaign: {fault}") from fault
