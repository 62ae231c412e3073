"""What the functions share that talk to Salesforce."""

from __future__ import annotations

from zoom_migrator.adapters.aws import client_config
from zoom_migrator.adapters.salesforce import SalesforceSettings
from zoom_migrator.adapters.salesforce.stored_credentials import StoredCredentials
from zoom_migrator.adapters.secretsmanager import SecretsManagerSecret
from zoom_migrator.bootstrap.clients import client
from zoom_migrator.ports import Clock
from zoom_migrator.settings import SalesforceAccessSettings


def gateway_settings(settings: SalesforceAccessSettings) -> SalesforceSettings:
    """How orgs are asked.

    Raises:
        InvalidSettings: A value is malformed.
    """
    return SalesforceSettings(
        api_version=settings.salesforce_api_version,
        allowed_domains=settings.salesforce_allowed_domains,
        connect_to=settings.salesforce_connect_to,
        namespace=settings.package_namespace,
        package_id=settings.package_id,
        keys_object=settings.keys_object,
        keys_api_key_field=settings.keys_api_key_field,
        keys_api_secret_field=settings.keys_api_secret_field,
    )


def credentials(settings: SalesforceAccessSettings, clock: Clock) -> StoredCredentials:
    """What orgs are logged in to with, read from the stack's secret when first needed."""
    secret = SecretsManagerSecret(
        client("secretsmanager", client_config(max_connections=1)),
        settings.salesforce_secret_arn,
    )
    return StoredCredentials(secret.read, clock)
