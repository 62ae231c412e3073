"""What ``mail_feedback`` works with."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache

from zoom_migrator.adapters.dynamodb.contacts import DynamoDbContactRepository
from zoom_migrator.adapters.system import SystemClock
from zoom_migrator.bootstrap import stores
from zoom_migrator.settings import TableSettings


@dataclass(frozen=True, slots=True)
class MailFeedbackApp:
    """Ports of ``mail_feedback``."""

    contacts: DynamoDbContactRepository
    clock: SystemClock


@cache
def mail_feedback_app() -> MailFeedbackApp:
    """Build the ports of ``mail_feedback``.

    Raises:
        InvalidSettings: The environment lacks a setting.
    """
    settings = TableSettings.from_environ(os.environ)
    contacts = DynamoDbContactRepository(stores.table(settings.table_name))
    return MailFeedbackApp(contacts, SystemClock())
