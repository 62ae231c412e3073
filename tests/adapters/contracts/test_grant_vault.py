"""What every vault of grants does, whoever keeps its key."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.adapters.embedded_aws import client
from tests.builders import org_id_of
from zoom_migrator.adapters.kms_grants import KmsGrantVault
from zoom_migrator.adapters.memory.grant_vault import InMemoryGrantVault
from zoom_migrator.domain.errors import InvariantViolation
from zoom_migrator.domain.grant import GrantSubject, TokenPair
from zoom_migrator.oauth_ports import GrantVault

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

SUBJECT = GrantSubject("client", "account", "user", org_id_of(1))
PAIR = TokenPair("eyJ-access-canary", "eyJ-refresh-canary")
LONG = TokenPair("a" * 8_192, "b" * 8_192)


@pytest.fixture(params=["memory", "kms"])
def vault(request: pytest.FixtureRequest) -> GrantVault:
    if request.param == "memory":
        return InMemoryGrantVault()
    request.getfixturevalue("aws")
    kms: KMSClient = client("kms")
    return KmsGrantVault(kms, kms.create_key()["KeyMetadata"]["KeyId"])


@pytest.mark.parametrize("pair", [PAIR, LONG], ids=["short", "long"])
def test_tokens_come_out_as_they_went_in(vault: GrantVault, pair: TokenPair) -> None:
    assert vault.open(vault.seal(pair, subject=SUBJECT), subject=SUBJECT) == pair


def test_what_is_sealed_shows_no_token(vault: GrantVault) -> None:
    sealed = vault.seal(PAIR, subject=SUBJECT)

    assert "canary" not in sealed
    assert "canary" not in repr(PAIR)
    assert sealed.isascii()


@pytest.mark.parametrize("part", ["client_id", "account_id", "user_id", "org_id"])
def test_tokens_of_one_grant_cannot_be_opened_as_those_of_another(
    vault: GrantVault, part: str
) -> None:
    sealed = vault.seal(PAIR, subject=SUBJECT)
    other = replace(SUBJECT, **{part: "another"})

    with pytest.raises(InvariantViolation, match=other.grant_id):
        vault.open(sealed, subject=other)


@pytest.mark.parametrize("damaged", ["", ".", "no base64!", base64.b64encode(b"x" * 40).decode()])
def test_what_is_damaged_cannot_be_opened(vault: GrantVault, damaged: str) -> None:
    with pytest.raises(InvariantViolation):
        vault.open(damaged, subject=SUBJECT)


def test_parts_cannot_be_put_together_anew(vault: GrantVault) -> None:
    parts = vault.seal(LONG, subject=SUBJECT).split(".")
    arrangements = [parts[::-1], parts[:-1], [*parts, parts[-1]]]

    for arranged in arrangements if len(parts) > 1 else []:
        with pytest.raises(InvariantViolation):
            vault.open(".".join(arranged), subject=SUBJECT)


def test_tokens_beyond_all_measure_are_refused_before_anything_is_encrypted() -> None:
    with pytest.raises(InvariantViolation, match="bytes cannot be sealed"):
        KmsGrantVault(None, "key").seal(  # type: ignore[arg-type]
            TokenPair("a" * 40_000, "b"), subject=SUBJECT
        )
