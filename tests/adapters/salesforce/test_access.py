"""What functions talk to Salesforce with: the template's settings and the stack's secret."""

from __future__ import annotations

import json

import pytest

from tests.adapters.embedded_aws import REGION, client
from tests.adapters.salesforce.lab import CONSUMER_KEY, CONSUMER_SECRET
from tests.builders import PACKAGE_ID
from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.adapters.salesforce import SalesforceSettings
from zoom_migrator.adapters.salesforce.credentials import with_installation_key
from zoom_migrator.bootstrap.salesforce import credentials, gateway_settings
from zoom_migrator.domain.errors import InvalidSettings
from zoom_migrator.settings import SalesforceAccessSettings


def test_every_setting_of_the_environment_reaches_the_gateway() -> None:
    settings = SalesforceAccessSettings.from_environ(
        {
            "SALESFORCE_SECRET_ARN": "arn",
            "SALESFORCE_API_VERSION": "65.0",
            "SALESFORCE_ALLOWED_DOMAINS": "my.salesforce.com,sandbox.my.salesforce.com",
            "SALESFORCE_CONNECT_TO": "http://127.0.0.1:8080",
            "PACKAGE_NAMESPACE": "other_app",
            "PACKAGE_ID": "0338a000000ZZicAAG",
            "KEYS_OBJECT": "other__Zoom__c",
            "KEYS_API_KEY_FIELD": "other__Key__c",
            "KEYS_API_SECRET_FIELD": "other__Secret__c",
        }
    )

    assert gateway_settings(settings) == SalesforceSettings(
        api_version="65.0",
        allowed_domains=("my.salesforce.com", "sandbox.my.salesforce.com"),
        connect_to="http://127.0.0.1:8080",
        namespace="other_app",
        package_id="0338a000000ZZicAAG",
        keys_object="other__Zoom__c",
        keys_api_key_field="other__Key__c",
        keys_api_secret_field="other__Secret__c",
    )


def test_what_is_not_set_is_the_public_package() -> None:
    settings = SalesforceAccessSettings.from_environ({"SALESFORCE_SECRET_ARN": "arn"})

    assert gateway_settings(settings) == SalesforceSettings(package_id=PACKAGE_ID)


def test_an_address_that_is_not_this_machine_is_refused() -> None:
    settings = SalesforceAccessSettings.from_environ(
        {"SALESFORCE_SECRET_ARN": "arn", "SALESFORCE_CONNECT_TO": "https://attacker.example"}
    )

    with pytest.raises(InvalidSettings, match="connect_to"):
        gateway_settings(settings)


@pytest.fixture
def region(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lambda tells functions where they run."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)


@pytest.mark.usefixtures("aws", "region")
def test_credentials_come_from_the_stacks_secret_with_the_installation_key(
    clock: SettableClock,
) -> None:
    app = json.dumps({"consumer_key": CONSUMER_KEY, "consumer_secret": CONSUMER_SECRET})
    secret = client("secretsmanager").create_secret(
        Name="salesforce", SecretString=with_installation_key(app, "open sesame")
    )
    settings = SalesforceAccessSettings.from_environ({"SALESFORCE_SECRET_ARN": secret["ARN"]})

    read = credentials(settings, clock)()

    assert read.consumer_key == CONSUMER_KEY
    assert read.consumer_secret == CONSUMER_SECRET
    assert read.installation_key == "open sesame"


@pytest.mark.usefixtures("aws", "region")
def test_a_secret_that_is_not_there_is_noticed_when_it_is_needed(
    clock: SettableClock,
) -> None:
    settings = SalesforceAccessSettings.from_environ({"SALESFORCE_SECRET_ARN": "no-such-secret"})

    read = credentials(settings, clock)

    with pytest.raises(InvalidSettings, match="no-such-secret"):
        read()
