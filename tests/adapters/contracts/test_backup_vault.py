"""What every vault of key backups does, whoever keeps its key."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from tests.adapters.embedded_aws import client
from tests.builders import org_id_of
from zoom_migrator.adapters.kms_backups import KmsBackupVault
from zoom_migrator.adapters.limits import MAX_BACKUP_CHARACTERS, MAX_BACKUP_ROWS
from zoom_migrator.adapters.memory.backups import InMemoryBackupVault
from zoom_migrator.cleanup_ports import BackupVault
from zoom_migrator.domain.errors import InvariantViolation
from zoom_migrator.domain.legacy_keys import KeyValues

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

ORG_ID = org_id_of(1)
VALUES = (
    KeyValues("a0B5g000000001AAAQ", "key-canary", "secret-canary"),
    KeyValues("a0B5g000000002AAAQ", None, "é-canary"),
)
# Ten rows with both fields as long as the package lets them be.
MANY = tuple(KeyValues(f"a0B5g0000000{n:02}AAAQ", "k" * 255, "s" * 255) for n in range(10))

# As much as a backup holds, in characters that take the most room, and one that is no character.
MOST = tuple(
    KeyValues(f"a0B5g000000{n:03}AAAQ", "\U0001f511" * 300, "\ud83d" * 300)
    for n in range(MAX_BACKUP_CHARACTERS // 600)
)


@pytest.fixture(params=["memory", "kms"])
def vault(request: pytest.FixtureRequest) -> BackupVault:
    if request.param == "memory":
        return InMemoryBackupVault()
    request.getfixturevalue("aws")
    kms: KMSClient = client("kms")
    return KmsBackupVault(kms, kms.create_key()["KeyMetadata"]["KeyId"])


@pytest.mark.parametrize("values", [VALUES, MANY, MOST], ids=["few", "many", "most"])
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


@pytest.mark.parametrize(
    "damaged", ["", ".", "é", "no base64!", "eHh4eA==", base64.b64encode(b"x" * 40).decode()]
)
def test_what_is_damaged_cannot_be_opened(vault: BackupVault, damaged: str) -> None:
    with pytest.raises(InvariantViolation, match=ORG_ID):
        vault.open(damaged, org_id=ORG_ID)


def test_a_backup_of_nothing_is_a_bug(vault: BackupVault) -> None:
    with pytest.raises(InvariantViolation, match=ORG_ID):
        vault.seal((), org_id=ORG_ID)


@pytest.mark.parametrize("change", ["flipped", "shortened", "extended"])
def test_a_backup_of_which_a_single_character_is_wrong_cannot_be_opened(
    vault: BackupVault, change: str
) -> None:
    sealed = vault.seal(VALUES, org_id=ORG_ID)
    middle = len(sealed) // 2
    other = "A" if sealed[middle] != "A" else "B"
    damaged = {
        "flipped": sealed[:middle] + other + sealed[middle + 1 :],
        "shortened": sealed[:-4],
        "extended": f"{sealed}.{sealed}",
    }[change]

    with pytest.raises(InvariantViolation, match=ORG_ID) as told:
        vault.open(damaged, org_id=ORG_ID)

    assert "canary" not in str(told.value)


def test_parts_of_a_backup_cannot_be_put_together_anew(vault: BackupVault) -> None:
    parts = vault.seal(MANY, org_id=ORG_ID).split(".")
    arrangements = [parts[::-1], parts[:-1], [*parts, parts[-1]]]

    for arranged in arrangements if len(parts) > 1 else []:
        with pytest.raises(InvariantViolation, match=ORG_ID):
            vault.open(".".join(arranged), org_id=ORG_ID)


def test_more_rows_than_a_backup_holds_are_refused(vault: BackupVault) -> None:
    row = VALUES[0]

    with pytest.raises(InvariantViolation, match="101 rows"):
        vault.seal([row] * (MAX_BACKUP_ROWS + 1), org_id=ORG_ID)


def test_longer_values_than_a_backup_holds_are_refused_without_repeating_them(
    vault: BackupVault,
) -> None:
    long = KeyValues("a0B5g000000001AAAQ", "canary" * 10_001, None)

    with pytest.raises(InvariantViolation, match="characters") as told:
        vault.seal([long], org_id=ORG_ID)

    assert "canary" not in str(told.value)
