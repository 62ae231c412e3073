"""The demo's story: it types the commands of an operator, and plays the people around one."""

from __future__ import annotations

import argparse
import contextlib
import signal
import threading
from dataclasses import dataclass
from typing import Final

from local.demo.operator import ROOT, Operator
from local.demo.salesforce_admin import approves_upgrade
from local.demo.salesforce_app import ConnectedApp
from local.demo.screen import DemoFailed, console, step, wait_until
from local.gateway import Forwarder, Gateway, public_api_address
from local.salesforce import SalesforceSimulator, SimulatedWorld
from local.stack import LocalStack, LocalStackError

FLEET: Final = ROOT / "examples" / "fleet.csv"
ORGS: Final = ROOT / "local" / "demo_orgs.json"

ASTER: Final = "00Dda00000w6ktuEAA"
BIRCH: Final = "00D5b00000UbQZhEAN"
QUINCE: Final = "00D5f000003QuMeEAK"
HAZEL: Final = "00D5a00000surMyEAI"
LARCH: Final = "00D5j00000txmdIEAQ"

# Ten minutes between two looks at an org that is upgraded by hand become six seconds.
_WAIT_SCALE: Final = 0.01


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


@dataclass(frozen=True, slots=True)
class _Stage:
    """Everything that runs."""

    simulator: SalesforceSimulator
    stack: LocalStack
    pages: Gateway
    operator: Operator


def _run(options: argparse.Namespace, running: contextlib.ExitStack) -> None:
    app = ConnectedApp()
    stage = _set_up(options, app, running)
    _scan(stage.operator, app)
    _upgrade(stage)
    if options.once:
        return
    _your_turn(stage)
    _print_addresses(stage)
    console.print("\n[bold]Up until Ctrl-C.[/]")
    threading.Event().wait()


def _set_up(
    options: argparse.Namespace, app: ConnectedApp, running: contextlib.ExitStack
) -> _Stage:
    with step("Starting the Salesforce simulator"):
        simulator = running.enter_context(app.simulator())
        world = SimulatedWorld.model_validate_json(ORGS.read_text(encoding="utf-8"))
        simulator.load(world)
    pages = running.enter_context(Gateway(port=options.pages_port))
    with step("Starting the embedded AWS, building and deploying template.yaml"):
        stack = running.enter_context(
            LocalStack(
                gateway_port=options.port,
                wait_scale=_WAIT_SCALE,
                parameters={
                    "SalesforceConnectTo": simulator.base_url,
                    "PackageVersionId": world.published_versions[0].id,
                    "PublicBaseUrl": pages.base_url,
                },
            )
        )
    api = public_api_address(
        stack.session, endpoint_url=stack.endpoint_url, stack_name=stack.stack_name
    )
    pages.connect(Forwarder(api))
    return _Stage(simulator, stack, pages, Operator(stack.environment))


def _scan(operator: Operator, app: ConnectedApp) -> None:
    with app.private_key_file() as key_file:
        operator.types(
            *("setup", "salesforce-app", "--consumer-key", app.consumer_key),
            *("--private-key-file", str(key_file), "--ask-consumer-secret"),
            answer=app.consumer_secret,
        )
    operator.types("orgs", "import", str(FLEET.relative_to(ROOT)))
    for org in (BIRCH, QUINCE):
        operator.types(
            *("approve", "standing", org, "--name", "Ruth Ellis"),
            *("--reference", "contract 4711", "--accept-terms"),
        )
    operator.types("scan", "start", "--wait")
    operator.types("orgs", "list")


def _upgrade(stage: _Stage) -> None:
    console.print(
        "\n[bold]The scan has started the upgrades that the fleet file asks for.[/] Birch and "
        "Quince have agreed beforehand, Aster is asked, Larch upgrades by hand."
    )
    with step("Aster's Salesforce admin gets the approval link"):
        link = _eventually_link(stage.operator, ASTER)
        approves_upgrade(link, name="Ada Moreau", email="admin@aster.example")
    with step("Larch's Salesforce admin installs the new version in Setup"):
        stage.simulator.org(LARCH).set_package_version("3.28")
    with step("Salesforce installs"):
        wait_until(
            lambda: not stage.operator.reads("migrate", "list", "--active"),
            "the upgrades did not come to an end",
        )
    stage.operator.types("migrate", "list")
    stage.operator.types("migrate", "show", QUINCE)
    stage.operator.types("orgs", "show", ASTER)


def _eventually_link(operator: Operator, org: str) -> str:
    """The approval link of an org, as soon as its state machine has asked."""
    wait_until(
        lambda: any(
            each["org_id"] == org and each["approval"] is not None
            for each in operator.reads("migrate", "list", "--active")
        ),
        f"org {org} was not asked for its consent",
    )
    return str(operator.reads("migrate", "link", org)["link"])


def _your_turn(stage: _Stage) -> None:
    """Leave an org whose upgrade the person at the screen approves."""
    console.print(
        "\n[bold]Hazel's Salesforce admin has given the integration user its permissions.[/] "
        "The next scan sees what it could not see before."
    )
    stage.simulator.org(HAZEL).document.users[0].sees_packages = True
    stage.operator.types("scan", "start", "--wait")
    link = _eventually_link(stage.operator, HAZEL)
    console.print("\n[bold]Your turn:[/] approve, or decline, the upgrade of Hazel Retail")
    console.print(f"  {link}", soft_wrap=True)
    console.print("  Any name will do; the registered address is admin@hazel.example.")


def _print_addresses(stage: _Stage) -> None:
    console.print("\n[bold]What is running[/]")
    console.print(f"  embedded AWS           {stage.stack.endpoint_url}")
    console.print(f"  public pages           {stage.pages.base_url}")
    console.print(f"  Salesforce simulator   {stage.simulator.base_url}/_simulator/")
    console.print("\n[bold]To use the command line in another terminal[/]")
    for name, value in stage.stack.environment.items():
        console.print(f"  export {name}={value}")
    console.print("  .venv/bin/zoom-migrator migrate list", soft_wrap=True)
