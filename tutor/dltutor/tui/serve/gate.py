"""Who may come in: the token, the cookie that stands for it, and which pages may ask."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Gate:
    """A request must name a host that is ours and carry the cookie that the token was changed for.

    A page of another site can make a browser ask here, but it can not read the token; a name
    of its own that it lets point to this machine (DNS rebinding) is not among ``hosts``.
    """

    token: str = field(repr=False)
    hosts: frozenset[str] = LOOPBACK
    addresses: bool = False
    """any address in figures will do as a host: for a server that others can reach"""

    @property
    def cookie(self) -> str:
        """What the browser keeps instead of the token, which it is derived from."""
        return hmac.new(self.token.encode(), b"dltutor serve", hashlib.sha256).hexdigest()

    def opens(self, token: str) -> bool:
        return hmac.compare_digest(token.encode(), self.token.encode())

    def knows(self, cookie: str) -> bool:
        return hmac.compare_digest(cookie.encode(), self.cookie.encode())

    def is_ours(self, headers: Mapping[str, str], *, socket: bool = False) -> bool:
        """Whether the host is one of ours and the asking page, if a page asks, came from it.

        Browsers always say which page opens a web socket, so there the origin is required.
        """
        host = headers.get("Host", "")
        name = _name(host)
        if name not in self.hosts and not (self.addresses and _is_address(name)):
            return False
        origin = headers.get("Origin")
        if origin is None:
            return not socket
        return urlsplit(origin).netloc.lower() == host.lower()


def _name(host: str) -> str:
    """The host without its port."""
    try:
        return (urlsplit("//" + host).hostname or "").rstrip(".")
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
