"""Addresses as settings hold them: looked at once, at start, and refused in words that quote no part of them."""

from collections.abc import Collection
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator

HTTP = frozenset({"http", "https"})


def names_server(url: str, schemes: Collection[str]) -> bool:
    """Whether it has one of the schemes and a host (several, with commas between), and ports that are numbers."""
    if not url.isprintable() or " " in url:  # urlsplit would pass over some of them
        return False
    try:
        parts = urlsplit(url)
        hosts = [urlsplit(f"//{host}") for host in parts.netloc.rpartition("@")[2].split(",")]
        return parts.scheme in schemes and all(host.hostname and host.port != 0 for host in hosts)
    except ValueError:  # of a port that is none; its words quote what stood there
        return False


def checked_base(url: str) -> str:
    """Where paths are put behind; raises ValueError."""
    if not names_server(url, HTTP):
        raise ValueError("it must begin with http:// or https:// and a host")
    parts = urlsplit(url)
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise ValueError("it must have no user, query or fragment: a secret has a place of its own")
    return url


BaseUrl = Annotated[str, AfterValidator(checked_base)]
