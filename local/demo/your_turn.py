"""What the demo leaves to the person at the screen."""

from __future__ import annotations

from local.demo.fleet import BIRCH, HAZEL
from local.demo.screen import console
from local.demo.stage import Stage
from local.demo.watching import APPROVAL, AUTHORIZATION, eventually_link


def your_turn(stage: Stage) -> None:
    """Leave an upgrade, an authorization and a cleanup to the person at the screen.

    Raises:
        DemoFailed: Something does not work.
    """
    console.print(
        "\n[bold]Hazel's Salesforce admin has given the integration user its permissions.[/] "
        "The next scan sees what it could not see before."
    )
    (user,) = stage.salesforce.org(HAZEL).document.users
    user.sees_packages = user.install_packaging = user.modify_all_data = True
    stage.operator.types("scan", "start", "--wait")
    upgrade = eventually_link(stage.operator, HAZEL, APPROVAL)
    authorization = eventually_link(stage.operator, BIRCH, AUTHORIZATION)
    console.print("\n[bold]Your turn.[/] Approve, or decline, the upgrade of Hazel Retail:")
    console.print(f"  {upgrade}", soft_wrap=True)
    console.print("  Any name will do; the registered address is admin@hazel.example.")
    console.print("\nAuthorize Birch Logistics at Zoom, and click through to “connected”:")
    console.print(f"  {authorization}", soft_wrap=True)
    console.print("  Sign in as zoom@birch.example; as admin@birch.example it is refused.")
    console.print("\nBirch is connected again then, and is asked about its old keys at")
    console.print(f"  .venv/bin/zoom-migrator migrate link {BIRCH}", soft_wrap=True)
    console.print("  Its registered address is admin@birch.example.")


def print_addresses(stage: Stage) -> None:
    """Say where everything runs, and how to work on it from another terminal."""
    console.print("\n[bold]What is running[/]")
    console.print(f"  embedded AWS           {stage.stack.endpoint_url}")
    console.print(f"  public pages           {stage.pages.base_url}")
    console.print(f"  Salesforce simulator   {stage.salesforce.base_url}/_simulator/")
    console.print(f"  Zoom simulator         {stage.zoom.base_url}/_simulator/")
    console.print("\n[bold]To use the command line in another terminal[/]")
    for name, value in stage.stack.environment.items():
        console.print(f"  export {name}={value}")
    console.print("  .venv/bin/zoom-migrator migrate list", soft_wrap=True)
