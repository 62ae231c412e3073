"""The one install that a migration has in hand."""

from __future__ import annotations

from dataclasses import replace

from zoom_migrator.domain.errors import InvariantViolation
from zoom_migrator.domain.migration import Install, MigrationStep, Next, Verdict
from zoom_migrator.domain.status import OrgEvent
from zoom_migrator.domain.upgrade import SecurityType
from zoom_migrator.domain.upgrade_settings import UpgradeSettings
from zoom_migrator.use_cases.migration_step import InHand, StepPorts
from zoom_migrator.use_cases.observe_org import status_changes


def install_of(hand: InHand) -> Install:
    """The install in hand.

    Raises:
        InvariantViolation: There is none.
    """
    if hand.migration.install is None:
        raise InvariantViolation(f"Org {hand.org.org_id}: no install is in hand.")
    return hand.migration.install


def version_id_of(hand: InHand) -> str:
    """The version to install (``04t...``).

    Raises:
        InvariantViolation: It is not known.
    """
    if hand.migration.target is None:
        raise InvariantViolation(f"Org {hand.org.org_id}: no version to install is known.")
    return hand.migration.target.version_id


def security_of(hand: InHand) -> SecurityType:
    """Whom the version is to be installed for, as whoever consented said."""
    answer = hand.migration.approval.answer if hand.migration.approval else None
    return answer.security if answer else SecurityType.ALL_USERS


def follow_install(
    hand: InHand, request_id: str, ports: StepPorts, settings: UpgradeSettings
) -> Verdict:
    """Take a request that the org has for the one in hand, whoever sent it.

    Raises:
        TransientError: A store cannot be reached, or was changed by others; repeat the step.
    """
    now = ports.clock.now()
    install = hand.migration.install or Install(began_at=now, security=security_of(hand))
    followed = replace(
        hand.migration,
        step=MigrationStep.INSTALLING,
        install=replace(install, request_id=request_id, intended_at=None),
        waiting_since=None,
    )
    org = hand.org.after(OrgEvent.UPGRADE_STARTED, at=now)
    ports.migrations.save(followed, org=org, audit=status_changes(hand.org, org, now, hand.actor))
    return Verdict(Next.POLL, settings.installing.next_wait(install.began_at, now))
