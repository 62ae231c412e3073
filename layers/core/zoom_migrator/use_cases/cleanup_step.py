"""What the steps after an authorization have in common: prove, wait or end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from zoom_migrator.cleanup_ports import BackupVault, KeyBackupRepository, KeysGateway, PackageProbe
from zoom_migrator.domain.audit import AuditAction, AuditEntry
from zoom_migrator.domain.cleanup_settings import CleanupSettings
from zoom_migrator.domain.migration import Ending, MigrationStep, Next, Verdict
from zoom_migrator.domain.verification import Verification
from zoom_migrator.domain.waiting import Patience
from zoom_migrator.ports import (
    Clock,
    MigrationRepository,
    OrgRepository,
    SalesforceGateway,
    SecretIds,
)
from zoom_migrator.use_cases.cleanup_verdict import verdict_beyond_authorization
from zoom_migrator.use_cases.end_migration import end_migration
from zoom_migrator.use_cases.grant_ports import GrantPorts
from zoom_migrator.use_cases.migration_step import InHand
from zoom_migrator.use_cases.prove_grant import Proof, prove_grant


@dataclass(frozen=True, slots=True)
class VerifyPorts:
    """What proving a connection needs."""

    orgs: OrgRepository
    migrations: MigrationRepository
    salesforce: SalesforceGateway
    keys: KeysGateway
    package: PackageProbe
    grants: GrantPorts
    ids: SecretIds
    clock: Clock


@dataclass(frozen=True, slots=True)
class RemovePorts:
    """What removing keys needs."""

    orgs: OrgRepository
    migrations: MigrationRepository
    keys: KeysGateway
    backups: KeyBackupRepository
    vault: BackupVault
    grants: GrantPorts
    ids: SecretIds
    clock: Clock


class StepStores(Protocol):
    """What every step needs to store what it decided."""

    @property
    def migrations(self) -> MigrationRepository:
        """Where migrations are kept."""

    @property
    def clock(self) -> Clock:
        """What tells the time."""


class _ProofPorts(Protocol):
    @property
    def grants(self) -> GrantPorts: ...

    @property
    def ids(self) -> SecretIds: ...

    @property
    def clock(self) -> Clock: ...


def prove(org_id: str, ports: _ProofPorts, settings: CleanupSettings) -> Proof:
    """Call Zoom with the grant that an org uses at this moment.

    Raises:
        TransientError: A store or the key cannot be reached.
    """
    return prove_grant(
        org_id, ports=ports.grants, ids=ports.ids, clock=ports.clock, settings=settings.grants
    )


def verified_entry(hand: InHand, verification: Verification) -> AuditEntry:
    """The audit entry about a proof."""
    detail = (
        f"Zoom account {verification.zoom_account_id} as {verification.zoom_email}, grant "
        f"{verification.grant_id} version {verification.grant_version}; the package's own "
        f"connection: {verification.package}"
    )
    return AuditEntry(hand.org.org_id, verification.at, AuditAction.VERIFIED, hand.actor, detail)


def verdict_now(hand: InHand, ports: StepStores, settings: CleanupSettings) -> Verdict:
    """What comes next for a migration as it stands."""
    return verdict_beyond_authorization(hand.migration, ports.clock.now(), settings.reminder_every)


def end(hand: InHand, ending: Ending, ports: StepStores) -> Verdict:
    """End the migration in hand; whoever removes keys lets go of them by it.

    Raises:
        TransientError: A store cannot be reached, or was changed by others.
    """
    ended = end_migration(
        released(hand).migration,
        hand.org,
        ending,
        at=ports.clock.now(),
        actor=hand.actor,
        migrations=ports.migrations,
    )
    return ended.verdict_at_end()


def released(hand: InHand) -> InHand:
    """The migration with its keys in nobody's hands."""
    removal = hand.migration.removal
    if removal is None:
        return hand
    return replace(hand, migration=replace(hand.migration, removal=replace(removal, lease=None)))


def wait_or_end(
    hand: InHand, patience: Patience, ending: Ending, ports: StepStores, *, problem: str
) -> Verdict:
    """Wait for what passes by itself, and end the migration where it does not pass.

    Args:
        problem: What it waits for, without secrets; recorded while keys are being removed.

    Raises:
        TransientError: A store cannot be reached, or was changed by others.
    """
    now = ports.clock.now()
    since = hand.migration.waiting_since or now
    if patience.is_over(since, now):
        return end(hand, ending, ports)
    waiting = replace(released(hand).migration, waiting_since=since)
    if waiting.removal is not None:
        waiting = replace(waiting, removal=replace(waiting.removal, last_problem=problem))
    if waiting != hand.migration:
        ports.migrations.save(waiting)
    removing = hand.migration.step is MigrationStep.REMOVING_KEYS
    then = Next.REMOVE_KEYS if removing else Next.VERIFY
    return Verdict(then, patience.next_wait(since, now))
