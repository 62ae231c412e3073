"""What the functions share that talk to Zoom or keep grants."""

from __future__ import annotations

from typing import Final

from zoom_migrator.adapters.aws import client_config
from zoom_migrator.adapters.kms_grants import KmsGrantVault
from zoom_migrator.adapters.secretsmanager import SecretsManagerSecret
from zoom_migrator.adapters.zoom.credentials import StoredZoomCredentials
from zoom_migrator.adapters.zoom.gateway import HttpZoomGateway
from zoom_migrator.adapters.zoom.settings import ZoomSettings
from zoom_migrator.bootstrap.clients import client
from zoom_migrator.oauth_settings import ZoomAccessSettings
from zoom_migrator.ports import Clock

_FEW_CONNECTIONS: Final = 2


def gateway(settings: ZoomAccessSettings, clock: Clock) -> HttpZoomGateway:
    """What talks to Zoom, with the app's credentials read from the stack's secret when needed.

    Raises:
        InvalidSettings: A value is malformed.
    """
    secret = SecretsManagerSecret(
        client("secretsmanager", client_config(max_connections=1)), settings.zoom_secret_arn
    )
    return HttpZoomGateway(
        ZoomSettings(
            oauth_url=settings.zoom_oauth_url,
            api_url=settings.zoom_api_url,
            api_hosts=settings.zoom_api_hosts,
            connect_to=settings.zoom_connect_to,
        ),
        credentials=StoredZoomCredentials(secret.read, clock),
        clock=clock,
    )


def grant_vault(key_arn: str) -> KmsGrantVault:
    """What seals the tokens of grants."""
    return KmsGrantVault(client("kms", client_config(max_connections=_FEW_CONNECTIONS)), key_arn)
