"""What every vault of task tokens does, whoever keeps its key."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from tests.adapters.embedded_aws import client
from tests.builders import org_id_of
from zoom_migrator.adapters.kms import KmsTokenVault
from zoom_migrator.adapters.memory.signing import InMemoryTokenVault
from zoom_migrator.domain.errors import InvariantViolation
from zoom_migrator.ports import TokenVault

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

ORG_ID = org_id_of(1)
TOKEN = "AAAAKgAAAAIAAAAAAAAAAe-made-up-" + "x" * 600
# Source: Step Functions API reference, SendTaskSuccess.
LONGEST_TOKEN_CHARACTERS = 2_048


@pytest.fixture(params=["memory", "kms"])
def vault(request: pytest.FixtureRequest) -> TokenVault:
    if request.param == "memory":
        return InMemoryTokenVault()
    request.getfixturevalue("aws")
    kms: KMSClient = client("kms")
    return KmsTokenVault(kms, kms.create_key()["KeyMetadata"]["Arn"])


@pytest.mark.parametrize("token", [TOKEN, "t", "t" * LONGEST_TOKEN_CHARACTERS])
def test_a_sealed_token_is_opened_for_the_org_and_attempt_it_was_sealed_for(
    vault: TokenVault, token: str
) -> None:
    sealed = vault.seal(token, org_id=ORG_ID, attempt=3)

    assert vault.open(sealed, org_id=ORG_ID, attempt=3) == token


def test_a_sealed_token_cannot_be_read(vault: TokenVault) -> None:
    sealed = vault.seal(TOKEN, org_id=ORG_ID, attempt=1)

    assert TOKEN not in sealed
    assert base64.b64encode(TOKEN.encode()).decode()[:40] not in sealed
    assert sealed.isascii()
    assert sealed.isprintable()


@pytest.mark.parametrize(("org_id", "attempt"), [(org_id_of(2), 1), (ORG_ID, 2)])
def test_a_token_is_not_opened_for_another_org_or_attempt(
    vault: TokenVault, org_id: str, attempt: int
) -> None:
    sealed = vault.seal(TOKEN, org_id=ORG_ID, attempt=1)

    with pytest.raises(InvariantViolation, match=org_id) as refused:
        vault.open(sealed, org_id=org_id, attempt=attempt)

    assert TOKEN not in str(refused.value)
    assert sealed not in str(refused.value)


@pytest.mark.parametrize("damage", ["", "x", "not base64 äöü", "AAAA", "cut", "turned"])
def test_a_damaged_token_is_refused(vault: TokenVault, damage: str) -> None:
    sealed = vault.seal(TOKEN, org_id=ORG_ID, attempt=1)
    damaged = {"cut": sealed[: len(sealed) // 8 * 4], "turned": sealed[::-1]}.get(damage, damage)

    with pytest.raises(InvariantViolation, match="damaged"):
        vault.open(damaged, org_id=ORG_ID, attempt=1)


def test_tokens_sealed_for_several_migrations_are_kept_apart(vault: TokenVault) -> None:
    sealed = {
        (number, attempt): vault.seal(
            f"token-{number}-{attempt}", org_id=org_id_of(number), attempt=attempt
        )
        for number in (1, 2)
        for attempt in (1, 2)
    }

    opened = {
        (number, attempt): vault.open(text, org_id=org_id_of(number), attempt=attempt)
        for (number, attempt), text in sealed.items()
    }

    assert opened == {key: f"token-{key[0]}-{key[1]}" for key in sealed}


def test_an_empty_token_is_not_sealed(vault: TokenVault) -> None:
    with pytest.raises(InvariantViolation):
        vault.seal("", org_id=ORG_ID, attempt=1)
