"""Settings of what takes the events of Zoom, which is answered within three seconds."""

from __future__ import annotations

from dataclasses import dataclass

from zoom_migrator.plain_settings import PlainSettings, matching, setting, table_name


@dataclass(frozen=True, kw_only=True)
class ZoomWebhookSettings(PlainSettings):
    """For ``zoom_webhook``.

    Attributes:
        zoom_webhook_secret_arn: Secret with the secret tokens that Zoom signs with.
    """

    table_name: str = setting(table_name)
    zoom_webhook_secret_arn: str = setting(matching(r".+", "an ARN or a name"))
    probe_queue_url: str = setting(matching(r"https?://.+", "the address of a queue"))
