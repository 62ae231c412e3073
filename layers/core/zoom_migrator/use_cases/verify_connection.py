"""Prove that an authorized org is connected, at once and again after a while; then clean up."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from zoom_migrator.domain.check import CheckFailure, OrgSnapshot
from zoom_migrator.domain.cleanup_endings import (
    NOT_CONNECTED,
    NOT_INSTALLED,
    OVERTAKEN,
    org_refused,
    org_unreachable,
    went_down,
)
from zoom_migrator.domain.cleanup_settings import CleanupSettings
from zoom_migrator.domain.errors import ConcurrentModification
from zoom_migrator.domain.loss import CONNECTED
from zoom_migrator.domain.migration import Ending, MigrationStep, Verdict
from zoom_migrator.domain.verification import PackageConnection, Verification
from zoom_migrator.use_cases.cleanup_step import (
    VerifyPorts,
    end,
    prove,
    verdict_now,
    verified_entry,
    wait_or_end,
)
from zoom_migrator.use_cases.decide_cleanup import decide_cleanup
from zoom_migrator.use_cases.migration_step import InHand, in_hand
from zoom_migrator.use_cases.not_proven import not_proven
from zoom_migrator.use_cases.observe_org import observe_org


def verify_connection(
    org_id: str, attempt: int, *, ports: VerifyPorts, settings: CleanupSettings
) -> Verdict:
    """Call Zoom with the stored grant; the second time, go on to what becomes of the old keys.

    Where the grant is lost, the migration goes back to the authorization.

    Raises:
        MigrationNotFound: There is no such attempt.
        OrgNotFound: The org is not registered.
        TransientError: A store cannot be reached, or was changed by others; repeat the step.
    """
    hand = in_hand(org_id, attempt, orgs=ports.orgs, migrations=ports.migrations)
    if hand.migration.step not in (MigrationStep.AUTHORIZED, MigrationStep.SOAKING):
        return verdict_now(hand, ports, settings)
    if hand.org.active_attempt != attempt or hand.org.status not in CONNECTED:
        return end(hand, OVERTAKEN, ports)
    if is_soaking(hand, ports.clock.now()):
        return verdict_now(hand, ports, settings)
    proof = prove(org_id, ports, settings)
    if not isinstance(proof, Verification):
        return not_proven(hand, proof, ports, settings)
    return _proven(hand, proof, ports, settings)


def is_soaking(hand: InHand, now: datetime) -> bool:
    """Whether it is too early for the second proof."""
    until = hand.migration.soak_until
    return hand.migration.step is MigrationStep.SOAKING and until is not None and now < until


def _proven(
    hand: InHand, proof: Verification, ports: VerifyPorts, settings: CleanupSettings
) -> Verdict:
    seen = _package_connection(hand, ports, settings)
    if isinstance(seen, CheckFailure):
        return _org_later(hand, seen, ports, settings)
    proof = replace(proof, package=seen)
    if hand.migration.step is MigrationStep.AUTHORIZED:
        return _soak(hand, proof, ports, settings)
    return _after_soaking(hand, proof, ports, settings)


def _package_connection(
    hand: InHand, ports: VerifyPorts, settings: CleanupSettings
) -> PackageConnection | CheckFailure:
    if settings.probe is None:
        return PackageConnection.NOT_PROBED
    return ports.package.probe(hand.org.registration, settings.probe)


def _soak(
    hand: InHand, proof: Verification, ports: VerifyPorts, settings: CleanupSettings
) -> Verdict:
    migration = replace(
        hand.migration,
        step=MigrationStep.SOAKING,
        soak_until=proof.at + settings.soak,
        verifications=(proof,),
        waiting_since=None,
    )
    saved = ports.migrations.save(
        migration, org=hand.org.proven(proof), audit=[verified_entry(hand, proof)]
    )
    return verdict_now(replace(hand, migration=saved), ports, settings)


def _after_soaking(
    hand: InHand, proof: Verification, ports: VerifyPorts, settings: CleanupSettings
) -> Verdict:
    check = ports.salesforce.check(hand.org.registration)
    _, org = observe_org(
        hand.org,
        check,
        scan_id=None,
        actor=hand.actor,
        minimum=settings.minimum,
        orgs=ports.orgs,
    )
    if org.standing != hand.org.standing or org.active_attempt != hand.org.active_attempt:
        raise ConcurrentModification(f"Org {org.org_id} went another way meanwhile.")
    hand = replace(hand, org=org)
    if isinstance(check, CheckFailure):
        return _org_later(hand, check, ports, settings)
    ending = _ending_by_package(check, settings)
    if ending is not None:
        return end(hand, ending, ports)
    if proof.package is PackageConnection.NOT_SHOWN:
        return wait_or_end(hand, settings.connecting, NOT_CONNECTED, ports, problem=proof.package)
    return decide_cleanup(hand, proof, ports, settings)


def _ending_by_package(snapshot: OrgSnapshot, settings: CleanupSettings) -> Ending | None:
    if snapshot.package is None:
        return NOT_INSTALLED
    if not snapshot.package.version.is_at_least(settings.minimum):
        return went_down(str(snapshot.package.version), str(settings.minimum))
    return None


def _org_later(
    hand: InHand, failure: CheckFailure, ports: VerifyPorts, settings: CleanupSettings
) -> Verdict:
    ending = org_refused(failure)
    if ending is not None:
        return end(hand, ending, ports)
    overdue = org_unreachable(failure)
    return wait_or_end(hand, settings.verifying, overdue, ports, problem=failure.code)
