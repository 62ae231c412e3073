"""Settings of the page on which upgrades are approved."""

from __future__ import annotations

from dataclasses import dataclass

from zoom_migrator.plain_settings import PlainSettings, arn, setting, table_name


@dataclass(frozen=True, kw_only=True)
class ApproveSettings(PlainSettings):
    """For ``approve``."""

    table_name: str = setting(table_name)
    task_token_key_arn: str = setting(arn)
    link_key_arn: str = setting(arn)
