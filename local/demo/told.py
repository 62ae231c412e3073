"""Seventh part of the story: what people were told of all that, in Slack and by mail."""

from __future__ import annotations

from typing import Final

from local.demo.fleet import BIRCH
from local.demo.messages import Messages, wait_until_all_are_told
from local.demo.screen import DemoFailed, console, step
from local.demo.stage import Stage

_ZOOM_ADMIN: Final = "zoom@birch.example"


def show_what_was_told(stage: Stage, messages: Messages) -> None:
    """Count the messages that came by themselves, and list those about one org.

    Raises:
        DemoFailed: Somebody was not told, or nothing came.
    """
    console.print(
        "\n[bold]Meanwhile people were told.[/] Each event goes over the bus into a queue, and "
        "from there to Slack and by mail."
    )
    with step("The last messages arrive"):
        wait_until_all_are_told(stage.operator)
    if not messages.posts or not messages.mails:
        raise DemoFailed(f"Everybody should have been told, and yet there are {messages}.")
    console.print(f"  So far: {messages}.", soft_wrap=True)
    console.print("  The Zoom admin of Birch reads:")
    for mail in stage.inbox.mails(_ZOOM_ADMIN):
        console.print(f"    [italic]{mail.subject}[/]", soft_wrap=True)
    stage.operator.types("notices", "list", BIRCH, "--limit", "3")
