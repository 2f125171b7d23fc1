"""Places: whether an address that a stranger wrote leads into the public network.

A node that dials it, or a reader's browser that is told to, would otherwise knock at doors behind
its own firewall.
"""

import ipaddress

_TRANSITION = (  # they hold an IPv4 address, which may be a private one
    ipaddress.IPv6Network("::ffff:0:0/96"),
    ipaddress.IPv6Network("64:ff9b::/96"),
    ipaddress.IPv6Network("64:ff9b:1::/48"),
    ipaddress.IPv6Network("2002::/16"),
    ipaddress.IPv6Network("2001::/32"),
)
_HERE = ("localhost", "local", "internal", "lan", "home", "intranet", "test", "invalid")


def is_public(place: str) -> bool:
    """Tell whether an IP address lies in the public network, and in no disguise."""
    try:
        found = ipaddress.ip_address(place.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and any(found in one for one in _TRANSITION):
        return False
    return found.is_global and not found.is_multicast


def leads_home(host: str) -> bool:
    """Tell of a host, by its text alone, whether it is found in the asker's own network.

    Not told here: a public name that is led to a private address; that shows when it is looked up.
    """
    if host.endswith(".onion"):
        return False
    last = host.rstrip(".").rpartition(".")[2]
    if ":" in host or last.isdecimal() or last.startswith("0x"):
        return not is_public(host)
    return last in _HERE or "." not in host
