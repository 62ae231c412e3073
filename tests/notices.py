"""Notices on their way to people, with everything in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import chain, repeat
from typing import Final

from tests.builders import NOW, a_registration, an_org, org_id_of
from zoom_migrator.adapters.memory.messengers import (
    InMemoryEventBus,
    InMemoryMailer,
    InMemoryNoticeQueue,
    InMemorySlackChannel,
    PostedMessage,
)
from zoom_migrator.adapters.memory.migrations import InMemoryMigrationRepository
from zoom_migrator.adapters.memory.notices import (
    InMemoryContactRepository,
    InMemoryDeliveryRepository,
    InMemoryNoticeRepository,
)
from zoom_migrator.adapters.memory.orgs import InMemoryOrgRepository
from zoom_migrator.adapters.memory.scans import InMemoryScanRepository
from zoom_migrator.adapters.memory.signing import InMemoryLinkSigner
from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.domain.delivery import Channel, Delivery, DeliveryStatus, Recipient
from zoom_migrator.domain.notice import Notice, NoticeKind, NoticeRef
from zoom_migrator.domain.notice_order import NoticeOrder, SendOrder
from zoom_migrator.domain.notice_settings import NoticeSettings
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.use_cases.mute_notices import MutePorts
from zoom_migrator.use_cases.notify import NotifyReport, notify
from zoom_migrator.use_cases.notify_ports import NotifyPorts
from zoom_migrator.use_cases.resend_notice import ResendPorts
from zoom_migrator.use_cases.send_reminders import RemindPorts, RemindReport, send_reminders

AHEAD: Final = date(2026, 7, 21)
BASE: Final = "https://migrator.example"
OPERATORS: Final = Recipient(Channel.EMAIL, "operators@acme.example")
ADMIN: Final = Recipient(Channel.EMAIL, "salesforce.admin@acme.example")
ZOOM_ADMIN: Final = Recipient(Channel.EMAIL, "zoom.admin@acme.example")
FLEETS_CHANNEL: Final = Recipient(Channel.SLACK, "#zoom")


def some_notice_settings(
    *,
    jwt_deadline: date = AHEAD,
    time_zone: str = "UTC",
    has_slack: bool = True,
    slack_channel: str = FLEETS_CHANNEL.address,
    has_mail: bool = True,
    operators_email: str = OPERATORS.address,
    max_tries: int = 40,
) -> NoticeSettings:
    """The fleet's settings of notices."""
    return NoticeSettings(
        jwt_deadline=jwt_deadline,
        public_base_url=BASE,
        time_zone=time_zone,
        has_slack=has_slack,
        slack_channel=slack_channel,
        has_mail=has_mail,
        operators_email=operators_email,
        max_tries=max_tries,
    )


def a_done_notice(number: int = 1, *, attempt: int = 1, milestone: str = "") -> Notice:
    """The news that an org's package was upgraded, which asks for nothing."""
    return Notice(
        org_id_of(number),
        attempt,
        NoticeKind.UPGRADE_DONE,
        NOW,
        milestone,
        {"org": f"Acme {number}", "version_before": "3.23", "version_now": "3.30"},
    )


def order_of(*notices: Notice, recipient: Recipient | None = None, again: int = 0) -> SendOrder:
    """The order to tell of these."""
    return SendOrder(tuple(notice.ref for notice in notices), recipient, again)


