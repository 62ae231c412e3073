"""What only secrets in Secrets Manager do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.stub import Stubber

from tests.adapters.embedded_aws import client
from zoom_migrator.adapters.secretsmanager import SecretsManagerSecret
from zoom_migrator.domain.errors import InvalidSettings, StoreUnavailable

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


@pytest.fixture
def secretsmanager(aws: None) -> SecretsManagerClient:
    secretsmanager: SecretsManagerClient = client("secretsmanager")
    return secretsmanager


def test_a_secret_that_does_not_exist_is_a_matter_of_settings(
    secretsmanager: SecretsManagerClient,
) -> None:
    secret = SecretsManagerSecret(secretsmanager, "no-such-secret")

    with pytest.raises(InvalidSettings, match="no-such-secret does not exist"):
        secret.read()
    with pytest.raises(InvalidSettings, match="no-such-secret does not exist"):
        secret.write("text")


def test_a_secret_that_is_being_deleted_is_a_matter_of_settings(
    secretsmanager: SecretsManagerClient,
) -> None:
    secretsmanager.create_secret(Name="salesforce-app", SecretString="text")
    secretsmanager.delete_secret(SecretId="salesforce-app", RecoveryWindowInDays=7)
    secret = SecretsManagerSecret(secretsmanager, "salesforce-app")

    with pytest.raises(InvalidSettings, match="being deleted") as refused:
        secret.read()

    assert "restore" in refused.value.remedy


def test_a_secret_without_text_is_a_matter_of_settings(
    secretsmanager: SecretsManagerClient,
) -> None:
    secretsmanager.create_secret(Name="salesforce-app", SecretBinary=b"\x00")

    with pytest.raises(InvalidSettings, match="holds no text"):
        SecretsManagerSecret(secretsmanager, "salesforce-app").read()


def test_the_text_before_the_last_write_stays_readable_to_operators(
    secretsmanager: SecretsManagerClient,
) -> None:
    secretsmanager.create_secret(Name="salesforce-app", SecretString="first")
    SecretsManagerSecret(secretsmanager, "salesforce-app").write("second")

    before = secretsmanager.get_secret_value(SecretId="salesforce-app", VersionStage="AWSPREVIOUS")
    assert before["SecretString"] == "first"


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        ("AccessDeniedException", InvalidSettings),
        ("DecryptionFailure", InvalidSettings),
        ("ThrottlingException", StoreUnavailable),
        ("InternalServiceError", StoreUnavailable),
    ],
)
def test_a_read_that_is_refused_says_what_it_means(
    secretsmanager: SecretsManagerClient, code: str, meaning: type[Exception]
) -> None:
    with Stubber(secretsmanager) as stub:
        stub.add_client_error("get_secret_value", code, "refused", http_status_code=400)

        with pytest.raises(meaning, match="Secret salesforce-app"):
            SecretsManagerSecret(secretsmanager, "salesforce-app").read()
