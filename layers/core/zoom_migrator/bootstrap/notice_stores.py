"""What the functions share that publish events, remind people or tell them.

Each builds one thing and imports it only then, as :mod:`~zoom_migrator.bootstrap.cleanup_stores`
does, and for the same reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zoom_migrator.adapters.aws import client_config
from zoom_migrator.bootstrap.clients import client

if TYPE_CHECKING:
    from zoom_migrator.adapters.slack.channel import HttpSlackChannel
    from zoom_migrator.adapters.slack.secret import StoredSlackAccess
    from zoom_migrator.adapters.sqs_notices import SqsNoticeQueue
    from zoom_migrator.notice_ports import Mailer
    from zoom_migrator.notice_settings import NotifySettings
    from zoom_migrator.ports import Clock

_FEW_CONNECTIONS: Final = 2


def notice_queue(url: str) -> SqsNoticeQueue:
    """Where orders to tell people are put."""
    from zoom_migrator.adapters.sqs_notices import SqsNoticeQueue

    return SqsNoticeQueue(client("sqs", client_config(max_connections=_FEW_CONNECTIONS)), url)


def slack_access(secret_arn: str, clock: Clock) -> StoredSlackAccess:
    """What the product is at Slack, read from the stack's secret when needed."""
    from zoom_migrator.adapters.secretsmanager import SecretsManagerSecret
    from zoom_migrator.adapters.slack.secret import StoredSlackAccess

    secret = SecretsManagerSecret(
        client("secretsmanager", client_config(max_connections=1)), secret_arn
    )
    return StoredSlackAccess(secret.read, clock)


def slack_channel(settings: NotifySettings, clock: Clock) -> HttpSlackChannel:
    """What posts to Slack.

    Raises:
        InvalidSettings: A value is malformed.
    """
    from zoom_migrator.adapters.slack.channel import HttpSlackChannel
    from zoom_migrator.adapters.slack.settings import SlackSettings

    return HttpSlackChannel(
        SlackSettings(connect_to=settings.slack_connect_to),
        access=slack_access(settings.slack_secret_arn, clock),
    )


def mailer(settings: NotifySettings) -> Mailer:
    """What sends mail; nothing where there is no sender.

    Raises:
        InvalidSettings: A value is malformed.
    """
    if not settings.mail_from:
        from zoom_migrator.adapters.mail.absent import AbsentMailer

        return AbsentMailer()
    from zoom_migrator.adapters.ses import MailSettings, SesMailer, mail_client_config

    return SesMailer(
        client("sesv2", mail_client_config()),
        MailSettings(
            sender=settings.mail_from,
            reply_to=settings.mail_reply_to,
            configuration_set=settings.mail_configuration_set,
        ),
    )
