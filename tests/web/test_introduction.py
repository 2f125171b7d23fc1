"""A program that asks who lives at an address is told; a browser still finds its language."""

from wayhome.codec import limits
from wayhome.crypto import keys
from web.small import Opened

NOSTR = "application/nostr+json"


def test_a_program_is_told_about_the_relay(site: Opened) -> None:
    answer = site.get("/", accept=NOSTR)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == NOSTR
    said = answer.json()
    assert said["self"] == keys.public_key(site.node.key)
    assert said["supported_nips"] == [1, 11, 40, 45, 77]
    assert said["limitation"]["max_message_length"] == limits.RELAY_MESSAGE
    assert said["limitation"]["max_limit"] == limits.RELAY_ANSWER
    assert said["name"]


def test_a_page_from_anywhere_may_read_it(site: Opened) -> None:
    headers = site.get("/", accept=NOSTR).headers
    assert headers["access-control-allow-origin"] == "*"
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert headers["access-control-allow-methods"] == "GET"
    assert headers["access-control-allow-headers"] == "accept"
    assert headers["vary"] == "accept"


def test_a_browser_finds_its_language_as_before(site: Opened) -> None:
    answer = site.get("/", accept="text/html,*/*;q=0.8", accept_language="en")
    assert (answer.status_code, answer.headers["location"]) == (302, "en/index.html")
