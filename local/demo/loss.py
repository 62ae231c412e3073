"""Fifth part of the story: the app is removed at Zoom, and Zoom says so by a signed event."""

from __future__ import annotations

from local.demo.fleet import BIRCH, ELM, ENDS_AS
from local.demo.screen import console, step
from local.demo.stage import Stage
from local.demo.watching import AUTHORIZATION, wait_until_asked, wait_until_status
from local.demo.zoom_admin import removes_app


def lose_authorizations(stage: Stage) -> None:
    """Have the app removed by two Zoom admins, whose orgs differ in their deadline.

    Raises:
        DemoFailed: Something does not work.
    """
    console.print(
        "\n[bold]Two Zoom admins remove the app.[/] Zoom posts a signed event to the stack, which "
        "asks Zoom before it believes it. Both orgs still have their old keys; Elm may use them "
        "until the day in the fleet file, Birch's last day has passed."
    )
    with step("Elm's Zoom admin removes the app in the Marketplace"):
        removes_app(stage, name="Eli Elm", email="zoom@elm.example")
        _wait_until_lost(stage, ELM)
        console.print("  Elm falls back to its old keys, and is asked to authorize again.")
    with step("Birch's Zoom admin removes it, too, while the question about the keys is open"):
        removes_app(stage, name="Bea Birch", email="zoom@birch.example")
        _wait_until_lost(stage, BIRCH)
        console.print("  Birch is disconnected, which is urgent, and asked to authorize again.")


def _wait_until_lost(stage: Stage, org: str) -> None:
    wait_until_status(stage.operator, org, ENDS_AS[org])
    wait_until_asked(stage.operator, org, AUTHORIZATION)
