"""Paths and web addresses as they are shown."""

from urllib.parse import urlsplit


def breakable(path: str) -> str:
    """A path that can be broken over lines after each folder."""
    return path.replace("/", "/\u200b").replace("\\", "\\\u200b")


def host_of(url: str) -> str:
    """The name of the computer in an address; all of it where there is none."""
    return urlsplit(url).hostname or url
