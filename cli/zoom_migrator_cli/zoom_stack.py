"""The parts of a deployed stack that have to do with authorizations and grants."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from zoom_migrator.adapters.dynamodb.grants import DynamoDbGrantRepository
from zoom_migrator.adapters.dynamodb.table import Table
from zoom_migrator.adapters.kms_grants import KmsGrantVault
from zoom_migrator.adapters.secretsmanager import SecretsManagerSecret
from zoom_migrator.adapters.system import RandomSecretIds, SystemClock
from zoom_migrator.adapters.zoom.credentials import StoredZoomCredentials
from zoom_migrator.adapters.zoom.gateway import HttpZoomGateway
from zoom_migrator.adapters.zoom.settings import ZoomSettings
from zoom_migrator.domain.authorization_settings import AuthorizationSettings, GrantSettings
from zoom_migrator.oauth_ports import GrantRepository, GrantVault, ZoomGateway
from zoom_migrator.oauth_settings import (
    CALLBACK_PATH,
    AuthorizationPlanSettings,
    GrantPlanSettings,
    ZoomAccessSettings,
)
from zoom_migrator.ports import Clock, SecretIds
from zoom_migrator.use_cases.grant_ports import GrantPorts
from zoom_migrator_cli.stack import DeployedStack


@dataclass
class ZoomStack(DeployedStack):
    """What commands about authorizations and grants work with. Nothing is opened before use."""

    clock: Clock = field(default_factory=SystemClock)
    secret_ids: SecretIds = field(default_factory=RandomSecretIds)

    @cached_property
    def grants(self) -> GrantRepository:
        """The grants of the fleet, and which org uses which."""
        return DynamoDbGrantRepository(self._table)

    @cached_property
    def grant_vault(self) -> GrantVault:
        """Opens the tokens of grants."""
        return KmsGrantVault(self.client("kms"), self.output("GrantKeyArn"))

    @cached_property
    def zoom_secret(self) -> SecretsManagerSecret:
        """The secret that holds the Zoom app's credentials."""
        return SecretsManagerSecret(self.client("secretsmanager"), self.output("ZoomSecretArn"))

    @cached_property
    def zoom(self) -> ZoomGateway:
        """Zoom, spoken to as the stack's app."""
        access = self.settings(ZoomAccessSettings, zoom_secret_arn=self.output("ZoomSecretArn"))
        settings = ZoomSettings(
            oauth_url=access.zoom_oauth_url,
            api_url=access.zoom_api_url,
            api_hosts=access.zoom_api_hosts,
            connect_to=access.zoom_connect_to,
        )
        credentials = StoredZoomCredentials(self.zoom_secret.read, self.clock)
        return HttpZoomGateway(settings, credentials=credentials, clock=self.clock)

    @property
    def grant_ports(self) -> GrantPorts:
        """What changes grants, and ends them at Zoom."""
        return GrantPorts(self.grants, self.grant_vault, self.zoom)

    @property
    def grant_settings(self) -> GrantSettings:
        """What the operator decided about grants."""
        return self.settings(GrantPlanSettings).grant_settings()

    @property
    def authorization_settings(self) -> AuthorizationSettings:
        """What the operator decided about authorizations."""
        return self.settings(AuthorizationPlanSettings).authorization_settings()

    @property
    def public_base_url(self) -> str:
        """What links to customers begin with, without a slash at the end."""
        return self.output("PublicBaseUrl").rstrip("/")

    @property
    def redirect_uri(self) -> str:
        """Where Zoom sends the browser, which has to be registered at Zoom letter by letter."""
        return self.public_base_url + CALLBACK_PATH

    @cached_property
    def _table(self) -> Table:
        return Table(self.client("dynamodb"), self.output("TableName"))
