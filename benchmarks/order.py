"""What a contestant is told, as it travels to its process. Needs the standard library only."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Member:
    """An org of the fleet.

    Attributes:
        token: A session of the org, for contestants that do not log in themselves.
    """

    host: str
    org_id: str
    username: str
    token: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """Which orgs to ask, and how to reach and convince them.

    Attributes:
        port: Port of 127.0.0.1 that every org's host is served on, with TLS.
        authority: File of the certificate authority that signed the server's certificate.
        trusted: The same beside all public authorities.
        private_key: File of the key to log in with.
        threads: How many orgs to ask at the same time.
        version: What every org has installed.
        aws: Address of what stands in for AWS, where a contestant writes to it.
    """

    members: tuple[Member, ...]
    port: int
    authority: str
    trusted: str
    private_key: str
    consumer_key: str
    threads: int
    version: str
    aws: str = ""

    @property
    def address(self) -> str:
        """The server without any org's name."""
        return f"https://127.0.0.1:{self.port}"

    def to_json(self) -> str:
        """The order as text."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what :meth:`to_json` wrote."""
        fields = json.loads(text)
        members = tuple(Member(**member) for member in fields.pop("members"))
        return cls(members=members, **fields)


class WrongAnswer(Exception):
    """A contestant found out something else than is true, so its figures mean nothing."""


def expect_version(found: str, order: Order, host: str) -> None:
    """Make sure that a contestant really found the package.

    Raises:
        WrongAnswer: It did not. Clients show a version in two, three or four numbers.
    """
    if not found or not f"{order.version}.".startswith(f"{found}."):
        raise WrongAnswer(f"{host}: found {found!r}, installed is {order.version}")
