"""Behind the topic of the mail service: stop mail to addresses that bounce, or complain."""

from __future__ import annotations

import json

from aws_lambda_powertools.utilities.typing import LambdaContext

from zoom_migrator.bootstrap.mail_feedback import mail_feedback_app
from zoom_migrator.domain.errors import InvalidTaskInput
from zoom_migrator.domain.mail_feedback import TOPIC_TRIED
from zoom_migrator.notice_contracts import FeedbackRecord, MailFeedbackInput, MailFeedbackOutput
from zoom_migrator.notice_metrics import count_feedback
from zoom_migrator.observability import logger, task
from zoom_migrator.use_cases.take_mail_feedback import take_mail_feedback


@task(MailFeedbackInput)
def lambda_handler(task_input: MailFeedbackInput, _context: LambdaContext) -> MailFeedbackOutput:
    """Act on what the mail service reports; the same report twice does the same."""
    stopped = sum(_stopped(record) for record in task_input.Records)
    logger.info("feedback_taken", stopped=stopped)
    return MailFeedbackOutput(stopped=stopped)


def _stopped(record: FeedbackRecord) -> int:
    """How many addresses a report is about to which nothing more is sent."""
    app = mail_feedback_app()
    feedback = take_mail_feedback(_report(record), contacts=app.contacts, clock=app.clock)
    if feedback is None:
        return 0
    count_feedback(feedback)
    return len(feedback.addresses)


def _report(record: FeedbackRecord) -> dict[str, object]:
    if record.Sns.Message.strip() == TOPIC_TRIED:
        return {}
    try:
        report = json.loads(record.Sns.Message)
    except (ValueError, RecursionError):
        raise InvalidTaskInput("A report of the mail service is no JSON document.") from None
    if not isinstance(report, dict):
        raise InvalidTaskInput("A report of the mail service is no JSON object.")
    return report
