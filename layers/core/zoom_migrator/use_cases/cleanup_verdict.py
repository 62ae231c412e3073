"""What comes next for a migration whose org is authorized."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil
from typing import Final

from zoom_migrator.domain.authorization_settings import LONGEST_WAIT
from zoom_migrator.domain.cleanup import CleanupRequest
from zoom_migrator.domain.migration import Migration, MigrationStep, Next, Verdict

# Nobody can wake a machine that soaks: where the grant is lost meanwhile, it sees that by itself.
_LONGEST_SLEEP: Final = timedelta(hours=6)


def verdict_beyond_authorization(
    migration: Migration, now: datetime, reminder_every: timedelta
) -> Verdict:
    """What comes next for a migration as it stands, from its authorization on.

    A migration that is in no such step any more is looked at by the step that knows all others.
    """
    match migration.step:
        case MigrationStep.AUTHORIZED:
            return Verdict(Next.VERIFY)
        case MigrationStep.SOAKING:
            wait = min((migration.soak_until or now) - now, _LONGEST_SLEEP)
            return Verdict(Next.VERIFY, max(0, ceil(wait / timedelta(seconds=1))))
        case MigrationStep.AWAITING_CLEANUP_APPROVAL:
            return Verdict(
                Next.ASK_CLEANUP, seconds_for_an_answer(migration.cleanup, now, reminder_every)
            )
        case MigrationStep.REMOVING_KEYS:
            return Verdict(Next.REMOVE_KEYS)
        case MigrationStep.AWAITING_AUTHORIZATION:
            wait = min(reminder_every, LONGEST_WAIT)
            return Verdict(Next.AUTHORIZE, ceil(wait / timedelta(seconds=1)))
        case MigrationStep.ENDED:
            return migration.verdict_at_end()
        case _:
            return Verdict(Next.PREPARE)


def seconds_for_an_answer(
    request: CleanupRequest | None, now: datetime, reminder_every: timedelta
) -> int:
    """How long to wait for an answer: until the next reminder, or until it comes too late."""
    if request is None:
        wait = reminder_every
    else:
        reminder = request.requested_at + (request.reminders + 1) * reminder_every
        wait = min(reminder, request.expires_at) - now
    return max(1, ceil(wait / timedelta(seconds=1)))
