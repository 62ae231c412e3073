"""How far the orgs of the demo are, as the command line tells it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from local.demo.operator import Operator
from local.demo.screen import wait_until

APPROVAL: Final = "awaiting_approval"
AUTHORIZATION: Final = "awaiting_authorization"
CLEANUP: Final = "awaiting_cleanup_approval"

_REQUESTS: Final[Mapping[str, str]] = MappingProxyType(
    {APPROVAL: "approval", AUTHORIZATION: "authorization", CLEANUP: "cleanup"}
)


def eventually_link(operator: Operator, org: str, awaited: str) -> str:
    """The link of an org, as soon as its state machine has asked.

    Raises:
        DemoFailed: It has not asked in time.
    """
    wait_until_asked(operator, org, awaited)
    return str(operator.reads("migrate", "link", org)["link"])


def wait_until_asked(operator: Operator, org: str, awaited: str) -> None:
    """Wait until the state machine of an org has asked somebody.

    Raises:
        DemoFailed: It has not asked in time.
    """
    wait_until(
        lambda: _has_asked(_migration_of(org, operator), awaited), f"{org} was not {awaited}"
    )


def wait_until_over(operator: Operator, org: str) -> None:
    """Wait until no migration has an org in hand.

    Raises:
        DemoFailed: It has not come to an end in time.
    """
    wait_until(
        lambda: _migration_of(org, operator) is None,
        f"the migration of {org} did not come to an end",
    )


def wait_until_all_await(operator: Operator, awaited: str) -> None:
    """Wait until every migration that is not over waits for the same.

    Raises:
        DemoFailed: One does not in time.
    """
    wait_until(
        lambda: all(each["step"] == awaited for each in _active(operator)),
        f"not every migration was {awaited}",
    )


def wait_until_status(operator: Operator, org: str, status: str) -> None:
    """Wait until an org stands somewhere.

    Raises:
        DemoFailed: It does not in time.
    """
    wait_until(
        lambda: operator.reads("orgs", "show", org)["status"] == status, f"{org} was not {status}"
    )


def _has_asked(migration: dict[str, Any] | None, awaited: str) -> bool:
    if migration is None or migration["step"] != awaited:
        return False
    # One that was answered before, or whose answer is of no use any more, does not count.
    request = migration[_REQUESTS[awaited]]
    return request is not None and request["status"] == "pending"


def _migration_of(org: str, operator: Operator) -> dict[str, Any] | None:
    """The migration of an org that is under way, or None."""
    return next((each for each in _active(operator) if each["org_id"] == org), None)


def _active(operator: Operator) -> list[dict[str, Any]]:
    return list(operator.reads("migrate", "list", "--active"))
