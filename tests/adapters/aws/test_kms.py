"""What only the vault and the signer do whose keys are in KMS."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from botocore.stub import Stubber

from tests.adapters.embedded_aws import client
from tests.builders import org_id_of
from zoom_migrator.adapters.kms import KmsLinkSigner, KmsTokenVault
from zoom_migrator.domain.errors import InvalidSettings, InvariantViolation, StoreUnavailable

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

KEY = "arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-0000-4000-8000-000000000001"
ORG_ID = org_id_of(1)
CONTEXT = {"purpose": "task_token", "org_id": ORG_ID, "attempt": "7"}
TOKEN = "made-up-task-token"
SEALED = base64.b64encode(b"sealed").decode()
SIGNATURE = "A" * 43


@pytest.fixture
def kms(aws: None) -> KMSClient:
    kms: KMSClient = client("kms")
    return kms


def test_a_token_is_encrypted_for_its_purpose_its_org_and_its_attempt(kms: KMSClient) -> None:
    with Stubber(kms) as stub:
        stub.add_response(
            "encrypt",
            {"CiphertextBlob": b"sealed"},
            {"KeyId": KEY, "Plaintext": TOKEN.encode(), "EncryptionContext": CONTEXT},
        )

        sealed = KmsTokenVault(kms, KEY).seal(TOKEN, org_id=ORG_ID, attempt=7)

    assert sealed == SEALED


def test_a_token_is_decrypted_under_the_stacks_own_key_only(kms: KMSClient) -> None:
    with Stubber(kms) as stub:
        stub.add_response(
            "decrypt",
            {"Plaintext": TOKEN.encode()},
            {"KeyId": KEY, "CiphertextBlob": b"sealed", "EncryptionContext": CONTEXT},
        )

        assert KmsTokenVault(kms, KEY).open(SEALED, org_id=ORG_ID, attempt=7) == TOKEN


def test_a_signature_is_the_mac_by_sha_256(kms: KMSClient) -> None:
    asked = {"KeyId": KEY, "Message": b"claims", "MacAlgorithm": "HMAC_SHA_256"}
    with Stubber(kms) as stub:
        stub.add_response("generate_mac", {"Mac": bytes(32)}, asked)
        stub.add_response("verify_mac", {"MacValid": True}, asked | {"Mac": bytes(32)})
        signer = KmsLinkSigner(kms, KEY)

        assert signer.sign("claims") == SIGNATURE
        assert signer.is_genuine("claims", SIGNATURE) is True


@pytest.mark.parametrize(
    ("claims", "signature"), [("", SIGNATURE), ("x" * 4_097, SIGNATURE), ("claims", "short")]
)
def test_kms_is_not_asked_about_what_cannot_be_genuine(
    kms: KMSClient, claims: str, signature: str
) -> None:
    with Stubber(kms):  # refuses any call
        assert KmsLinkSigner(kms, KEY).is_genuine(claims, signature) is False


@pytest.mark.parametrize("code", ["InvalidCiphertextException", "IncorrectKeyException"])
def test_what_another_key_or_nobody_encrypted_is_refused(kms: KMSClient, code: str) -> None:
    with Stubber(kms) as stub:
        stub.add_client_error("decrypt", code, "", http_status_code=400)

        with pytest.raises(InvariantViolation, match="was not sealed for it"):
            KmsTokenVault(kms, KEY).open(SEALED, org_id=ORG_ID, attempt=7)


@pytest.mark.parametrize(
    ("code", "status", "meaning"),
    [
        ("ThrottlingException", 400, StoreUnavailable),
        ("KeyUnavailableException", 500, StoreUnavailable),
        ("DependencyTimeoutException", 503, StoreUnavailable),
        ("AccessDeniedException", 400, InvalidSettings),
        ("NotFoundException", 400, InvalidSettings),
        ("DisabledException", 400, InvalidSettings),
        ("KMSInvalidStateException", 400, InvalidSettings),
        ("InvalidKeyUsageException", 400, InvalidSettings),
        ("ValidationException", 400, InvariantViolation),
    ],
)
@pytest.mark.parametrize("operation", ["encrypt", "decrypt", "generate_mac", "verify_mac"])
def test_what_kms_cannot_do_says_what_it_means_and_repeats_nothing(
    kms: KMSClient, operation: str, code: str, status: int, meaning: type[Exception]
) -> None:
    vault, signer = KmsTokenVault(kms, KEY), KmsLinkSigner(kms, KEY)
    calls: dict[str, Callable[[], object]] = {
        "encrypt": lambda: vault.seal(TOKEN, org_id=ORG_ID, attempt=7),
        "decrypt": lambda: vault.open(SEALED, org_id=ORG_ID, attempt=7),
        "generate_mac": lambda: signer.sign("claims"),
        "verify_mac": lambda: signer.is_genuine("claims", SIGNATURE),
    }
    with Stubber(kms) as stub:
        stub.add_client_error(operation, code, "refused", http_status_code=status)

        with pytest.raises(meaning, match="KMS key arn:aws:kms") as told:
            calls[operation]()

    assert not any(secret in str(told.value) for secret in (TOKEN, SEALED, SIGNATURE))
