"""A made-up fleet of any size, the same in every process and for every client."""

from __future__ import annotations

import json
from typing import Final

from benchmarks.order import Member
from local.salesforce.ids import derived_id

DOMAIN: Final = "my.salesforce.com"
# What the simulator installs in an org that it is told nothing else of.
INSTALLED_VERSION: Final = "3.23.0.4"


def members(size: int) -> tuple[Member, ...]:
    """The orgs of a fleet; a smaller fleet is the beginning of a larger one."""
    return tuple(
        Member(host, derived_id("00D", host), f"integration@{host}")
        for host in (f"bench-{number:05d}.{DOMAIN}" for number in range(size))
    )


def world(size: int, *, latency_ms: float) -> str:
    """The simulator's document of a fleet whose every answer is held back."""
    return json.dumps(
        {
            "orgs": [{"host": member.host} for member in members(size)],
            "faults": [{"kind": "latency", "milliseconds": latency_ms}],
        }
    )
