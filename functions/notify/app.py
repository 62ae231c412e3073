"""Behind the queue of notices: tell people, and act on the buttons that they press."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aws_lambda_powertools.utilities.typing import LambdaContext

from zoom_migrator.bootstrap.notify import NotifyApp, notify_app
from zoom_migrator.domain.errors import MigratorError
from zoom_migrator.domain.notice_order import PressOrder, SendOrder
from zoom_migrator.domain.notice_wire import order_of
from zoom_migrator.notice_contracts import BatchOutput, NotifyInput
from zoom_migrator.notice_metrics import count_deliveries
from zoom_migrator.observability import logger, task
from zoom_migrator.use_cases.answer_press import answer_press
from zoom_migrator.use_cases.notify import notify

type _Sends = list[tuple[str, SendOrder]]


@task(NotifyInput)
def lambda_handler(task_input: NotifyInput, context: LambdaContext) -> BatchOutput:
    """Work on the messages of a batch, and name those that the queue has to bring again.

    Presses come first: somebody looks at the message and waits.
    """
    app = notify_app()
    sends: _Sends = []
    failed: list[str] = []
    for record in task_input.Records:
        order = order_of(record.body)
        if isinstance(order, SendOrder):
            sends.append((record.messageId, order))
        elif order is None:
            logger.error("order_unreadable", message_id=record.messageId)
            failed.append(record.messageId)
        elif not _is_acted_on(order, record.messageId, app):
            failed.append(record.messageId)
    return BatchOutput.of(*failed, *_untold(sends, app, context))


def _is_acted_on(order: PressOrder, message_id: str, app: NotifyApp) -> bool:
    """Act on one press; whatever becomes of it costs no other message anything."""
    try:
        answer_press(order, ports=app.presses)
    except Exception as error:  # whatever it is, the queue brings it again
        _log_failure("press_failed", error, message_id)
        return False
    logger.info("press_acted_on", message_id=message_id, answer=str(order.answer))
    return True


def _untold(
    sends: Sequence[tuple[str, SendOrder]], app: NotifyApp, context: LambdaContext
) -> Iterator[str]:
    """Tell everybody, and name the messages that have to come again."""
    if not sends:
        return
    try:
        report = notify(
            [order for _, order in sends],
            ports=app.ports,
            settings=app.settings,
            seconds_left=lambda: context.get_remaining_time_in_millis() / 1000,
        )
    except Exception as error:  # nothing was sent, or a claim says that something may have been
        _log_failure("notify_failed", error, sends[0][0])
        yield from (message_id for message_id, _ in sends)
        return
    count_deliveries(report.counts)
    counts = {str(status): number for status, number in report.counts.items()}
    logger.info("people_told", orders=len(sends), counts=counts)
    yield from (sends[place][0] for place in report.to_repeat)


def _log_failure(message: str, error: Exception, message_id: str) -> None:
    if isinstance(error, MigratorError):
        kind, reason = type(error).__name__, error.message
        logger.error(message, error=kind, reason=reason, message_id=message_id)
    else:
        logger.exception(message, message_id=message_id)
