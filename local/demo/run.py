"""The demo's story: it types the commands of an operator, and plays the people around one."""

from __future__ import annotations

import argparse
import contextlib
import signal
import threading
from collections.abc import Callable
from typing import Any, Final

from local.demo.operator import ROOT, Operator
from local.demo.salesforce_admin import approves_upgrade
from local.demo.screen import DemoFailed, console, step, wait_until
from local.demo.stage import Stage, set_up
from local.demo.zoom_admin import authorizes
from local.stack import LocalStackError

FLEET: Final = ROOT / "examples" / "fleet.csv"
ASTER: Final = "00Dda00000w6ktuEAA"
BIRCH: Final = "00D5b00000UbQZhEAN"
HAZEL: Final = "00D5a00000surMyEAI"
LARCH: Final = "00D5j00000txmdIEAQ"
QUINCE: Final = "00D5f000003QuMeEAK"


def main(arguments: list[str] | None = None) -> int:
    """Run the demo and return its exit code."""
    options = _options(arguments)
    _end_on_signals()
    try:
        with contextlib.ExitStack() as running:
            _run(options, running)
    except (DemoFailed, LocalStackError) as error:
        console.print(f"[bold red]The demo stopped:[/] {error}")
        return 1
    except KeyboardInterrupt:
        console.print("\nStopped everything.")
        return 130 if options.once else 0
    console.print("Stopped everything.")
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="end after the last table")
    parser.add_argument("--port", type=int, default=0, help="port of the embedded AWS")
    parser.add_argument("--pages-port", type=int, default=0, help="port of the public pages")
    return parser.parse_args(arguments)


def _end_on_signals() -> None:
    # SIGINT too: a shell that starts the demo in the background has it ignored.
    numbers = (signal.SIGINT, signal.SIGTERM)

    def interrupt(_signal: int, _frame: object) -> None:
        # A second Ctrl-C must not break off the ending, or processes would be left behind.
        for number in numbers:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in numbers:
        signal.signal(number, interrupt)


def _run(options: argparse.Namespace, running: contextlib.ExitStack) -> None:
    stage = set_up(options, running)
    _hand_over_secrets(stage)
    _scan(stage.operator)
    _upgrade(stage)
    _authorize(stage)
    if options.once:
        return
    _your_turn(stage)
    _print_addresses(stage)
    console.print("\n[bold]Up until Ctrl-C.[/]")
    threading.Event().wait()


def _hand_over_secrets(stage: Stage) -> None:
    app, zoom_app = stage.salesforce_app, stage.zoom_app
    with app.private_key_file() as key_file:
        stage.operator.types(
            *("setup", "salesforce-app", "--consumer-key", app.consumer_key),
            *("--private-key-file", str(key_file), "--ask-consumer-secret"),
            answer=app.consumer_secret,
        )
    stage.operator.types(
        *("setup", "zoom-app", "--client-id", zoom_app.client_id), answer=zoom_app.client_secret
    )


def _scan(operator: Operator) -> None:
    operator.types("orgs", "import", str(FLEET.relative_to(ROOT)))
    for org in (BIRCH, QUINCE):
        operator.types(
            *("approve", "standing", org, "--name", "Ruth Ellis"),
            *("--reference", "contract 4711", "--accept-terms"),
        )
    operator.types("scan", "start", "--wait")
    operator.types("orgs", "list")


def _upgrade(stage: Stage) -> None:
    console.print(
        "\n[bold]The scan has started the upgrades that the fleet file asks for.[/] Birch and "
        "Quince have agreed beforehand, Aster is asked, Larch upgrades by hand."
    )
    with step("Aster's Salesforce admin gets the approval link"):
        link = _eventually_link(stage.operator, ASTER, "awaiting_approval")
        approves_upgrade(link, name="Ada Moreau", email="admin@aster.example")
    with step("Larch's Salesforce admin installs the new version in Setup"):
        stage.salesforce.org(LARCH).set_package_version("3.28")
    with step("Salesforce installs"):
        _wait_until_all(
            stage.operator, lambda migration: migration["step"] == "awaiting_authorization"
        )
    stage.operator.types("migrate", "list")
    stage.operator.types("migrate", "show", QUINCE)


