"""Last part of the story: a week goes by, and those who have not acted are reminded."""

from __future__ import annotations

from local.demo.messages import Messages, wait_until_all_are_told
from local.demo.screen import DemoFailed, console, step
from local.demo.stage import Stage


def let_a_week_pass(stage: Stage) -> None:
    """Move the clock by which people are reminded, and count the reminders that come.

    Raises:
        DemoFailed: Somebody was not reminded, or nothing came.
    """
    console.print(
        "\n[bold]A week goes by.[/] Whoever is done hears nothing more; of all other orgs, people "
        "are reminded on the days before a deadline, and every week after it."
    )
    reminders = Messages(stage)
    stage.operator.types("demo", "advance", "7d")
    with step("The reminders arrive"):
        wait_until_all_are_told(stage.operator)
    if not reminders.posts or not reminders.mails:
        raise DemoFailed(f"People should have been reminded, and yet there are {reminders}.")
    console.print(f"  Reminders: {reminders}.", soft_wrap=True)
    for mail in reminders.mails:
        console.print(f"    {mail.recipients[0]}: [italic]{mail.subject}[/]", soft_wrap=True)
