"""What ``slack_interactions`` works with."""

from __future__ import annotations

import os
from functools import cache

from zoom_migrator.adapters.system import SystemClock
from zoom_migrator.adapters.web.slack_interactions import SlackInteractions
from zoom_migrator.bootstrap import notice_stores
from zoom_migrator.slack_interactions_settings import SlackInteractionsSettings


@cache
def slack_interactions() -> SlackInteractions:
    """Build what takes presses on buttons.

    Raises:
        InvalidSettings: The environment lacks a setting.
    """
    settings = SlackInteractionsSettings.from_environ(os.environ)
    clock = SystemClock()
    return SlackInteractions(
        notice_stores.slack_access(settings.slack_secret_arn, clock),
        notice_stores.notice_queue(settings.notice_queue_url),
        clock,
    )
