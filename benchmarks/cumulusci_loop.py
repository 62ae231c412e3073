"""CumulusCI in a loop. Runs in CumulusCI's own environment; prints its measurement.

Usage: ``python -m benchmarks.cumulusci_loop < order.json``
"""

# CumulusCI ships no type information, and is not installed where this project is checked.
# mypy: ignore-errors

from __future__ import annotations

import logging
import sys

from cumulusci.core.config import OrgConfig

from benchmarks.measure import measure
from benchmarks.order import Order, expect_version


class _TokenOrg(OrgConfig):
    """An org that is already logged in."""

    def refresh_oauth_token(self, *_args, **_kwargs):
        """Keep the token."""


def main() -> None:
    """Ask every org of the order for its packages."""
    logging.disable(logging.CRITICAL)
    order = Order.from_json(sys.stdin.read())
    print(measure(len(order.members), lambda: _ask_all(order)).to_json())


def _ask_all(order):
    for member in order.members:
        _ask(order, member)


def _ask(order, member):
    # CumulusCI cuts "https://" off and takes the rest as the host to talk to.
    settings = {"instance_url": f"https://localhost:{order.port}", "access_token": member.token}
    installed = _TokenOrg(settings, "benchmark").installed_packages
    expect_version(str(installed["zoom_app"][0].number), order, member.host)


if __name__ == "__main__":
    main()
