"""Send to an address again that bounced or complained, or to a Slack channel that refused."""

from __future__ import annotations

from collections.abc import Iterable

from zoom_migrator.domain.audit import AuditAction, AuditEntry
from zoom_migrator.domain.delivery import Recipient
from zoom_migrator.domain.mute import Suppression
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.recipients import by_mail
from zoom_migrator.domain.telling import masked
from zoom_migrator.use_cases.find_orgs import list_orgs
from zoom_migrator.use_cases.mute_notices import MutePorts
from zoom_migrator.use_cases.note_in_trail import note_in_trail


def allow_address(address: str, *, requested_by: str, ports: MutePorts) -> Suppression | None:
    """Send mail to an address again; why nothing was sent to it, or None where it was not stopped.

    It is recorded with every org that has the address, before it counts.

    Args:
        address: However it is written.
        requested_by: IAM principal of the operator.

    Raises:
        ConcurrentModification: An org keeps being changed by others; repeat it.
        StoreUnavailable: The store is out of reach; repeat it.
    """
    recipient = by_mail(address)
    suppression = ports.contacts.suppressed([recipient.address]).get(recipient.address)
    if suppression is None:
        return None
    detail = f"mail to {masked(recipient.address)} again, in spite of a {suppression.cause}"
    for org in orgs_with(recipient, list_orgs(orgs=ports.orgs)):
        now = ports.clock.now()
        entry = AuditEntry(org.org_id, now, AuditAction.NOTICES_UNMUTED, requested_by, detail)
        note_in_trail(entry, org, orgs=ports.orgs)
    ports.contacts.unsuppress(recipient.address)
    return suppression


def orgs_with(recipient: Recipient, orgs: Iterable[Org]) -> list[Org]:
    """Those of some orgs whose admins have an e-mail address."""
    return [
        org
        for org in orgs
        if recipient
        in (
            by_mail(org.registration.salesforce_admin_email),
            by_mail(org.registration.zoom_admin_email),
        )
    ]
