"""Read what orders to tell people are about."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from zoom_migrator.domain.deadline import deadline_of
from zoom_migrator.domain.milestones import local_day, zone_named
from zoom_migrator.domain.mute import Mute
from zoom_migrator.domain.notice import Notice, NoticeKind, NoticeRef
from zoom_migrator.domain.notice_kinds import Audience
from zoom_migrator.domain.notice_settings import NoticeSettings
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.recipients import WAITS_FOR
from zoom_migrator.domain.scan import Scan
from zoom_migrator.domain.telling import Telling
from zoom_migrator.use_cases.notify_ports import NotifyPorts

LATE: Final = "late_by_days"
"""Name of the fact that says how late a milestone was noticed."""
AS_OF: Final = "as_of"
"""Name of the fact that says which day people are told of, where they are told ahead of it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the stores know of notices."""

    notices: Mapping[NoticeRef, Notice]
    scans: Mapping[str, Scan]
    orgs: Mapping[str, Org]
    mutes: Sequence[Mute]

    def org_of(self, ref: NoticeRef) -> Org | None:
        """The org that a notice is about; None where it is about the fleet."""
        return self.orgs.get(ref.org_id)

    def scan_of(self, ref: NoticeRef) -> Scan | None:
        """The scan that a notice is about; None where it is about anything else."""
        return self.scans.get(ref.milestone) if _is_about_a_scan(ref) else None

    def telling_of(self, ref: NoticeRef, settings: NoticeSettings, now: datetime) -> Telling | None:
        """The notice with what is known of its org; None where nobody knows of it."""
        org, scan, notice = self.org_of(ref), self.scan_of(ref), self.notices.get(ref)
        if scan is not None:
            facts, at = facts_of_scan(scan), scan.ended_at or scan.started_at
        elif notice is not None and org is not None:
            facts, at = _as_of_today(notice, org), notice.at
        else:
            return None
        registration = org.registration if org else None
        zone = zone_named(registration.time_zone if registration else "", settings.time_zone)
        told_for = _as_of(facts) or local_day(at, zone)
        # Whoever is told ahead of a day is told what is true on that day.
        today = max(local_day(now, zone), told_for)
        return Telling(
            ref=ref,
            facts=facts,
            at=at,
            org=registration,
            deadline=deadline_of(org, settings.jwt_deadline) if org else settings.jwt_deadline,
            today=today,
            zone=zone,
            reader=Audience.OPERATORS,
            late_by_days=_late(facts) + (today - told_for).days,
        )


def read_notices(refs: Collection[NoticeRef], ports: NotifyPorts) -> Reading:
    """Read notices and scans, their orgs, and who does not want to be reminded of them.

    Raises:
        StoreUnavailable: A store is out of reach.
    """
    about_orgs = {ref for ref in refs if not _is_about_a_scan(ref)}
    org_ids = {ref.org_id for ref in about_orgs}
    scans = {ref.milestone: ports.scans.get(ref.milestone) for ref in set(refs) - about_orgs}
    return Reading(
        notices=ports.notices.get_many(about_orgs) if about_orgs else {},
        scans={scan_id: scan for scan_id, scan in scans.items() if scan is not None},
        orgs=ports.orgs.get_many(org_ids) if org_ids else {},
        mutes=ports.contacts.mutes(org_ids) if org_ids else (),
    )


def facts_of_scan(scan: Scan) -> dict[str, str]:
    """What is told of a scan that is over."""
    counts = {outcome.value: str(count) for outcome, count in scan.counts.items() if count}
    return {
        "org_count": str(scan.org_count),
        "status_changes": str(scan.status_changes),
        "failure": scan.failure,
        **counts,
    }


def _as_of_today(notice: Notice, org: Org) -> dict[str, str]:
    """A notice's facts; where it says what an org waits for, not if that is history by now."""
    facts = dict(notice.facts)
    if facts.get("status", org.status) != org.status:
        facts |= {"status": org.status, WAITS_FOR: "", "detail": "", "remedy": ""}
    return facts


def _is_about_a_scan(ref: NoticeRef) -> bool:
    return ref.kind is NoticeKind.SCAN_FINISHED


def _as_of(facts: Mapping[str, str]) -> date | None:
    text = facts.get(AS_OF, "")
    return date.fromisoformat(text) if text else None


def _late(facts: Mapping[str, str]) -> int:
    text = facts.get(LATE, "")
    return int(text) if text.isdecimal() else 0
