"""The encrypted copy of an org's old keys, kept for as long as somebody may want them back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from zoom_migrator.domain.legacy_keys import KeyValues

LONGEST_BACKUP: Final = timedelta(days=30)
# A deadline that has passed must not make the copy worthless at the moment it is made.
SHORTEST_BACKUP: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class KeyBackup:
    """The one backup of an org; there is never a second.

    Attributes:
        attempt: The migration that made it.
        expires_at: From then on it counts as destroyed, whether or not it has been deleted yet.
        row_ids: The rows that it holds something of, sorted.
        sealed: Their values, encrypted for the org and for this purpose.
        revision: Counts changes, for optimistic locking; 0 means not stored yet.
    """

    org_id: str
    attempt: int
    made_at: datetime
    expires_at: datetime
    row_ids: tuple[str, ...]
    sealed: str = field(repr=False)
    revision: int = 0

    def is_usable(self, now: datetime) -> bool:
        """Whether it may still be opened."""
        return now < self.expires_at


def backup_expiry(deadline: date, now: datetime) -> datetime:
    """Until when a backup made now is kept: to the end of the deadline, within bounds."""
    end = datetime.combine(deadline + timedelta(days=1), time(), UTC)
    return min(max(end, now + SHORTEST_BACKUP), now + LONGEST_BACKUP)


def merged(kept: Iterable[KeyValues], found: Iterable[KeyValues]) -> tuple[KeyValues, ...]:
    """What a backup has to hold after another look at the rows.

    What was found takes the place of what was kept of the same row and field; a field that is
    empty by now takes nothing away, because emptying it is what the backup is for.
    """
    rows = {values.row_id: values for values in kept}
    for values in found:
        before = rows.get(values.row_id)
        rows[values.row_id] = KeyValues(
            values.row_id,
            values.api_key or (before.api_key if before else None),
            values.api_secret or (before.api_secret if before else None),
        )
    return tuple(rows[row_id] for row_id in sorted(rows) if not rows[row_id].is_empty)
