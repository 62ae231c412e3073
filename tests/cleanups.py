"""An org that is authorized, and all that comes then, with everything in memory."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import count
from typing import Final

from tests.authorizations import AuthorizationWorld, some_authorization_settings
from tests.builders import ADA, MINIMUM, NOW, a_full_snapshot, org_id_of
from zoom_migrator.adapters.memory.backups import InMemoryBackupVault, InMemoryKeyBackupRepository
from zoom_migrator.adapters.memory.events import InMemoryProbeQueue, InMemoryReplayGuard
from zoom_migrator.adapters.memory.keys import InMemoryKeysGateway
from zoom_migrator.adapters.memory.package_probe import InMemoryPackageProbe
from zoom_migrator.adapters.memory.salesforce import MemorySalesforceGateway
from zoom_migrator.adapters.memory.scans import InMemoryScanRepository
from zoom_migrator.adapters.memory.workflow import InMemoryMigrationWorkflow
from zoom_migrator.domain.approval import AnswerChannel
from zoom_migrator.domain.authorization_settings import AuthorizationSettings
from zoom_migrator.domain.cleanup import CleanupAnswer, CleanupRequest, KeyRemoval
from zoom_migrator.domain.cleanup_settings import CleanupSettings
from zoom_migrator.domain.key_backup import KeyBackup
from zoom_migrator.domain.legacy_keys import KeyValues
from zoom_migrator.domain.loss import Loss, LossCause
from zoom_migrator.domain.migration import Migration, Verdict
from zoom_migrator.domain.org import CleanupPolicy, Org
from zoom_migrator.domain.verification import ConnectionProbe
from zoom_migrator.use_cases.answer_cleanup import CleanupOffer, answer_cleanup, open_cleanup
from zoom_migrator.use_cases.check_health import Health, check_health
from zoom_migrator.use_cases.cleanup_step import RemovePorts, VerifyPorts
from zoom_migrator.use_cases.destroy_backup import BackupPorts
from zoom_migrator.use_cases.find_stuck_orgs import StuckPorts
from zoom_migrator.use_cases.follow_up_cleanup import FollowUpPorts, follow_up_cleanup
from zoom_migrator.use_cases.note_lost_authorization import LossPorts, note_lost_authorization
from zoom_migrator.use_cases.prove_org import HealthPorts
from zoom_migrator.use_cases.put_back_rows import Restored
from zoom_migrator.use_cases.remove_keys import remove_keys
from zoom_migrator.use_cases.request_cleanup import request_cleanup
from zoom_migrator.use_cases.restore_keys import RestoreOrder, RestorePorts, restore_keys
from zoom_migrator.use_cases.sweep_fleet import SweepPorts
from zoom_migrator.use_cases.take_zoom_event import EventPorts
from zoom_migrator.use_cases.verify_connection import verify_connection

ROW_ID: Final = "a0B5g000000001AAAQ"
OTHER_ROW_ID: Final = "a0B5g000000002AAAQ"
# The clock of the tests stands in July 2026.
AHEAD: Final = date(2026, 7, 21)
PAST: Final = date(2023, 9, 8)
PROBE: Final = ConnectionProbe("zoom_app__Zoom__c", "zoom_app__Login_Type__c", "OAuth")
ORDER: Final = RestoreOrder(ADA, "Grace Hopper <grace@acme.example>", "OAuth broke")


def some_values(row_id: str = ROW_ID) -> KeyValues:
    """What a row holds."""
    return KeyValues(row_id, f"key-of-{row_id}-canary", f"secret-of-{row_id}-canary")


def some_cleanup_settings(
    *,
    jwt_deadline: date = AHEAD,
    soak: timedelta = timedelta(days=1),
    probe: ConnectionProbe | None = None,
    prove_every: timedelta = timedelta(days=7),
) -> CleanupSettings:
    """The fleet's settings of proof and cleanup."""
    return CleanupSettings(
        jwt_deadline=jwt_deadline,
        minimum=MINIMUM,
        soak=soak,
        probe=probe,
        prove_every=prove_every,
    )


def a_cleanup_answer(
    *, approved: bool = True, at: datetime = NOW, connection_seen: bool = True
) -> CleanupAnswer:
    """What the org's Salesforce admin said about the old keys."""
    return CleanupAnswer(
        approved=approved,
        at=at,
        name="Grace Hopper",
        email="grace@acme.example",
        channel=AnswerChannel.PAGE,
        source="192.0.2.7 Firefox",
        connection_seen=connection_seen,
    )


