"""What every secret does, whatever it is kept in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.adapters.embedded_aws import client
from zoom_migrator.adapters.memory.secret import InMemorySecret
from zoom_migrator.adapters.secretsmanager import SecretsManagerSecret
from zoom_migrator.domain.errors import InvalidSettings

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

type Secret = InMemorySecret | SecretsManagerSecret


@pytest.fixture(params=["memory", "secretsmanager"])
def secret(request: pytest.FixtureRequest) -> Secret:
    if request.param == "memory":
        return InMemorySecret()
    request.getfixturevalue("aws")
    secretsmanager: SecretsManagerClient = client("secretsmanager")
    created = secretsmanager.create_secret(Name="salesforce-app")
    return SecretsManagerSecret(secretsmanager, created["ARN"])


def test_a_secret_comes_back_as_it_was_written(secret: Secret) -> None:
    secret.write('{"consumer_key": "3MVG…"}')

    assert secret.read() == '{"consumer_key": "3MVG…"}'


def test_writing_a_secret_again_replaces_it(secret: Secret) -> None:
    secret.write("first")
    secret.write("second")

    assert secret.read() == "second"


def test_a_secret_without_a_value_is_a_matter_of_settings(secret: Secret) -> None:
    with pytest.raises(InvalidSettings):
        secret.read()


def test_a_text_too_long_for_a_secret_is_refused_without_being_repeated(secret: Secret) -> None:
    secret.write("before")

    with pytest.raises(InvalidSettings) as refused:
        secret.write("x" * 65_537)

    assert "xxx" not in str(refused.value)
    assert secret.read() == "before"