@dataclass
class NoticeWorld:
    """Orgs with their notices, and everything between them and people."""

    settings: NoticeSettings = field(default_factory=some_notice_settings)
    clock: SettableClock = field(default_factory=lambda: SettableClock(NOW))
    orgs: InMemoryOrgRepository = field(default_factory=InMemoryOrgRepository)
    migrations: InMemoryMigrationRepository | None = None
    scans: InMemoryScanRepository = field(default_factory=InMemoryScanRepository)
    deliveries: InMemoryDeliveryRepository = field(default_factory=InMemoryDeliveryRepository)
    contacts: InMemoryContactRepository = field(default_factory=InMemoryContactRepository)
    queue: InMemoryNoticeQueue = field(default_factory=InMemoryNoticeQueue)
    slack: InMemorySlackChannel = field(default_factory=InMemorySlackChannel)
    mailer: InMemoryMailer = field(default_factory=InMemoryMailer)
    bus: InMemoryEventBus = field(default_factory=InMemoryEventBus)
    signer: InMemoryLinkSigner = field(default_factory=InMemoryLinkSigner)

    def __post_init__(self) -> None:
        self.migrations = self.migrations or InMemoryMigrationRepository(self.orgs)
        self.notices = InMemoryNoticeRepository(self.migrations)

    def register(
        self,
        number: int = 1,
        *,
        status: OrgStatus = OrgStatus.UPGRADE_REQUIRED,
        days_known: float = 365,
        **registration: object,
    ) -> Org:
        """Register an org."""
        org = an_org(
            registration=a_registration(number, **registration),  # type: ignore[arg-type]
            status=status,
            registered_at=NOW - timedelta(days=days_known),
        )
        return self.orgs.save(org)

    def record(self, *notices: Notice) -> SendOrder:
        """Store notices, as the changes that they tell of do; returns the order to tell of them."""
        self.notices.record(notices)
        return order_of(*notices)

    def has_news(self, number: int = 1, **registration: object) -> SendOrder:
        """Register an org that has news; returns the order to tell of it."""
        self.register(number, **registration)  # type: ignore[arg-type]
        return self.record(a_done_notice(number))

    def notify(self, *orders: NoticeOrder, times_left: Iterable[float] = ()) -> NotifyReport:
        """Work on orders.

        Args:
            times_left: The seconds left, each time that it is looked; then there is enough.
        """
        sends = [order for order in orders if isinstance(order, SendOrder)]
        left = chain(times_left, repeat(120.0))
        return notify(
            sends, ports=self.ports, settings=self.settings, seconds_left=lambda: next(left)
        )

    def work_off(self) -> NotifyReport:
        """Work on what is in the queue."""
        return self.notify(*self.queue.take())

    def remind(self, *, seconds_left: float = 300, days_ahead: int = 0) -> RemindReport:
        """Look which milestones have come."""
        return send_reminders(
            ports=self.remind_ports,
            settings=self.settings,
            seconds_left=lambda: seconds_left,
            days_ahead=days_ahead,
        )

    def later(self, **time: float) -> None:
        """Let time pass."""
        self.clock.advance(timedelta(**time))

    def change(self, number: int = 1, **changes: object) -> Org:
        """Change an org's registration."""
        org = self.org_of(number)
        registration = replace(org.registration, **changes)  # type: ignore[arg-type]
        return self.orgs.save(replace(org, registration=registration))

    def org_of(self, number: int = 1) -> Org:
        """An org as it is stored."""
        org = self.orgs.get(org_id_of(number))
        assert org is not None
        return org

    @property
    def ports(self) -> NotifyPorts:
        """What telling people gets."""
        assert self.migrations is not None
        return NotifyPorts(
            orgs=self.orgs,
            migrations=self.migrations,
            scans=self.scans,
            notices=self.notices,
            deliveries=self.deliveries,
            contacts=self.contacts,
            queue=self.queue,
            slack=self.slack,
            mailer=self.mailer,
            signer=self.signer,
            clock=self.clock,
        )

    @property
    def remind_ports(self) -> RemindPorts:
        """What reminding gets."""
        assert self.migrations is not None
        return RemindPorts(self.orgs, self.migrations, self.notices, self.queue, self.clock)

    @property
    def mute_ports(self) -> MutePorts:
        """What muting gets."""
        return MutePorts(self.orgs, self.contacts, self.clock)

    @property
    def resend_ports(self) -> ResendPorts:
        """What sending once more gets."""
        assert self.migrations is not None
        return ResendPorts(self.orgs, self.migrations, self.deliveries, self.queue, self.clock)

    @property
    def sent(self) -> list[PostedMessage]:
        """Everything that anybody got, Slack first."""
        return [*self.slack.sent, *self.mailer.sent]

    def delivery(self, ref: NoticeRef, recipient: Recipient, *, again: int = 0) -> Delivery:
        """What became of telling a recipient."""
        (found,) = [
            each
            for each in self.deliveries.of_notices([ref])
            if (each.key.recipient, each.key.again) == (recipient, again)
        ]
        return found

    def ends(self, ref: NoticeRef) -> dict[Recipient, DeliveryStatus]:
        """What became of telling each recipient."""
        return {each.key.recipient: each.status for each in self.deliveries.of_notices([ref])}


def addresses(sent: Sequence[PostedMessage]) -> list[str]:
    """Where messages went, in order."""
    return [each.address for each in sent]