@dataclass
class CleanupWorld(AuthorizationWorld):
    """The fleet's orgs with their keys, beyond their authorization.

    Each step is the real use case, called as its function calls it.
    """

    settings: AuthorizationSettings = field(
        default_factory=lambda: replace(some_authorization_settings(), jwt_deadline=AHEAD)
    )
    cleanup: CleanupSettings = field(default_factory=some_cleanup_settings)
    salesforce: MemorySalesforceGateway = field(default_factory=MemorySalesforceGateway)
    keys: InMemoryKeysGateway = field(default_factory=InMemoryKeysGateway)
    package: InMemoryPackageProbe = field(default_factory=InMemoryPackageProbe)
    backups: InMemoryKeyBackupRepository = field(default_factory=InMemoryKeyBackupRepository)
    backup_vault: InMemoryBackupVault = field(default_factory=InMemoryBackupVault)
    workflow: InMemoryMigrationWorkflow = field(default_factory=InMemoryMigrationWorkflow)
    guard: InMemoryReplayGuard = field(default_factory=InMemoryReplayGuard)
    queue: InMemoryProbeQueue = field(default_factory=InMemoryProbeQueue)
    scans: InMemoryScanRepository = field(default_factory=InMemoryScanRepository)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._cleanup_tokens = (f"cleanup-token-{number}-canary" for number in count(1))
        self.attempt = 1

    def connected(
        self,
        *,
        policy: CleanupPolicy = CleanupPolicy.ASK,
        rows: tuple[KeyValues, ...] | None = None,
        version: str = "3.28.0.1",
    ) -> None:
        """Authorize the first org, whose package has keys in one row, unless said otherwise."""
        self.register()
        org = self.org_of()
        self.orgs.save(replace(org, registration=replace(org.registration, cleanup_policy=policy)))
        self.ask()
        self.authorize()
        self.keys.hold(self.org_id, *([some_values()] if rows is None else rows))
        self.salesforce.will_answer(self.org_id, a_full_snapshot(version))
        self.workflow.start(self.migration)
        self.zoom.forget_calls()

    def soaked(self, **connected: object) -> None:
        """Bring the first org to where its second proof is due."""
        self.connected(**connected)  # type: ignore[arg-type]
        self.verify()
        self.later(days=1)

    def asking(self, **connected: object) -> str:
        """Bring the first org to where somebody is asked about its keys; returns the token."""
        self.soaked(**connected)
        self.verify()
        return self.ask_cleanup()

    def approved(self, **connected: object) -> None:
        """Bring the first org to where its keys are to be removed."""
        self.asking(**connected)
        self.answer_cleanup()
        self.follow_up_cleanup()

    def migrated(self, **connected: object) -> None:
        """Bring the first org to where its keys are removed."""
        self.approved(**connected)
        self.remove()
        self.workflow.complete(self.migration.migration_id)
        self.later(minutes=1)

    def verify(self) -> Verdict:
        """Run the step that proves the connection."""
        return verify_connection(
            self.org_id, self.attempt, ports=self.verify_ports, settings=self.cleanup
        )

    def ask_cleanup(self) -> str:
        """Run the step that waits for an answer; returns the token that the machine waits with."""
        token = next(self._cleanup_tokens)
        self.callback.wait(token)
        request_cleanup(
            self.org_id,
            self.attempt,
            token,
            orgs=self.orgs,
            migrations=self.migrations,
            vault=self.task_vault,
            callback=self.callback,
        )
        return token

    def answer_cleanup(self, *, approved: bool = True, connection_seen: bool = True) -> Migration:
        """Answer the request to remove the keys."""
        return answer_cleanup(
            self.cleanup_offer,
            a_cleanup_answer(
                approved=approved, at=self.clock.now(), connection_seen=connection_seen
            ),
            migrations=self.migrations,
            vault=self.task_vault,
            callback=self.callback,
        )

    def follow_up_cleanup(self) -> Verdict:
        """Run the step that looks what was answered."""
        return follow_up_cleanup(
            self.org_id,
            self.attempt,
            ports=FollowUpPorts(self.orgs, self.migrations, self.clock),
            settings=self.cleanup,
        )

    def remove(self) -> Verdict:
        """Run the step that removes the keys."""
        return remove_keys(
            self.org_id, self.attempt, ports=self.remove_ports, settings=self.cleanup
        )

    def restore(self) -> Restored:
        """Put the keys back, as an operator does."""
        return restore_keys(
            self.org_id,
            ORDER,
            ports=self.restore_ports,
            jwt_deadline=self.cleanup.jwt_deadline,
        )

    def lose(self, cause: LossCause = LossCause.REFUSED) -> Org:
        """Record that the grant that the org uses is lost."""
        grant = self.grant_of()
        return note_lost_authorization(
            self.org_id,
            Loss(cause, grant.grant_id, grant.version),
            actor="tests",
            ports=self.loss_ports,
            jwt_deadline=self.cleanup.jwt_deadline,
        )

    def health(self) -> Health:
        """Look at the org as after a scan."""
        return check_health(
            self.org_id, actor="tests", ports=self.health_ports, settings=self.cleanup
        )

    def scanned(self, version: str | None = "3.28.0.1") -> None:
        """Let a scan see a version of the package; None where it is not installed."""
        org = self.org
        assert org.snapshot is not None
        package = a_full_snapshot(version).package if version else None
        self.orgs.save(replace(org, snapshot=replace(org.snapshot, package=package)))

    @property
    def verify_ports(self) -> VerifyPorts:
        """What proving a connection gets."""
        return VerifyPorts(
            orgs=self.orgs,
            migrations=self.migrations,
            salesforce=self.salesforce,
            keys=self.keys,
            package=self.package,
            grants=self.grant_ports,
            ids=self.ids,
            clock=self.clock,
        )

    @property
    def remove_ports(self) -> RemovePorts:
        """What removing keys gets."""
        return RemovePorts(
            orgs=self.orgs,
            migrations=self.migrations,
            keys=self.keys,
            backups=self.backups,
            vault=self.backup_vault,
            grants=self.grant_ports,
            ids=self.ids,
            clock=self.clock,
        )

    @property
    def restore_ports(self) -> RestorePorts:
        """What putting keys back gets."""
        return RestorePorts(
            orgs=self.orgs,
            migrations=self.migrations,
            keys=self.keys,
            backups=self.backups,
            vault=self.backup_vault,
            clock=self.clock,
        )

    @property
    def loss_ports(self) -> LossPorts:
        """What recording a loss gets."""
        return LossPorts(
            orgs=self.orgs,
            migrations=self.migrations,
            grants=self.grants,
            workflow=self.workflow,
            vault=self.task_vault,
            callback=self.callback,
            clock=self.clock,
        )

    @property
    def health_ports(self) -> HealthPorts:
        """What watching over connected orgs gets."""
        return HealthPorts(self.loss_ports, self.grant_ports, self.ids, self.keys)

    @property
    def stuck_ports(self) -> StuckPorts:
        """What looking for stuck orgs gets."""
        return StuckPorts(self.orgs, self.migrations, self.grants, self.workflow, self.clock)

    @property
    def sweep_ports(self) -> SweepPorts:
        """What a sweep gets."""
        return SweepPorts(self.stuck_ports, self.task_vault, self.callback, self.backups)

    @property
    def event_ports(self) -> EventPorts:
        """What taking events gets."""
        return EventPorts(self.grants, self.guard, self.queue, self.clock)

    @property
    def backup_ports(self) -> BackupPorts:
        """What looking after backups gets."""
        return BackupPorts(self.orgs, self.migrations, self.backups, self.clock)

    @property
    def org_id(self) -> str:
        """The first org's id."""
        return org_id_of(1)

    @property
    def org(self) -> Org:
        """The first org as it is stored."""
        return self.org_of()

    @property
    def migration(self) -> Migration:
        """The present attempt of the first org as it is stored."""
        migration = self.migrations.get(self.org_id, self.attempt)
        assert migration is not None
        return migration

    @property
    def cleanup_offer(self) -> CleanupOffer:
        """The request that waits for an answer."""
        return open_cleanup(self.org_id, orgs=self.orgs, migrations=self.migrations)

    @property
    def request(self) -> CleanupRequest:
        """The request to remove the keys as it is stored."""
        assert self.migration.cleanup is not None
        return self.migration.cleanup

    @property
    def removal(self) -> KeyRemoval:
        """The removal as it is stored."""
        assert self.migration.removal is not None
        return self.migration.removal

    @property
    def backup(self) -> KeyBackup:
        """The backup of the first org as it is stored."""
        return self.backups.stored[self.org_id]
