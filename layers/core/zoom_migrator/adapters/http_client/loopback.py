"""An address of this machine that is connected to instead of the real one."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

from zoom_migrator.domain.errors import InvalidSettings


@dataclass(frozen=True, slots=True)
class Loopback:
    """A server on this machine that is connected to instead of every other one."""

    scheme: Literal["http", "https"]
    address: str
    port: int

    @property
    def origin(self) -> str:
        """The address as a URL without a path."""
        address = f"[{self.address}]" if ":" in self.address else self.address
        return f"{self.scheme}://{address}:{self.port}"

    @classmethod
    def parse(cls, text: str) -> Loopback:
        """Read an address such as ``http://127.0.0.1:8100``.

        Raises:
            ValueError: It is not one of this machine's loopback addresses, or says more than that.
        """
        parts = urlsplit(text)
        address, port = ip_address(parts.hostname or ""), parts.port
        bare = not (parts.path.strip("/") or parts.query or parts.fragment or parts.username)
        if not (address.is_loopback and port and bare):
            raise ValueError("not a loopback address alone")
        match parts.scheme:
            case "http" | "https" as scheme:
                return cls(scheme, str(address), port)
            case _:
                raise ValueError("neither http nor https")


def loopback_of(connect_to: str, *, setting: str) -> Loopback | None:
    """The server that a setting names, or None where it is empty.

    Args:
        setting: What the setting is called.

    Raises:
        InvalidSettings: The address is not one of this machine's loopback addresses.
    """
    if not connect_to:
        return None
    try:
        return Loopback.parse(connect_to)
    except ValueError:
        raise InvalidSettings(f"{setting} cannot be {connect_to[:80]!r}.") from None
