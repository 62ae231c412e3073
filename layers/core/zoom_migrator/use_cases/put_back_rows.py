"""Put values back into rows that are empty, and see what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from zoom_migrator.cleanup_ports import KeysGateway
from zoom_migrator.domain.check import CheckFailure
from zoom_migrator.domain.errors import NothingToRestore
from zoom_migrator.domain.legacy_keys import (
    KeysFound,
    KeyValues,
    RowChanged,
    RowGone,
    RowRefused,
    RowUncertain,
)
from zoom_migrator.domain.migration import MigrationStep
from zoom_migrator.domain.org import Org, OrgRegistration
from zoom_migrator.ports import MigrationRepository


@dataclass(frozen=True, slots=True)
class Restored:
    """What became of each row.

    Attributes:
        restored: Rows that hold their key and secret again.
        occupied: Rows that were left alone, because something stood in them.
        gone: Rows that do not exist any more.
        problems: What the org said of the others, by row.
    """

    restored: tuple[str, ...] = ()
    occupied: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    problems: tuple[tuple[str, str], ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to be put back."""
        return not self.problems


def insist_that_nobody_removes(org: Org, migrations: MigrationRepository) -> None:
    """Let nobody touch a backup, or put keys back, while they are being removed.

    Raises:
        NothingToRestore: A migration is at it.
        StoreUnavailable: The store is out of reach.
    """
    attempt = org.active_attempt
    migration = migrations.get(org.org_id, attempt) if attempt is not None else None
    if migration is None or migration.step is not MigrationStep.REMOVING_KEYS:
        return
    if migration.removal is not None and migration.removal.removed_at is not None:
        return
    raise NothingToRestore(
        f"Migration {migration.attempt} of org {org.org_id} is removing its keys.",
        remedy="Stop it first: `zoom-migrator migrate stop`.",
    )


def put_back(
    registration: OrgRegistration,
    values: Sequence[KeyValues],
    before: KeysFound,
    *,
    keys: KeysGateway,
) -> Restored:
    """Put each row's values into it, unless something stands in it.

    Args:
        before: The rows that hold something already.

    Raises:
        StoreUnavailable: The product's own secret cannot be read at present.
    """
    occupied = {row.row_id for row in before.rows}
    done, gone, problems = [], [], []
    for row in values:
        if row.row_id in occupied:
            continue
        answer = keys.restore(registration, row)
        match answer:
            case RowChanged():
                done.append(row.row_id)
            case RowGone():
                gone.append(row.row_id)
            case RowRefused(said=said) | RowUncertain(said=said):
                problems.append((row.row_id, said or "no answer"))
            case CheckFailure(code=code):
                problems.append((row.row_id, code))
    left_alone = tuple(row.row_id for row in values if row.row_id in occupied)
    return Restored(tuple(done), left_alone, tuple(gone), tuple(problems))


def as_read_back(restored: Restored, after: KeysFound) -> Restored:
    """What is really there: an answer that was lost is settled by it, and so is a wrong one."""
    there = {row.row_id for row in after.rows}
    lost = tuple(
        (row_id, "it is empty again") for row_id in restored.restored if row_id not in there
    )
    back = [row_id for row_id in restored.restored if row_id in there]
    back += [row_id for row_id, _ in restored.problems if row_id in there]
    problems = tuple(each for each in restored.problems if each[0] not in there)
    return replace(restored, restored=tuple(back), problems=(*problems, *lost))
