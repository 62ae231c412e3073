"""What every store of key backups does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import NOW, after, org_id_of
from zoom_migrator.adapters.dynamodb.backups import DynamoDbKeyBackupRepository
from zoom_migrator.adapters.limits import MAX_BACKUP_ROWS
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


@pytest.fixture(params=["memory", "dynamodb"])
def backups(request: pytest.FixtureRequest) -> KeyBackupRepository:
    if request.param == "memory":
        return InMemoryKeyBackupRepository()
    return DynamoDbKeyBackupRepository(request.getfixturevalue("table"))


def test_a_backup_comes_back_as_it_was_stored(backups: KeyBackupRepository) -> None:
    saved = backups.save(BACKUP, now=NOW)

    assert saved == replace(BACKUP, revision=1)
    assert backups.get(BACKUP.org_id, now=NOW) == saved


def test_the_largest_backup_comes_back_as_it_was_stored(backups: KeyBackupRepository) -> None:
    rows = tuple(f"a0B5g000000{n:03}AAAQ" for n in range(MAX_BACKUP_ROWS))
    saved = backups.save(replace(BACKUP, row_ids=rows, sealed="s" * 350_000), now=NOW)

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
    with pytest.raises(ConcurrentModification):
        backups.save(replace(BACKUP, sealed="another"), now=later)


def test_whoever_read_a_backup_that_gave_way_meanwhile_changes_nothing(
    backups: KeyBackupRepository,
) -> None:
    read_long_ago = backups.save(BACKUP, now=NOW)
    later = after(days=21)
    new = backups.save(replace(BACKUP, expires_at=after(days=30)), now=later)

    with pytest.raises(ConcurrentModification):
        backups.save(replace(read_long_ago, expires_at=after(days=40)), now=later)
    assert backups.get(BACKUP.org_id, now=later) == new


def test_one_that_ran_out_since_it_was_read_is_not_changed(backups: KeyBackupRepository) -> None:
    saved = backups.save(BACKUP, now=NOW)

    with pytest.raises(ConcurrentModification):
        backups.save(replace(saved, sealed="more"), now=BACKUP.expires_at)


@pytest.mark.parametrize("revision", [1, 2])
def test_one_that_was_never_stored_is_not_changed(
    backups: KeyBackupRepository, revision: int
) -> None:
    with pytest.raises(ConcurrentModification):
        backups.save(replace(BACKUP, revision=revision), now=NOW)


def test_one_that_is_destroyed_is_gone(backups: KeyBackupRepository) -> None:
    backups.save(BACKUP, now=NOW)

    assert backups.destroy(BACKUP.org_id)
    assert not backups.destroy(BACKUP.org_id)
    assert backups.get(BACKUP.org_id, now=NOW) is None


def test_those_that_are_out_of_date_are_found_and_no_others(backups: KeyBackupRepository) -> None:
    old = backups.save(BACKUP, now=NOW)
    backups.save(replace(BACKUP, org_id=org_id_of(2), expires_at=after(days=30)), now=NOW)
    asked = [org_id_of(1), org_id_of(2), org_id_of(3), org_id_of(1)]

    just_before = BACKUP.expires_at - timedelta(seconds=1)
    assert list(backups.out_of_date(asked, now=just_before)) == []
    assert list(backups.out_of_date(asked, now=BACKUP.expires_at)) == [old]
    assert list(backups.out_of_date([org_id_of(2)], now=BACKUP.expires_at)) == []
    assert list(backups.out_of_date([], now=BACKUP.expires_at)) == []


def test_only_one_that_is_out_of_date_is_destroyed_for_that(backups: KeyBackupRepository) -> None:
    backups.save(BACKUP, now=NOW)

    assert not backups.destroy_out_of_date(BACKUP.org_id, now=after(days=19))
    assert backups.get(BACKUP.org_id, now=NOW) is not None
    assert backups.destroy_out_of_date(BACKUP.org_id, now=BACKUP.expires_at)
    assert backups.get(BACKUP.org_id, now=NOW) is None
    assert not backups.destroy_out_of_date(BACKUP.org_id, now=BACKUP.expires_at)


def test_what_is_sealed_is_not_shown() -> None:
    assert "canary" not in repr(BACKUP)
