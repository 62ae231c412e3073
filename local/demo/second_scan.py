"""Sixth part of the story: a second scan, which finds everything as it was."""

from __future__ import annotations

from typing import Any, Final

from local.demo.fleet import ENDS_AS
from local.demo.operator import Operator
from local.demo.screen import DemoFailed, console, wait_until
from local.demo.stage import Stage

_OF_AN_ORG: Final = (
    *("status", "status_since", "blocked_reason", "keys_kept", "version"),
    *("attempts", "active_attempt"),
)
_OF_A_MIGRATION: Final = ("step", "since", "outcome")

type Standing = dict[str, tuple[Any, ...]]


def scan_again(stage: Stage) -> None:
    """Scan once more, show the fleet, and compare it with what it was.

    Raises:
        DemoFailed: Something was moved by the scan, or an org is not where the story leads it.
    """
    console.print("\n[bold]A second scan has nothing to change.[/]")
    operator = stage.operator
    before = _standing(operator)
    operator.types("scan", "start", "--wait")
    _wait_for_what_follows(stage)
    after = _standing(operator)
    operator.types("orgs", "list")
    _compare(before, after)
    _check_endings(operator)
    console.print(
        f"\n[bold]The second scan changed nothing:[/] {len(before)} orgs and migrations stand "
        "where they stood."
    )


def _wait_for_what_follows(stage: Stage) -> None:
    """Wait until the state machine has also looked at connected orgs and started migrations.

    The command line waits for the scan itself only, and nothing else tells.
    """
    client = stage.stack.session.client("stepfunctions", endpoint_url=stage.stack.endpoint_url)
    machine = stage.stack.outputs["ScanStateMachineArn"]

    def is_over() -> bool:
        running = client.list_executions(stateMachineArn=machine, statusFilter="RUNNING")
        return not running["executions"]

    wait_until(is_over, "the state machine of the scan did not come to an end")


def _standing(operator: Operator) -> Standing:
    """Where every org and every migration is, by its id."""
    found = {
        each["org_id"]: tuple(each[name] for name in _OF_AN_ORG)
        for each in operator.reads("orgs", "list")
    }
    for each in operator.reads("migrate", "list"):
        found[each["migration_id"]] = tuple(each[name] for name in _OF_A_MIGRATION)
    return found


def _compare(before: Standing, after: Standing) -> None:
    moved = [
        f"{key}: {before.get(key)} became {after.get(key)}"
        for key in sorted(before.keys() | after.keys())
        if before.get(key) != after.get(key)
    ]
    if moved:
        raise DemoFailed("The second scan changed something. " + "; ".join(moved))


def _check_endings(operator: Operator) -> None:
    orgs = {each["org_id"]: each for each in operator.reads("orgs", "list")}
    wrong = [
        f"{orgs[org]['name']} is {orgs[org]['status']}, not {status}"
        for org, status in ENDS_AS.items()
        if orgs[org]["status"] != status
    ]
    if wrong:
        raise DemoFailed("The story ended otherwise: " + "; ".join(wrong))
