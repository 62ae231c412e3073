"""What telling people needs."""

from __future__ import annotations

from dataclasses import dataclass

from zoom_migrator.notice_ports import (
    ContactRepository,
    DeliveryRepository,
    Mailer,
    NoticeQueue,
    NoticeRepository,
    SlackChannel,
)
from zoom_migrator.ports import (
    Clock,
    LinkSigner,
    MigrationRepository,
    OrgRepository,
    ScanRepository,
)


@dataclass(frozen=True, slots=True)
class NotifyPorts:
    """What telling people needs from the outside."""

    orgs: OrgRepository
    migrations: MigrationRepository
    scans: ScanRepository
    notices: NoticeRepository
    deliveries: DeliveryRepository
    contacts: ContactRepository
    queue: NoticeQueue
    slack: SlackChannel
    mailer: Mailer
    signer: LinkSigner
    clock: Clock
