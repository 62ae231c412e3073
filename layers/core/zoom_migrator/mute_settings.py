"""Settings of the page on which a reader of reminders ends them."""

from __future__ import annotations

from dataclasses import dataclass

from zoom_migrator.plain_settings import PlainSettings, arn, setting, table_name


@dataclass(frozen=True, kw_only=True)
class MuteSettings(PlainSettings):
    """For ``mute``."""

    table_name: str = setting(table_name)
    link_key_arn: str = setting(arn)
