"""Settings of the page on which the removal of old keys is approved."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from zoom_migrator.approve_settings import ApproveSettings
from zoom_migrator.plain_settings import setting


def _day(text: str) -> date:
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) is None:
        raise ValueError("a day such as 2023-09-08 expected")
    return date.fromisoformat(text)


@dataclass(frozen=True, kw_only=True)
class CleanupPageSettings(ApproveSettings):
    """For ``cleanup``.

    Attributes:
        jwt_deadline: The day JWT ends for orgs that have no day of their own.
    """

    jwt_deadline: date = setting(_day)  # noqa: RUF009 # it makes a field, not a day
