"""Introduction: what a relay says of itself to programs, before they connect (NIP-11)."""

from dataclasses import dataclass

import orjson

from wayhome.codec import limits

TYPE = "application/nostr+json"
NIPS = (1, 11, 40, 45, 77)


@dataclass(frozen=True, slots=True)
class Introduction:
    """Who a node is; `public_key` is its own, which speaks for no group."""

    name: str
    description: str
    public_key: str
    version: str

    @property
    def written(self) -> bytes:
        """The document."""
        return orjson.dumps(
            {
                "name": self.name,
                "description": self.description,
                "self": self.public_key,
                "supported_nips": NIPS,
                "software": "wayhome",
                "version": self.version,
                "limitation": {
                    "max_message_length": limits.RELAY_MESSAGE,
                    "max_subscriptions": limits.RELAY_SUBSCRIPTIONS,
                    "max_filters": limits.RELAY_FILTERS,
                    "max_subid_length": limits.RELAY_ID,
                    "max_limit": limits.RELAY_ANSWER,
                    "default_limit": limits.RELAY_ANSWER,
                    "max_event_tags": limits.RECORD_TAGS,
                    "max_content_length": limits.RECORD_BYTES,
                    "min_pow_difficulty": 0,
                    "auth_required": False,
                    "payment_required": False,
                    "restricted_writes": True,  # to kinds and groups that are carried
                },
            }
        )
