"""See whether a customer has upgraded by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from zoom_migrator.domain.check import CheckFailure
from zoom_migrator.domain.endings import ending_by
from zoom_migrator.domain.errors import InvariantViolation
from zoom_migrator.domain.migration import Ending, MigrationOutcome, MigrationStep, Next, Verdict
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.upgrade_settings import UpgradeSettings
from zoom_migrator.ports import Clock, MigrationRepository, OrgRepository, SalesforceGateway
from zoom_migrator.use_cases.by_hand_notice import by_hand_notice
from zoom_migrator.use_cases.end_migration import end_migration
from zoom_migrator.use_cases.migration_step import (
    InHand,
    go_on_to_authorization,
    has_its_version,
    in_hand,
    verdict_of,
)
from zoom_migrator.use_cases.observe_org import observe_org

_EXPIRED = Ending(
    MigrationOutcome.EXPIRED,
    detail="The package was not upgraded by hand in time.",
    remedy="Talk to the org's Salesforce admin, then: `zoom-migrator migrate start`.",
    failure_code="upgrade_by_hand_expired",
)


def follow_upgrade_by_hand(
    org_id: str,
    attempt: int,
    *,
    orgs: OrgRepository,
    migrations: MigrationRepository,
    salesforce: SalesforceGateway,
    clock: Clock,
    settings: UpgradeSettings,
) -> Verdict:
    """Look at the version; while it is the old one, remind whoever is to upgrade, and wait on.

    An org that cannot be looked at is waited for, too: whoever upgrades may mend that first.

    Raises:
        MigrationNotFound: There is no such attempt.
        OrgNotFound: The org is not registered.
        TransientError: A store cannot be reached, or was changed by others; repeat the step.
    """
    hand = in_hand(org_id, attempt, orgs=orgs, migrations=migrations)
    if hand.migration.step is not MigrationStep.AWAITING_UPGRADE_BY_HAND:
        return verdict_of(hand.migration, clock.now(), settings)
    minimum = settings.rules.minimum
    result = salesforce.check(hand.org.registration)
    _, org = observe_org(
        hand.org, result, scan_id=None, actor=hand.actor, minimum=minimum, orgs=orgs
    )
    hand, now = replace(hand, org=org), clock.now()
    if has_its_version(result, settings):
        return go_on_to_authorization(hand, now, migrations, settings)
    ending = None if isinstance(result, CheckFailure) else ending_by(result)
    if ending is None and now >= _by_hand(hand)[1]:
        ending = _EXPIRED
    if ending is not None:
        ended = end_migration(
            hand.migration, hand.org, ending, at=now, actor=hand.actor, migrations=migrations
        )
        return ended.verdict_at_end()
    return _wait_on(hand, now, migrations, settings)


def _by_hand(hand: InHand) -> tuple[datetime, datetime]:
    since, until = hand.migration.by_hand_since, hand.migration.by_hand_until
    if since is None or until is None:
        raise InvariantViolation(f"Org {hand.org.org_id}: no upgrade by hand is waited for.")
    return since, until


def _wait_on(
    hand: InHand, now: datetime, migrations: MigrationRepository, settings: UpgradeSettings
) -> Verdict:
    since, _ = _by_hand(hand)
    due = int((now - since) / settings.reminder_every)
    if due > hand.migration.reminders:
        reminder = by_hand_notice(
            hand.migration,
            hand.org.registration,
            NoticeKind.UPGRADE_BY_HAND_REMINDER,
            now,
            settings,
            milestone=str(due),
        )
        migrations.save(replace(hand.migration, reminders=due), notices=[reminder])
    return Verdict(Next.BY_HAND, settings.by_hand.next_wait(since, now))
