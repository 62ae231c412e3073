"""What the demo leaves to the person at the screen."""

from __future__ import annotations

from local.demo.fleet import BIRCH, HAZEL
from local.demo.messages import wait_until_all_are_told
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
    wait_until_all_are_told(stage.operator)
    slack, inbox = stage.slack.base_url, stage.inbox.base_url
    console.print("\n[bold]Your turn.[/] Approve, or decline, the upgrade of Hazel Retail:")
    console.print(f"  by a button in Slack         {slack}")
    console.print(f"  by the link in the mail      {inbox}/?to=admin@hazel.example", soft_wrap=True)
    console.print(f"  by the same link             {upgrade}", soft_wrap=True)
    console.print("  The page behind the link takes any name; its address is admin@hazel.example.")
    console.print("\nAuthorize Birch Logistics at Zoom, and click through to “connected”:")
    console.print(f"  by the link in the mail      {inbox}/?to=zoom@birch.example", soft_wrap=True)
    console.print(f"  by the same link             {authorization}", soft_wrap=True)
    console.print("  Sign in as zoom@birch.example; as admin@birch.example it is refused.")
    console.print(
        "\nBirch is connected again then, and its Salesforce admin is asked about the keys:"
    )
    console.print(f"  in Slack, or by the mail     {inbox}/?to=admin@birch.example", soft_wrap=True)


def print_addresses(stage: Stage) -> None:
    """Say where everything runs, and how to work on it from another terminal."""
    console.print("\n[bold]What is running[/]")
    console.print(f"  embedded AWS           {stage.stack.endpoint_url}")
    console.print(f"  public pages           {stage.pages.base_url}")
    console.print(f"  Salesforce simulator   {stage.salesforce.base_url}/_simulator/")
    console.print(f"  Zoom simulator         {stage.zoom.base_url}/_simulator/")
    console.print(f"  Slack                  {stage.slack.base_url}")
    console.print(f"  inbox                  {stage.inbox.base_url}")
    console.print("\n[bold]To use the command line in another terminal[/]")
    for name, value in stage.environment.items():
        console.print(f"  export {name}={value}")
    console.print("  .venv/bin/zoom-migrator migrate list")
    console.print("  .venv/bin/zoom-migrator demo advance 7d    [dim]the next reminders come[/]")
