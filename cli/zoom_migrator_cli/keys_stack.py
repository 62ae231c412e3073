"""The parts of a deployed stack that have to do with the old keys of orgs, and with their loss."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from zoom_migrator.adapters.dynamodb.backups import DynamoDbKeyBackupRepository
from zoom_migrator.adapters.kms_backups import KmsBackupVault
from zoom_migrator.adapters.salesforce.keys import SalesforceKeysGateway
from zoom_migrator.adapters.salesforce.stored_credentials import StoredCredentials
from zoom_migrator.adapters.secretsmanager import SecretsManagerSecret
from zoom_migrator.bootstrap.salesforce import gateway_settings
from zoom_migrator.cleanup_ports import BackupVault, KeyBackupRepository, KeysGateway
from zoom_migrator.domain.errors import StackNotFound
from zoom_migrator.settings import SalesforceAccessSettings
from zoom_migrator_cli.zoom_stack import ZoomStack


@dataclass
class KeysStack(ZoomStack):
    """What commands about old keys work with. Nothing is opened before use."""

    @cached_property
    def salesforce_secret(self) -> SecretsManagerSecret:
        """The secret that holds the Salesforce app's credentials."""
        return SecretsManagerSecret(
            self.client("secretsmanager"), self.output("SalesforceSecretArn")
        )

    @cached_property
    def webhook_secret(self) -> SecretsManagerSecret:
        """The secret that holds the secret tokens which Zoom signs its events with."""
        return SecretsManagerSecret(
            self.client("secretsmanager"), self.output("ZoomWebhookSecretArn")
        )

    @cached_property
    def keys(self) -> KeysGateway:
        """The rows of orgs that hold old keys."""
        access = self.settings(
            SalesforceAccessSettings, salesforce_secret_arn=self.output("SalesforceSecretArn")
        )
        return SalesforceKeysGateway(
            gateway_settings(access),
            credentials=StoredCredentials(self.salesforce_secret.read, self.clock),
            clock=self.clock,
        )

    @cached_property
    def backups(self) -> KeyBackupRepository:
        """The encrypted copies of keys that were removed."""
        return DynamoDbKeyBackupRepository(self._table)

    @cached_property
    def backup_vault(self) -> BackupVault:
        """Opens the copies of keys."""
        return KmsBackupVault(self.client("kms"), self.output("BackupKeyArn"))

    @property
    def soak(self) -> timedelta:
        """How long after the first proof of a connection the second one is due.

        Raises:
            StackNotFound: The stack cannot be read, or does not tell.
        """
        text = self.output("SoakMinutes")
        try:
            return timedelta(minutes=int(text))
        except ValueError:
            raise StackNotFound(
                f"Stack {self.stack!r} tells no number of minutes as SoakMinutes.",
                remedy="Deploy the current template.",
            ) from None
