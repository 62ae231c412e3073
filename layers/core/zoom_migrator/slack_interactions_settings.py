"""Settings of what takes presses on buttons in Slack, which is answered within three seconds."""

from __future__ import annotations

from dataclasses import dataclass

from zoom_migrator.plain_settings import PlainSettings, matching, setting, table_name


@dataclass(frozen=True, kw_only=True)
class SlackInteractionsSettings(PlainSettings):
    """For ``slack_interactions``.

    Attributes:
        table_name: What every function gets; this one has nothing to do with it.
        slack_secret_arn: Secret with what Slack signs presses with.
    """

    table_name: str = setting(table_name)
    slack_secret_arn: str = setting(matching(r".+", "an ARN or a name"))
    notice_queue_url: str = setting(matching(r"https?://.+", "the address of a queue"))
