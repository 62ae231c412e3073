"""Every day: remind people of the deadlines that have come nearer."""

from __future__ import annotations

from aws_lambda_powertools.utilities.typing import LambdaContext

from zoom_migrator.bootstrap.send_reminders import send_reminders_app
from zoom_migrator.domain.errors import StoreUnavailable
from zoom_migrator.notice_contracts import SendRemindersInput, SendRemindersOutput
from zoom_migrator.notice_metrics import count_reminded
from zoom_migrator.observability import logger, task
from zoom_migrator.use_cases.send_reminders import send_reminders


@task(SendRemindersInput)
def lambda_handler(task_input: SendRemindersInput, context: LambdaContext) -> SendRemindersOutput:
    """Go through the fleet, and order one message for each recipient.

    The schedule sends ``{}``. Whoever invokes it with ``{"days_ahead": 7}`` has people told today
    what they would be told in a week. Each milestone is told once, so that cannot be undone.

    Raises:
        InvalidTaskInput: ``days_ahead`` is no whole number from 0 to 400.
        StoreUnavailable: Somebody may be untold as yet. Lambda tries again, and what was ordered
            before is told once.
    """
    app = send_reminders_app()
    report = send_reminders(
        ports=app.ports,
        settings=app.settings,
        seconds_left=lambda: context.get_remaining_time_in_millis() / 1000,
        days_ahead=task_input.days_ahead,
    )
    count_reminded(report)
    output = SendRemindersOutput.of(report)
    logger.info("reminders_ordered", days_ahead=task_input.days_ahead, **output.model_dump())
    if not report.is_complete:
        raise StoreUnavailable("There was not time for the whole fleet; the rest comes next.")
    return output
