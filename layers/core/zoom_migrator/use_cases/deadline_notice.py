"""Make the notice that tells of a milestone on the way to an org's deadline."""

from __future__ import annotations

from datetime import date, datetime

from zoom_migrator.domain.expectation import expectation_of
from zoom_migrator.domain.failure import meaning_of
from zoom_migrator.domain.migration import Migration
from zoom_migrator.domain.milestones import Milestone
from zoom_migrator.domain.notice import Notice, NoticeKind
from zoom_migrator.domain.notice_kinds import FINAL
from zoom_migrator.domain.notice_message import ActionKind
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.recipients import WAITS_FOR
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.use_cases.notice_actions import waited_for
from zoom_migrator.use_cases.read_notices import AS_OF, LATE


def deadline_notice(
    org: Org,
    milestone: Milestone,
    last: Migration | None,
    *,
    now: datetime,
    is_over: bool,
    as_of: date | None = None,
) -> Notice:
    """The notice; it belongs to the org and to no attempt, so that a new one changes nothing.

    Args:
        last: The newest migration of the org.
        now: When it is made, by which links and requests are open or not, whatever ``as_of`` says.
        is_over: Whether the deadline has passed, where the org is.
        as_of: The day that it is to tell of, where that is yet to come.
    """
    in_hand = last if last is not None and last.attempt == org.active_attempt else None
    waits_for = waited_for(in_hand, org, now)
    facts = {
        "org": org.registration.display_name,
        "deadline": milestone.deadline.isoformat(),
        "due_on": milestone.due_on.isoformat(),
        "status": org.status.value,
        WAITS_FOR: waits_for or "",
        LATE: str(milestone.late_by_days) if milestone.late_by_days else "",
        FINAL: "yes" if milestone.is_final else "",
        AS_OF: as_of.isoformat() if as_of else "",
        **_about(waits_for, org, in_hand),
        **_why_blocked(org, last),
    }
    kind = NoticeKind.DEADLINE_OVERDUE if is_over else NoticeKind.DEADLINE_NEAR
    told = {name: fact for name, fact in facts.items() if fact}
    return Notice(org.org_id, 0, kind, now, milestone.key, told)


def _about(waits_for: ActionKind | None, org: Org, migration: Migration | None) -> dict[str, str]:
    """What the steps of what it waits for are made of."""
    if waits_for is ActionKind.AUTHORIZE:
        return {
            "zoom_admin_email": expectation_of(org.registration).email,
            "products": ", ".join(org.registration.products),
        }
    if waits_for is ActionKind.CLEANUP and migration is not None and migration.cleanup is not None:
        return {"needs_confirmation": "yes" if migration.cleanup.needs_confirmation else "no"}
    return {}


def _why_blocked(org: Org, last: Migration | None) -> dict[str, str]:
    if org.status is not OrgStatus.BLOCKED:
        return {}
    if org.failure is not None:
        meaning = meaning_of(org.failure.code)
        return {"detail": meaning.summary, "remedy": meaning.remedy}
    return {"detail": last.detail, "remedy": last.remedy} if last is not None else {}
