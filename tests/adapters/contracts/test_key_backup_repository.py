"""What every store of key backups does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import NOW, after, org_id_of
from zoom_migrator.adapters.memory.backups import InMemoryKeyBackupRepository
from zoom_migrator.cleanup_ports import KeyBackupRepository
from zoom_migrator.domain.errors import ConcurrentModification
from zoom_migrator.domain.key_backup import KeyBackup

BACKUP = KeyBackup(
    org_id=org_id_of(1),
    attempt=1,
    made_at=NOW,
    expires_at=after(days=20),
    row_ids=("a0B5g000000001AAAQ", "a0B5g000000002AAAQ"),
    sealed="sealed-values-canary",
)


@pytest.fixture(params=["memory"])
def backups(request: pytest.FixtureRequest) -> KeyBackupRepository:
    return InMemoryKeyBackupRepository()


def test_a_backup_comes_back_as_it_was_stored(backups: KeyBackupRepository) -> None:
    saved = backups.save(BACKUP, now=NOW)

    assert saved == replace(BACKUP, revision=1)
    assert backups.get(BACKUP.org_id, now=NOW) == saved


def test_an_org_without_one_has_none(backups: KeyBackupRepository) -> None:
    backups.save(BACKUP, now=NOW)

    assert backups.get(org_id_of(2), now=NOW) is None


def test_one_that_is_out_of_date_is_gone_from_the_first_moment(
    backups: KeyBackupRepository,
) -> None:
    backups.save(BACKUP, now=NOW)

    just_before = BACKUP.expires_at - timedelta(seconds=1)
    assert backups.get(BACKUP.org_id, now=just_before) is not None
    assert backups.get(BACKUP.org_id, now=BACKUP.expires_at) is None


def test_of_two_that_are_stored_at_once_one_wins(backups: KeyBackupRepository) -> None:
    backups.save(BACKUP, now=NOW)

    with pytest.raises(ConcurrentModification):
        backups.save(replace(BACKUP, sealed="other"), now=NOW)
    stored = backups.get(BACKUP.org_id, now=NOW)
    assert stored is not None
    assert stored.sealed == BACKUP.sealed


def test_a_newer_one_takes_the_place_of_the_one_it_was_read_from(
    backups: KeyBackupRepository,
) -> None:
    saved = backups.save(BACKUP, now=NOW)

    again = backups.save(replace(saved, sealed="more", attempt=2), now=NOW)

    assert backups.get(BACKUP.org_id, now=NOW) == again
    with pytest.raises(ConcurrentModification):
        backups.save(replace(saved, sealed="stale"), now=NOW)


def test_one_that_is_out_of_date_gives_way_to_a_new_one(backups: KeyBackupRepository) -> None:
    backups.save(BACKUP, now=NOW)
    later = after(days=21)

    new = backups.save(replace(BACKUP, expires_at=after(days=30)), now=later)

    assert backups.get(BACKUP.org_id, now=later) == new


def test_one_that_is_destroyed_is_gone(backups: KeyBackupRepository) -> None:
    backups.save(BACKUP, now=NOW)

    assert backups.destroy(BACKUP.org_id)
    assert not backups.destroy(BACKUP.org_id)
    assert backups.get(BACKUP.org_id, now=NOW) is None


def test_what_is_sealed_is_not_shown() -> None:
    assert "canary" not in repr(BACKUP)
