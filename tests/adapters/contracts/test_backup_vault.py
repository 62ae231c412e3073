"""What every vault of key backups does, whoever keeps its key."""

from __future__ import annotations

import pytest

from tests.builders import org_id_of
from zoom_migrator.adapters.memory.backups import InMemoryBackupVault
from zoom_migrator.cleanup_ports import BackupVault
from zoom_migrator.domain.errors import InvariantViolation
from zoom_migrator.domain.legacy_keys import KeyValues

ORG_ID = org_id_of(1)
VALUES = (
    KeyValues("a0B5g000000001AAAQ", "key-canary", "secret-canary"),
    KeyValues("a0B5g000000002AAAQ", None, "é-canary"),
)
# Ten rows with both fields as long as the package lets them be.
MANY = tuple(KeyValues(f"a0B5g0000000{n:02}AAAQ", "k" * 255, "s" * 255) for n in range(10))


@pytest.fixture(params=["memory"])
def vault(request: pytest.FixtureRequest) -> BackupVault:
    return InMemoryBackupVault()


@pytest.mark.parametrize("values", [VALUES, MANY], ids=["few", "many"])
def test_values_come_out_as_they_went_in(vault: BackupVault, values: tuple[KeyValues, ...]) -> None:
    assert vault.open(vault.seal(values, org_id=ORG_ID), org_id=ORG_ID) == values


def test_what_is_sealed_shows_no_value(vault: BackupVault) -> None:
    sealed = vault.seal(VALUES, org_id=ORG_ID)

    assert "canary" not in sealed
    assert "canary" not in repr(VALUES)
    assert sealed.isascii()


def test_values_of_one_org_cannot_be_opened_as_those_of_another(vault: BackupVault) -> None:
    sealed = vault.seal(VALUES, org_id=ORG_ID)

    with pytest.raises(InvariantViolation, match=org_id_of(2)):
        vault.open(sealed, org_id=org_id_of(2))


@pytest.mark.parametrize("damaged", ["", ".", "no base64!", "eHh4eA=="])
def test_what_is_damaged_cannot_be_opened(vault: BackupVault, damaged: str) -> None:
    with pytest.raises(InvariantViolation, match=ORG_ID):
        vault.open(damaged, org_id=ORG_ID)


def test_a_backup_of_nothing_is_a_bug(vault: BackupVault) -> None:
    with pytest.raises(InvariantViolation, match=ORG_ID):
        vault.seal((), org_id=ORG_ID)
