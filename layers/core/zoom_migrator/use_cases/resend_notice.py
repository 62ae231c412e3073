"""Have a notice sent once more, on purpose."""

from __future__ import annotations

from dataclasses import dataclass

from zoom_migrator.domain.audit import AuditAction, AuditEntry
from zoom_migrator.domain.delivery import Recipient
from zoom_migrator.domain.errors import NoticeNotFound
from zoom_migrator.domain.notice import Notice, NoticeKind, NoticeRef
from zoom_migrator.domain.notice_order import SendOrder
from zoom_migrator.notice_ports import DeliveryRepository, NoticeQueue
from zoom_migrator.ports import Clock, MigrationRepository, OrgRepository
from zoom_migrator.use_cases.find_orgs import find_org

_MANY = 500


@dataclass(frozen=True, slots=True)
class ResendPorts:
    """What sending once more needs."""

    orgs: OrgRepository
    migrations: MigrationRepository
    deliveries: DeliveryRepository
    queue: NoticeQueue
    clock: Clock


def resend_notice(
    org_id: str,
    *,
    kind: NoticeKind | None = None,
    ref: NoticeRef | None = None,
    recipient: Recipient | None = None,
    requested_by: str,
    ports: ResendPorts,
) -> Notice:
    """Order the newest notice of an org to be sent again, whatever became of it before.

    What was answered or withdrawn meanwhile, and an address that nothing is sent to, stay as they
    are; a mute does not count.

    Args:
        org_id: 15 or 18 characters.
        kind: The newest of this kind; None for the newest of all.
        ref: Just this one; None for the newest.
        recipient: The only one to tell; None for whoever it is for.
        requested_by: IAM principal of the operator.

    Raises:
        ConcurrentModification: Somebody else changed the org at this moment; repeat it.
        NoticeNotFound: The org has had no such notice.
        OrgNotFound: The org is not registered.
        StoreUnavailable: A store or the queue is out of reach; repeat it.
    """
    org = find_org(org_id, orgs=ports.orgs)
    notices = ports.migrations.notices(org.org_id, limit=_MANY)
    wanted = (each for each in notices if kind in (None, each.kind) and ref in (None, each.ref))
    notice = next(wanted, None)
    if notice is None:
        raise NoticeNotFound(
            f"Org {org.org_id} has had no such notice.",
            remedy=f"See which there were: `zoom-migrator notices list {org.org_id}`.",
        )
    before = ports.deliveries.of_notices([notice.ref])
    again = max((delivery.key.again for delivery in before), default=0) + 1
    entry = AuditEntry(
        org.org_id, ports.clock.now(), AuditAction.NOTICE_RESENT, requested_by, notice.kind
    )
    ports.orgs.save(org, [entry])
    ports.queue.put(SendOrder((notice.ref,), recipient, again))
    return notice
