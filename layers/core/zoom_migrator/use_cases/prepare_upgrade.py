"""Find out whether an org can be upgraded now, and by which way."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from zoom_migrator.domain.approval import Approval
from zoom_migrator.domain.audit import AuditAction, AuditEntry
from zoom_migrator.domain.check import CheckFailure, OrgSnapshot
from zoom_migrator.domain.endings import ending_after_waiting, ending_by, ending_by_finding
from zoom_migrator.domain.errors import InvariantViolation
from zoom_migrator.domain.finding import Finding, FindingCode, Severity, worst
from zoom_migrator.domain.migration import (
    Migration,
    MigrationStep,
    Next,
    Verdict,
)
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.org import Org, UpgradePolicy
from zoom_migrator.domain.preflight import preflight
from zoom_migrator.domain.upgrade import (
    TargetVersion,
    UpgradeFacts,
    running_install,
)
from zoom_migrator.domain.upgrade_settings import UpgradeSettings
from zoom_migrator.use_cases.by_hand_notice import by_hand_notice
from zoom_migrator.use_cases.consent_at_hand import (
    consent_brought_along,
    consent_given_beforehand,
)
from zoom_migrator.use_cases.install_in_hand import follow_install
from zoom_migrator.use_cases.migration_step import (
    InHand,
    StepPorts,
    decided_by,
    end,
    has_its_version,
    in_hand,
    look,
    verdict_of,
    wait_or_end,
)

_NOT_STANDING: Final = Finding(
    FindingCode.STANDING_ACCEPTANCE_MISSING,
    Severity.WARNING,
    "The policy of this org is auto, but nobody has accepted the present terms beforehand.",
    "Record it with `zoom-migrator approve standing`, or have this upgrade approved.",
)


def prepare_upgrade(
    org_id: str, attempt: int, *, ports: StepPorts, settings: UpgradeSettings
) -> Verdict:
    """Look at the org, and decide how it gets its version. Nothing in the org is changed.

    An org that has the version already goes on to its authorization. An install of the wanted
    version that somebody else began is followed instead of a second one.

    Raises:
        MigrationNotFound: There is no such attempt.
        OrgNotFound: The org is not registered.
        TransientError: A store cannot be reached, or was changed by others; repeat the step.
    """
    hand = in_hand(org_id, attempt, orgs=ports.orgs, migrations=ports.migrations)
    if hand.migration.step is not MigrationStep.PREPARING:
        return verdict_of(hand.migration, ports.clock.now(), settings)
    hand, result = look(_as_it_was_known(hand, settings), ports, settings.rules.minimum)
    verdict = decided_by(hand, result, ports, settings)
    if verdict is not None:
        return verdict
    if isinstance(result, CheckFailure):
        return _later(hand, result, ports, settings)
    hand = _with_version(hand, result)
    if not settings.version_id or hand.org.registration.upgrade_policy is UpgradePolicy.MANUAL:
        return _by_hand(hand, ports, settings)
    facts = ports.upgrades.facts(hand.org.registration, settings.version_id)
    if isinstance(facts, CheckFailure):
        return _later(hand, facts, ports, settings)
    return _by_install(hand, result, facts, ports, settings)


def _as_it_was_known(hand: InHand, settings: UpgradeSettings) -> InHand:
    """With the version that the org was last seen with, if that was behind.

    If it has another one by now, somebody has upgraded it since, and that is told.
    """
    snapshot = hand.org.snapshot
    if snapshot is None or has_its_version(snapshot, settings):
        return hand
    return _with_version(hand, snapshot)


def _with_version(hand: InHand, snapshot: OrgSnapshot) -> InHand:
    version = snapshot.package.version.full if snapshot.package else ""
    return replace(hand, migration=replace(hand.migration, version_before=version))


def _later(
    hand: InHand, failure: CheckFailure, ports: StepPorts, settings: UpgradeSettings
) -> Verdict:
    ending = ending_by(failure)
    if ending is not None:
        return end(hand, ending, ports)
    overdue = ending_after_waiting(failure)
    return wait_or_end(hand, settings.preparing, overdue, ports, then=Next.PREPARE)


def _by_hand(hand: InHand, ports: StepPorts, settings: UpgradeSettings) -> Verdict:
    now = ports.clock.now()
    until = now + settings.by_hand.deadline
    migration = replace(
        hand.migration,
        step=MigrationStep.AWAITING_UPGRADE_BY_HAND,
        by_hand_since=now,
        by_hand_until=until,
        waiting_since=None,
    )
    notice = by_hand_notice(
        migration, hand.org.registration, NoticeKind.UPGRADE_BY_HAND_NEEDED, now, settings
    )
    ports.migrations.save(migration, notices=[notice])
    return Verdict(Next.BY_HAND, settings.by_hand.next_wait(now, now))


def _by_install(
    hand: InHand,
    snapshot: OrgSnapshot,
    facts: UpgradeFacts,
    ports: StepPorts,
    settings: UpgradeSettings,
) -> Verdict:
    now = ports.clock.now()
    findings = preflight(snapshot, facts, settings.rules, now)
    hand = replace(hand, migration=replace(hand.migration, findings=findings, target=facts.target))
    against = worst(findings)
    if against is not None and against.severity is Severity.WAIT:
        overdue = ending_by_finding(against)
        return wait_or_end(hand, settings.preparing, overdue, ports, then=Next.PREPARE)
    if against is not None:
        return end(hand, ending_by_finding(against), ports)
    if facts.target is None:
        raise InvariantViolation(f"Org {hand.org.org_id}: the pre-flight let a target pass unseen.")
    brought = consent_brought_along(hand.migration, facts.target, settings.terms)
    hand = replace(hand, migration=replace(hand.migration, approval=brought))
    running = running_install(facts.target.version_id, facts.requests)
    if running is not None:
        return follow_install(hand, running.request_id, ports, settings)
    return _with_consent(hand, facts.target, ports, settings)


def _with_consent(
    hand: InHand, target: TargetVersion, ports: StepPorts, settings: UpgradeSettings
) -> Verdict:
    """Go on with consent that was given before, or ask for it."""
    now, migration = ports.clock.now(), replace(hand.migration, waiting_since=None)
    if migration.approval is not None:
        stored = ports.migrations.save(replace(migration, step=MigrationStep.INSTALLING))
        return verdict_of(stored, now, settings)
    given = consent_given_beforehand(migration, hand.org, target, settings.terms, now)
    if given is None:
        return _ask(hand.org, migration, ports, settings)
    migration = replace(migration, step=MigrationStep.INSTALLING, approval=given)
    stored = ports.migrations.save(migration, audit=_applied(given, hand.org, now))
    return verdict_of(stored, now, settings)


def _ask(org: Org, migration: Migration, ports: StepPorts, settings: UpgradeSettings) -> Verdict:
    findings = migration.findings
    if org.registration.upgrade_policy is UpgradePolicy.AUTO:
        findings = (*findings, _NOT_STANDING)
    asking = replace(migration, step=MigrationStep.AWAITING_APPROVAL, findings=findings)
    stored = ports.migrations.save(asking)
    return verdict_of(stored, ports.clock.now(), settings)


def _applied(given: Approval, org: Org, now: datetime) -> list[AuditEntry]:
    answer = given.answer
    if answer is None:
        return []
    detail = (
        f"upgrade to {given.target.version} accepted: {answer.channel}, "
        f"terms {answer.terms_version}"
    )
    return [AuditEntry(org.org_id, now, AuditAction.APPROVAL_ANSWERED, answer.actor, detail)]
