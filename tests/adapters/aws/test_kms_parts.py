"""How what is sealed in parts asks KMS."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from botocore.stub import Stubber

from tests.adapters.embedded_aws import client
from tests.builders import org_id_of
from zoom_migrator.adapters.kms_backups import KmsBackupVault
from zoom_migrator.adapters.kms_parts import PART_BYTES, KmsParts
from zoom_migrator.domain.errors import InvalidSettings, InvariantViolation, StoreUnavailable
from zoom_migrator.domain.legacy_keys import KeyValues

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

KEY = "arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-0000-4000-8000-000000000002"
ORG_ID = org_id_of(1)
CONTEXT = {"purpose": "jwt_backup", "org_id": ORG_ID}
VALUES = (KeyValues("a0B5g000000001AAAQ", "key-canary", None),)
# What a backup holds has to stay readable: it is never changed.
PLAIN = b'[["a0B5g000000001AAAQ", "key-canary", null]]'
SEALED = base64.b64encode(b"sealed").decode()


@pytest.fixture
def kms(aws: None) -> KMSClient:
    kms: KMSClient = client("kms")
    return kms


def test_a_backup_is_encrypted_for_its_org_and_its_purpose(kms: KMSClient) -> None:
    asked = {"KeyId": KEY, "EncryptionContext": CONTEXT | {"part": "1/1"}}
    with Stubber(kms) as stub:
        stub.add_response("encrypt", {"CiphertextBlob": b"sealed"}, asked | {"Plaintext": PLAIN})
        stub.add_response("decrypt", {"Plaintext": PLAIN}, asked | {"CiphertextBlob": b"sealed"})
        vault = KmsBackupVault(kms, KEY)

        assert vault.seal(VALUES, org_id=ORG_ID) == SEALED
        assert vault.open(SEALED, org_id=ORG_ID) == VALUES


def test_what_is_too_long_for_one_call_takes_several_and_each_knows_its_place(
    kms: KMSClient,
) -> None:
    plain = b"a" * PART_BYTES + b"b"
    with Stubber(kms) as stub:
        for number, part in enumerate((plain[:PART_BYTES], plain[PART_BYTES:]), start=1):
            stub.add_response(
                "encrypt",
                {"CiphertextBlob": b"sealed"},
                {
                    "KeyId": KEY,
                    "Plaintext": part,
                    "EncryptionContext": CONTEXT | {"part": f"{number}/2"},
                },
            )

        assert KmsParts(kms, KEY).seal(plain, CONTEXT) == f"{SEALED}.{SEALED}"


@pytest.mark.parametrize(
    "plain",
    [
        b"",
        b"key-canary",
        b"{}",
        b"[1]",
        b'[["row"]]',
        b'[["row", 1, "key-canary"]]',
        b'[[null, "key-canary", "x"]]',
    ],
)
def test_a_backup_that_holds_something_else_is_not_guessed_at(kms: KMSClient, plain: bytes) -> None:
    with Stubber(kms) as stub:
        stub.add_response("decrypt", {"Plaintext": plain})

        with pytest.raises(InvariantViolation, match="is damaged") as told:
            KmsBackupVault(kms, KEY).open(SEALED, org_id=ORG_ID)

    assert "canary" not in str(told.value)


@pytest.mark.parametrize("code", ["InvalidCiphertextException", "IncorrectKeyException"])
def test_what_another_key_or_nobody_encrypted_is_refused(kms: KMSClient, code: str) -> None:
    with Stubber(kms) as stub:
        stub.add_client_error("decrypt", code, "", http_status_code=400)

        with pytest.raises(InvariantViolation, match=ORG_ID):
            KmsBackupVault(kms, KEY).open(SEALED, org_id=ORG_ID)


@pytest.mark.parametrize(
    ("code", "status", "meaning"),
    [
        ("ThrottlingException", 400, StoreUnavailable),
        ("KeyUnavailableException", 500, StoreUnavailable),
        ("AccessDeniedException", 400, InvalidSettings),
        ("DisabledException", 400, InvalidSettings),
        ("NotFoundException", 400, InvalidSettings),
        ("ValidationException", 400, InvariantViolation),
    ],
)
@pytest.mark.parametrize("operation", ["encrypt", "decrypt"])
def test_what_kms_cannot_do_says_what_it_means_and_repeats_nothing(
    kms: KMSClient, operation: str, code: str, status: int, meaning: type[Exception]
) -> None:
    vault = KmsBackupVault(kms, KEY)
    calls: dict[str, Callable[[], object]] = {
        "encrypt": lambda: vault.seal(VALUES, org_id=ORG_ID),
        "decrypt": lambda: vault.open(SEALED, org_id=ORG_ID),
    }
    with Stubber(kms) as stub:
        stub.add_client_error(operation, code, "refused", http_status_code=status)

        with pytest.raises(meaning, match="KMS key arn:aws:kms") as told:
            calls[operation]()

    assert not any(secret in str(told.value) for secret in ("canary", SEALED))
