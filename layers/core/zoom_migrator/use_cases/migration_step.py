"""What all steps of a migration have in common: read it, look at the org, wait or end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil

from zoom_migrator.domain.approval import Approval
from zoom_migrator.domain.check import CheckResult
from zoom_migrator.domain.endings import ending_by
from zoom_migrator.domain.errors import MigrationNotFound, OrgNotFound
from zoom_migrator.domain.migration import (
    Ending,
    Migration,
    MigrationStep,
    Next,
    Verdict,
)
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.status import OrgEvent
from zoom_migrator.domain.upgrade_settings import UpgradeSettings
from zoom_migrator.domain.version import PackageVersion
from zoom_migrator.domain.waiting import Patience
from zoom_migrator.ports import (
    Clock,
    MigrationRepository,
    OrgRepository,
    SalesforceGateway,
    UpgradeGateway,
)
from zoom_migrator.use_cases.await_authorization import await_authorization
from zoom_migrator.use_cases.cleanup_verdict import verdict_beyond_authorization
from zoom_migrator.use_cases.end_migration import end_migration
from zoom_migrator.use_cases.observe_org import observe_org


@dataclass(frozen=True, slots=True)
class StepPorts:
    """What the steps that work on the org itself need."""

    orgs: OrgRepository
    migrations: MigrationRepository
    salesforce: SalesforceGateway
    upgrades: UpgradeGateway
    clock: Clock


@dataclass(frozen=True, slots=True)
class InHand:
    """A migration and its org, as they are stored at present."""

    migration: Migration
    org: Org

    @property
    def actor(self) -> str:
        """Who acts, as the audit trail names them."""
        return f"migration:{self.migration.migration_id}"


def in_hand(
    org_id: str, attempt: int, *, orgs: OrgRepository, migrations: MigrationRepository
) -> InHand:
    """Read a migration and its org.

    Raises:
        MigrationNotFound: There is no such attempt.
        OrgNotFound: The org is not registered.
        StoreUnavailable: The database cannot be reached.
    """
    migration = migrations.get(org_id, attempt)
    if migration is None:
        raise MigrationNotFound(f"Org {org_id} has had no migration {attempt}.")
    org = orgs.get(org_id)
    if org is None:
        raise OrgNotFound(f"Org {org_id} is not registered.")
    return InHand(migration, org)


def verdict_of(migration: Migration, now: datetime, settings: UpgradeSettings) -> Verdict:
    """What comes next for a migration as it stands.

    A step that Step Functions repeats, or that another way of going on has overtaken, answers
    with this and does nothing.
    """
    match migration.step:
        case MigrationStep.PREPARING:
            return Verdict(Next.PREPARE)
        case MigrationStep.AWAITING_APPROVAL:
            return Verdict(Next.ASK, seconds_for_an_answer(migration.approval, now, settings))
        case MigrationStep.INSTALLING:
            install = migration.install
            return Verdict(Next.POLL if install and install.request_id else Next.INSTALL)
        case MigrationStep.AWAITING_UPGRADE_BY_HAND:
            return Verdict(Next.BY_HAND)
        case _:
            return verdict_beyond_authorization(migration, now, settings.reminder_every)


def seconds_for_an_answer(
    approval: Approval | None, now: datetime, settings: UpgradeSettings
) -> int:
    """How long to wait for an answer: until the next reminder, or until it comes too late."""
    if approval is None:
        wait = min(settings.reminder_every, settings.approval_lifetime)
    else:
        reminder = approval.requested_at + (approval.reminders + 1) * settings.reminder_every
        wait = min(reminder, approval.expires_at) - now
    return max(1, ceil(wait / timedelta(seconds=1)))


def look(hand: InHand, ports: StepPorts, minimum: PackageVersion) -> tuple[InHand, CheckResult]:
    """Check the org now, and store what was found.

    Raises:
        TransientError: A store cannot be reached, or keeps being changed by others.
    """
    result = ports.salesforce.check(hand.org.registration)
    _, org = observe_org(
        hand.org, result, scan_id=None, actor=hand.actor, minimum=minimum, orgs=ports.orgs
    )
    return InHand(hand.migration, org), result


def decided_by(
    hand: InHand, result: CheckResult, ports: StepPorts, settings: UpgradeSettings
) -> Verdict | None:
    """What a look at the org decides by itself, or None where the step has to decide.

    Raises:
        TransientError: A store cannot be reached, or was changed by others.
    """
    if has_its_version(result, settings):
        return go_on_to_authorization(hand, ports.clock.now(), ports.migrations, settings)
    ending = ending_by(result)
    return end(hand, ending, ports) if ending is not None else None


def has_its_version(result: CheckResult, settings: UpgradeSettings) -> bool:
    """Whether the org needs no upgrade any more, whoever brought it there."""
    return result.event(settings.rules.minimum) is OrgEvent.VERSION_SUFFICIENT


def go_on_to_authorization(
    hand: InHand, now: datetime, migrations: MigrationRepository, settings: UpgradeSettings
) -> Verdict:
    """Have the org authorized next, now that it has its version.

    Raises:
        TransientError: A store cannot be reached, or was changed by others.
    """
    waiting = await_authorization(
        hand.migration, hand.org, at=now, actor=hand.actor, migrations=migrations
    )
    return verdict_of(waiting, now, settings)


def end(hand: InHand, ending: Ending, ports: StepPorts) -> Verdict:
    """End the migration in hand.

    Raises:
        TransientError: A store cannot be reached, or was changed by others.
    """
    ended = end_migration(
        hand.migration,
        hand.org,
        ending,
        at=ports.clock.now(),
        actor=hand.actor,
        migrations=ports.migrations,
    )
    return ended.verdict_at_end()


def wait_or_end(
    hand: InHand, patience: Patience, ending: Ending, ports: StepPorts, *, then: Next
) -> Verdict:
    """Wait for what passes by itself, and end the migration where it does not pass.

    Raises:
        TransientError: A store cannot be reached, or was changed by others.
    """
    now = ports.clock.now()
    since = hand.migration.waiting_since or now
    if patience.is_over(since, now):
        return end(hand, ending, ports)
    # Even where it has waited before: what it waits for may be something else by now.
    ports.migrations.save(replace(hand.migration, waiting_since=since))
    return Verdict(then, patience.next_wait(since, now))
