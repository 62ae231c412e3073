"""What every signer of links does, whoever keeps its key."""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.adapters.embedded_aws import client
from tests.builders import after, org_id_of
from zoom_migrator.adapters.kms import KmsLinkSigner
from zoom_migrator.adapters.memory.signing import InMemoryLinkSigner
from zoom_migrator.domain.errors import InvariantViolation
from zoom_migrator.domain.signed_link import LinkClaims, LinkPurpose, split_link
from zoom_migrator.ports import LinkSigner

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

CLAIMS = LinkClaims(
    purpose=LinkPurpose.UPGRADE,
    org_id=org_id_of(1),
    attempt=1,
    subject="3q2-7wAAAAAAAAAAAAAAAA",
    expires_at=after(days=14),
).text
URL_SAFE = string.ascii_letters + string.digits + "-_"

type Signers = Callable[[], LinkSigner]


@pytest.fixture(params=["memory", "kms"])
def signers(request: pytest.FixtureRequest) -> Signers:
    """Makes signers, each with a key of its own."""
    if request.param == "memory":
        return InMemoryLinkSigner
    request.getfixturevalue("aws")
    kms: KMSClient = client("kms")

    def with_new_key() -> LinkSigner:
        key = kms.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")
        return KmsLinkSigner(kms, key["KeyMetadata"]["Arn"])

    return with_new_key


@pytest.fixture
def signer(signers: Signers) -> LinkSigner:
    return signers()


def test_a_signature_is_genuine_for_what_was_signed(signer: LinkSigner) -> None:
    assert signer.is_genuine(CLAIMS, signer.sign(CLAIMS)) is True


def test_a_signature_fits_into_a_link(signer: LinkSigner) -> None:
    signature = signer.sign(CLAIMS)

    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", signature)
    assert split_link(f"{CLAIMS}.{signature}") == (CLAIMS, signature)


def test_the_same_text_has_the_same_signature(signer: LinkSigner) -> None:
    assert signer.sign(CLAIMS) == signer.sign(CLAIMS)


@pytest.mark.parametrize(
    "claims",
    [CLAIMS + "0", CLAIMS[:-1], CLAIMS.replace(".1.", ".2."), CLAIMS.upper(), " " + CLAIMS, "x"],
)
def test_a_signature_is_of_no_other_text(signer: LinkSigner, claims: str) -> None:
    assert signer.is_genuine(claims, signer.sign(CLAIMS)) is False


def test_a_signature_of_another_key_is_not_genuine(signers: Signers) -> None:
    one, another = signers(), signers()

    assert one.is_genuine(CLAIMS, another.sign(CLAIMS)) is False


def test_no_change_of_any_character_leaves_a_signature_genuine(signer: LinkSigner) -> None:
    signature = signer.sign(CLAIMS)
    changed = [
        signature[:place] + URL_SAFE[(URL_SAFE.index(signature[place]) + 1) % 64]
        + signature[place + 1 :]
        for place in range(0, 43, 6)
    ]  # fmt: skip

    assert [text for text in changed if signer.is_genuine(CLAIMS, text)] == []


def test_only_one_spelling_of_a_signature_is_genuine(signer: LinkSigner) -> None:
    """The last of 43 characters holds two bits that are of no byte."""
    signature = signer.sign(CLAIMS)

    genuine = [last for last in URL_SAFE if signer.is_genuine(CLAIMS, signature[:-1] + last)]

    assert genuine == [signature[-1]]


@pytest.mark.parametrize(
    "signature",
    ["", "A", "=" * 43, "A" * 42, "A" * 44, "A" * 9_000, "ä" * 43, "\ud800" * 43, "%00" * 14 + "A"],
)
def test_what_is_no_signature_at_all_is_not_genuine(signer: LinkSigner, signature: str) -> None:
    assert signer.is_genuine(CLAIMS, signature) is False


@pytest.mark.parametrize("change", [lambda s: s + "=", lambda s: s + "\n", lambda s: " " + s])
def test_a_signature_with_something_around_it_is_not_genuine(
    signer: LinkSigner, change: Callable[[str], str]
) -> None:
    assert signer.is_genuine(CLAIMS, change(signer.sign(CLAIMS))) is False


@pytest.mark.parametrize("claims", ["", "x" * 9_000, "\ud800", "ä"])
def test_any_text_at_all_can_be_asked_about(signer: LinkSigner, claims: str) -> None:
    assert signer.is_genuine(claims, signer.sign(CLAIMS)) is False


def test_an_empty_text_is_not_signed(signer: LinkSigner) -> None:
    with pytest.raises(InvariantViolation):
        signer.sign("")
