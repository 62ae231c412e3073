"""Settings of the page on which the removal of old keys is approved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from zoom_migrator.approve_settings import ApproveSettings
from zoom_migrator.plain_settings import day, setting


@dataclass(frozen=True, kw_only=True)
class CleanupPageSettings(ApproveSettings):
    """For ``cleanup``.

    Attributes:
        jwt_deadline: The day JWT ends for orgs that have no day of their own.
    """

    jwt_deadline: date = setting(day)
