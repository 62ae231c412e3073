"""Spare people reminders: as an operator, or by the link in a mail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from zoom_migrator.domain.audit import AuditAction, AuditEntry
from zoom_migrator.domain.errors import LinkRefused
from zoom_migrator.domain.mute import Mute
from zoom_migrator.domain.mute_link import MuteClaims, MuteScope, address_fingerprint
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.signed_link import split_link
from zoom_migrator.domain.telling import masked
from zoom_migrator.notice_ports import ContactRepository
from zoom_migrator.ports import Clock, LinkSigner, OrgRepository
from zoom_migrator.use_cases.find_orgs import find_org
from zoom_migrator.use_cases.note_in_trail import note_in_trail


@dataclass(frozen=True, slots=True)
class MutePorts:
    """What muting needs."""

    orgs: OrgRepository
    contacts: ContactRepository
    clock: Clock


@dataclass(frozen=True, slots=True)
class MuteOffer:
    """What a link in a mail offers.

    Attributes:
        org: The org that the link names.
        mute: What following it would store.
    """

    org: Org
    mute: Mute

    @property
    def is_about_all_orgs(self) -> bool:
        """Whether reminders about every org of the address end."""
        return not self.mute.org_id

    @property
    def shown_address(self) -> str:
        """The address, so that its owner recognises it."""
        return masked(self.mute.address)


def mute_org(
    org_id: str,
    *,
    until: date | None,
    requested_by: str,
    reason: str = "",
    ports: MutePorts,
) -> Mute:
    """Have nobody reminded of an org until a day.

    What cannot be muted goes on: requests, results, failures, and the last day.

    Args:
        org_id: 15 or 18 characters.
        until: The day on which reminders come again; None for never.
        requested_by: IAM principal of the operator.

    Raises:
        ConcurrentModification: The org keeps being changed by others; repeat it.
        OrgNotFound: The org is not registered.
        StoreUnavailable: The store is out of reach.
    """
    org, now = find_org(org_id, orgs=ports.orgs), ports.clock.now()
    mute = Mute(org.org_id, "", until, requested_by, now, reason)
    detail = f"until {until.isoformat()}" if until else "for good"
    # The trail first: of a crash in between comes a record of what was wanted, and no secret mute.
    _record(org, AuditAction.NOTICES_MUTED, f"{detail}; {reason}".rstrip("; "), requested_by, ports)
    ports.contacts.mute(mute)
    return mute


def unmute_org(org_id: str, *, address: str = "", requested_by: str, ports: MutePorts) -> bool:
    """Have people reminded of an org again; whether they were not.

    Args:
        address: The one whose owner wants to be reminded again, of this org and of all others;
            empty for everybody else.

    Raises:
        ConcurrentModification: The org keeps being changed by others; repeat it.
        OrgNotFound: The org is not registered.
        StoreUnavailable: The store is out of reach.
    """
    org = find_org(org_id, orgs=ports.orgs)
    address = address.strip().lower()
    detail = f"for {masked(address)}" if address else ""
    _record(org, AuditAction.NOTICES_UNMUTED, detail, requested_by, ports)
    was_muted = ports.contacts.unmute(org.org_id, address=address)
    if address:
        was_muted = ports.contacts.unmute("", address=address) or was_muted
    return was_muted


def mute_behind_link(link: str, *, ports: MutePorts, signer: LinkSigner) -> MuteOffer:
    """What a link in a mail offers. Changes nothing.

    Raises:
        LinkRefused: It is forged, damaged, out of date, or nobody has its address any more.
        StoreUnavailable: The store or the key is out of reach.
    """
    text, signature = split_link(link)
    claims = MuteClaims.parse(text)
    if not signer.is_genuine(text, signature):
        raise LinkRefused("This link was not made by the product.")
    now = ports.clock.now()
    if now >= claims.expires_at:
        raise LinkRefused("This link is out of date.")
    org = ports.orgs.get(claims.org_id)
    address = _address_of(claims, org) if org else ""
    if org is None or not address:
        raise LinkRefused("What this link leads to is no longer known.")
    org_id = "" if claims.scope is MuteScope.ALL_ORGS else org.org_id
    return MuteOffer(org, _by_link(org_id, address, now))


def follow_mute_link(link: str, *, ports: MutePorts, signer: LinkSigner) -> MuteOffer:
    """End reminders as a link offers. Doing it twice is the same as once.

    Raises:
        ConcurrentModification: The org keeps being changed by others; repeat it.
        LinkRefused: See :func:`mute_behind_link`.
        StoreUnavailable: The store or the key is out of reach.
    """
    offer = mute_behind_link(link, ports=ports, signer=signer)
    detail = f"for {offer.shown_address}, {'all orgs' if offer.is_about_all_orgs else 'this org'}"
    _record(offer.org, AuditAction.NOTICES_MUTED, detail, offer.mute.by, ports)
    ports.contacts.mute(offer.mute)
    return offer


def _by_link(org_id: str, address: str, now: datetime) -> Mute:
    return Mute(org_id, address, None, f"person:{address}", now, "unsubscribed by mail")


def _address_of(claims: MuteClaims, org: Org) -> str:
    """The address that a link was made for, of those that the org has today."""
    for address in _addresses(org):
        if address_fingerprint(address) == claims.fingerprint:
            return address.strip().lower()
    return ""


def _addresses(org: Org) -> Iterator[str]:
    yield org.registration.salesforce_admin_email
    yield org.registration.zoom_admin_email


def _record(org: Org, action: AuditAction, detail: str, actor: str, ports: MutePorts) -> None:
    """Record it with the org, which others may be changing at the same time."""
    entry = AuditEntry(org.org_id, ports.clock.now(), action, actor, detail)
    note_in_trail(entry, org, orgs=ports.orgs)