def _authorize(stage: Stage) -> None:
    console.print(
        "\n[bold]The upgraded orgs ask for an authorization.[/] Each link can be forwarded to a "
        "Zoom admin, who needs no Salesforce login."
    )
    with step("Aster's Zoom admin gets the link"):
        link = _eventually_link(stage.operator, ASTER, "awaiting_authorization")
        authorizes(link, name="Ada Aster", email="admin@aster.example")
    with step("Larch's Zoom admin gets the link, and has no Webinar"):
        link = _eventually_link(stage.operator, LARCH, "awaiting_authorization")
        authorizes(link, name="Lea Larch", email="admin@larch.example")
    with step("Aster's migration goes on"):
        wait_until(
            lambda: _step_of(ASTER, stage.operator) is None,
            "Aster's migration did not come to an end",
        )
    stage.operator.types("grants", "list")
    stage.operator.types("migrate", "list")


def _eventually_link(operator: Operator, org: str, awaited: str) -> str:
    """The link of an org, as soon as its state machine has asked."""
    wait_until(
        lambda: _has_asked(_migration_of(org, operator), awaited),
        f"org {org} was not {awaited}",
    )
    return str(operator.reads("migrate", "link", org)["link"])


def _has_asked(migration: dict[str, Any] | None, awaited: str) -> bool:
    if migration is None or migration["step"] != awaited:
        return False
    request = "approval" if awaited == "awaiting_approval" else "authorization"
    return migration[request] is not None


def _step_of(org: str, operator: Operator) -> str | None:
    migration = _migration_of(org, operator)
    return None if migration is None else str(migration["step"])


def _migration_of(org: str, operator: Operator) -> dict[str, Any] | None:
    """The migration of an org that is under way, or None."""
    active = operator.reads("migrate", "list", "--active")
    return next((dict(each) for each in active if each["org_id"] == org), None)


def _wait_until_all(operator: Operator, are_so: Callable[[dict[str, Any]], bool]) -> None:
    wait_until(
        lambda: all(are_so(each) for each in operator.reads("migrate", "list", "--active")),
        "the upgrades did not come to an end",
    )


def _your_turn(stage: Stage) -> None:
    """Leave an upgrade and an authorization to the person at the screen."""
    console.print(
        "\n[bold]Hazel's Salesforce admin has given the integration user its permissions.[/] "
        "The next scan sees what it could not see before."
    )
    (user,) = stage.salesforce.org(HAZEL).document.users
    user.sees_packages = user.install_packaging = user.modify_all_data = True
    stage.operator.types("scan", "start", "--wait")
    upgrade = _eventually_link(stage.operator, HAZEL, "awaiting_approval")
    authorization = _eventually_link(stage.operator, BIRCH, "awaiting_authorization")
    console.print("\n[bold]Your turn.[/] Approve, or decline, the upgrade of Hazel Retail:")
    console.print(f"  {upgrade}", soft_wrap=True)
    console.print("  Any name will do; the registered address is admin@hazel.example.")
    console.print("\nAuthorize Birch Logistics at Zoom, and click through to “connected”:")
    console.print(f"  {authorization}", soft_wrap=True)
    console.print("  Sign in as zoom@birch.example; as admin@birch.example it is refused.")


def _print_addresses(stage: Stage) -> None:
    console.print("\n[bold]What is running[/]")
    console.print(f"  embedded AWS           {stage.stack.endpoint_url}")
    console.print(f"  public pages           {stage.pages.base_url}")
    console.print(f"  Salesforce simulator   {stage.salesforce.base_url}/_simulator/")
    console.print(f"  Zoom simulator         {stage.zoom.base_url}/_simulator/")
    console.print("\n[bold]To use the command line in another terminal[/]")
    for name, value in stage.stack.environment.items():
        console.print(f"  export {name}={value}")
    console.print("  .venv/bin/zoom-migrator migrate list", soft_wrap=True)
