"""Counts events that were published, people who were told, and what went wrong with either."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_lambda_powertools.metrics import MetricUnit

from zoom_migrator.observability import metrics

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zoom_migrator.domain.delivery import DeliveryStatus
    from zoom_migrator.domain.mail_feedback import MailFeedback
    from zoom_migrator.use_cases.send_reminders import RemindReport


def count_published(*, published: int, failed: int, damaged: int) -> None:
    """Count what became of changes that somebody has to be told of.

    Args:
        damaged: Those that cannot be read; an alarm watches them, since nobody is told.
    """
    _add("EventsPublished", published)
    if failed:
        _add("EventsNotPublished", failed)
    if damaged:
        _add("EventsDamaged", damaged)


def count_deliveries(counts: Mapping[DeliveryStatus, int]) -> None:
    """Count how deliveries ended."""
    for status, number in counts.items():
        _add("Notices" + status.title(), number)


def count_reminded(report: RemindReport) -> None:
    """Count what a run of reminders came to, nothing as well, so that it is seen to have run."""
    _add("RemindersDue", report.due)
    _add("RemindersLate", report.late)
    _add("ReminderMessages", report.orders)


def count_press(outcome: str) -> None:
    """Count what became of a press on a button, or of what claims to be one."""
    _add("SlackPress" + outcome.title().replace("_", ""), 1)


def count_feedback(feedback: MailFeedback) -> None:
    """Count addresses to which nothing more is sent."""
    _add("MailStoppedBy" + feedback.cause.title(), len(feedback.addresses))


def _add(name: str, number: int) -> None:
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=number)
