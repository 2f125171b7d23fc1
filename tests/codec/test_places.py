"""An address that a stranger wrote, told by its text alone."""

import pytest

from wayhome.codec.places import leads_home


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "10.0.0.7",
        "192.168.1.1",
        "0x7f000001",
        "2130706433",
        "::1",
        "::ffff:10.0.0.1",
        "fe80::1%eth0",
        "localhost",
        "router.lan",
        "printer",
        "a.local.",
        "",
    ],
)
def test_what_lies_in_the_askers_own_network_is_known(host: str) -> None:
    assert leads_home(host)


@pytest.mark.parametrize(
    "host", ["node.example", "8.8.8.8", "2606:4700::1111", f"{'a' * 56}.onion"]
)
def test_what_lies_in_the_public_network_is_not_taken_for_it(host: str) -> None:
    assert not leads_home(host)
