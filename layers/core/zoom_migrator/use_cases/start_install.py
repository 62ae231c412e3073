"""Have an org install the package: at most one request in flight, whatever happens."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from zoom_migrator.domain.audit import AuditAction, AuditEntry
from zoom_migrator.domain.check import CheckFailure, OrgSnapshot
from zoom_migrator.domain.endings import ending_by, ending_by_finding
from zoom_migrator.domain.errors import InvariantViolation
from zoom_migrator.domain.finding import Severity, worst
from zoom_migrator.domain.install_failure import is_about_a_newer_version
from zoom_migrator.domain.migration import Install, MigrationStep, Next, Verdict
from zoom_migrator.domain.preflight import preflight
from zoom_migrator.domain.status import OrgEvent
from zoom_migrator.domain.upgrade import (
    InstallAccepted,
    InstallAnswer,
    InstallRefused,
    InstallUncertain,
    UpgradeFacts,
)
from zoom_migrator.domain.upgrade_settings import UpgradeSettings
from zoom_migrator.use_cases.consent_at_hand import is_withdrawn
from zoom_migrator.use_cases.failed_install import again_or_end, too_many_tries, wait_for_org
from zoom_migrator.use_cases.install_in_hand import (
    follow_install,
    install_of,
    security_of,
    version_id_of,
)
from zoom_migrator.use_cases.migration_step import (
    InHand,
    StepPorts,
    decided_by,
    end,
    in_hand,
    look,
    verdict_of,
    wait_or_end,
)
from zoom_migrator.use_cases.observe_org import status_changes
from zoom_migrator.use_cases.request_on_its_way import arrived_request, seconds_until_settled


def start_install(
    org_id: str, attempt: int, *, ports: StepPorts, settings: UpgradeSettings
) -> Verdict:
    """Ask the org to install the version that was consented to, unless a request is on its way.

    The intention is stored before the request is sent. Whoever comes after a crash, or at the
    same time, finds it and only looks: the org's own list of requests says whether it arrived.
    Only when it has had plenty of time to arrive, and has not, is another one sent; and only if
    consent that was given beforehand still stands, which is asked for otherwise.

    Raises:
        InvariantViolation: Nobody has consented to this version.
        MigrationNotFound: There is no such attempt.
        OrgNotFound: The org is not registered.
        TransientError: A store cannot be reached, or was changed by others; repeat the step.
    """
    hand = in_hand(org_id, attempt, orgs=ports.orgs, migrations=ports.migrations)
    verdict = verdict_of(hand.migration, ports.clock.now(), settings)
    if verdict.next is not Next.INSTALL:
        return verdict
    _insist_on_consent(hand)
    hand, result = look(hand, ports, settings.rules.minimum)
    decided = decided_by(hand, result, ports, settings)
    if decided is not None:
        return decided
    if isinstance(result, CheckFailure):
        return wait_for_org(hand, result, ports, settings, then=Next.INSTALL)
    facts = ports.upgrades.facts(hand.org.registration, version_id_of(hand))
    if isinstance(facts, CheckFailure):
        return wait_for_org(hand, facts, ports, settings, then=Next.INSTALL)
    return _unless_on_its_way(hand, result, facts, ports, settings)


def _insist_on_consent(hand: InHand) -> None:
    approval, version_id = hand.migration.approval, version_id_of(hand)
    if approval is None or not approval.allows(version_id):
        raise InvariantViolation(
            f"Org {hand.org.org_id}: nobody has consented to installing {version_id}."
        )


def _unless_on_its_way(
    hand: InHand,
    snapshot: OrgSnapshot,
    facts: UpgradeFacts,
    ports: StepPorts,
    settings: UpgradeSettings,
) -> Verdict:
    arrived = arrived_request(hand, facts)
    if arrived is not None:
        return follow_install(hand, arrived.request_id, ports, settings)
    unsettled = seconds_until_settled(hand, ports.clock.now(), settings)
    if unsettled:
        return Verdict(Next.INSTALL, unsettled)
    return _if_it_still_may_be(hand, snapshot, facts, ports, settings)


def _if_it_still_may_be(
    hand: InHand,
    snapshot: OrgSnapshot,
    facts: UpgradeFacts,
    ports: StepPorts,
    settings: UpgradeSettings,
) -> Verdict:
    migration, install = hand.migration, hand.migration.install
    if migration.approval is not None and is_withdrawn(migration.approval, hand.org):
        anew = replace(migration, step=MigrationStep.PREPARING, approval=None, install=None)
        return verdict_of(ports.migrations.save(anew), ports.clock.now(), settings)
    findings = preflight(snapshot, facts, settings.rules, ports.clock.now())
    hand = replace(hand, migration=replace(migration, findings=findings))
    against = worst(findings)
    if against is not None and against.severity is Severity.WAIT:
        overdue = ending_by_finding(against)
        return wait_or_end(hand, settings.preparing, overdue, ports, then=Next.INSTALL)
    if against is not None:
        return end(hand, ending_by_finding(against), ports)
    if install is not None and install.tries >= settings.max_tries:
        return end(hand, too_many_tries(install), ports)
    return _send(_with_intention(hand, ports), ports, settings)


def _with_intention(hand: InHand, ports: StepPorts) -> InHand:
    """Store that a request is about to be sent: of two workers, only one gets past this.

    Raises:
        ConcurrentModification: The other one did.
    """
    now = ports.clock.now()
    before = hand.migration.install or Install(began_at=now, security=security_of(hand))
    install = replace(before, intended_at=now, request_id="", tries=before.tries + 1)
    migration = replace(
        hand.migration, step=MigrationStep.INSTALLING, install=install, waiting_since=None
    )
    org = hand.org.after(OrgEvent.UPGRADE_STARTED, at=now)
    target = migration.target
    detail = (
        f"version {target.version if target else '?'} for {install.security}, try {install.tries}"
    )
    audit = [
        AuditEntry(org.org_id, now, AuditAction.INSTALL_REQUESTED, hand.actor, detail),
        *status_changes(hand.org, org, now, hand.actor),
    ]
    saved = ports.migrations.save(migration, org=org, audit=audit)
    return InHand(saved, ports.orgs.get(org.org_id) or org)


def _send(hand: InHand, ports: StepPorts, settings: UpgradeSettings) -> Verdict:
    install = install_of(hand)
    answer = ports.upgrades.install(hand.org.registration, version_id_of(hand), install.security)
    if isinstance(answer, CheckFailure):
        # Surely not sent, so it does not count, and nobody has to wait for it.
        unsent = replace(install, intended_at=None, tries=install.tries - 1)
        hand = _with_install(hand, unsent, ports)
        ending = ending_by(answer)
        if ending is not None:
            return end(hand, ending, ports)
        return wait_for_org(hand, answer, ports, settings, then=Next.INSTALL)
    return _take(hand, answer, ports, settings)


def _take(
    hand: InHand, answer: InstallAnswer, ports: StepPorts, settings: UpgradeSettings
) -> Verdict:
    install = install_of(hand)
    match answer:
        case InstallAccepted(request_id=request_id):
            taken = replace(install, request_id=request_id, intended_at=None)
            _with_install(hand, taken, ports)
            now = ports.clock.now()
            return Verdict(Next.POLL, settings.installing.next_wait(install.began_at, now))
        case InstallRefused(message=message):
            refused = replace(install, intended_at=None, last_error=message)
            hand = replace(hand, migration=replace(hand.migration, install=refused))
            return _refused(hand, message, ports, settings)
        case InstallUncertain():
            return Verdict(Next.INSTALL, int(settings.settle.total_seconds()))
        case _:
            assert_never(answer)


def _refused(hand: InHand, message: str, ports: StepPorts, settings: UpgradeSettings) -> Verdict:
    if is_about_a_newer_version([message]):
        # It may have come since the org was looked at.
        hand, result = look(hand, ports, settings.rules.minimum)
        decided = decided_by(hand, result, ports, settings)
        if decided is not None:
            return decided
        if isinstance(result, CheckFailure):
            return wait_for_org(hand, result, ports, settings, then=Next.INSTALL)
    return again_or_end(hand, [message], ports, settings)


def _with_install(hand: InHand, install: Install, ports: StepPorts) -> InHand:
    saved = ports.migrations.save(replace(hand.migration, install=install))
    return replace(hand, migration=saved)
