"""Which addresses never leave this computer."""

import ipaddress
from urllib.parse import urlsplit


def is_on_this_computer(url: str) -> bool:
    """Whether an address is that of this computer itself."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
