"""One org on its way through an upgrade, with everything in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

from tests.authorizations import AuthorizationWorld
from tests.builders import (
    ADA,
    NOW,
    a_full_snapshot,
    a_registration,
    a_target,
    an_answer,
    an_org,
    org_id_of,
    some_upgrade_settings,
)
from zoom_migrator.adapters.memory.migrations import InMemoryMigrationRepository
from zoom_migrator.adapters.memory.orgs import InMemoryOrgRepository
from zoom_migrator.adapters.memory.salesforce import MemorySalesforceGateway
from zoom_migrator.adapters.memory.scans import InMemoryScanRepository
from zoom_migrator.adapters.memory.signing import InMemoryTokenVault
from zoom_migrator.adapters.memory.system import SequentialSecretIds, SettableClock
from zoom_migrator.adapters.memory.upgrades import InMemoryUpgradeGateway
from zoom_migrator.adapters.memory.workflow import (
    InMemoryMigrationWorkflow,
    InMemoryTaskCallback,
)
from zoom_migrator.domain.approval import Answer, Approval, StandingAcceptance
from zoom_migrator.domain.check import CheckResult
from zoom_migrator.domain.migration import Install, Migration, Next, Verdict
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.org import Org, StartPolicy, UpgradePolicy
from zoom_migrator.domain.status import BlockedReason, OrgStatus
from zoom_migrator.domain.upgrade import SecurityType, TargetVersion
from zoom_migrator.domain.upgrade_settings import UpgradeSettings
from zoom_migrator.use_cases.answer_approval import answer_request, open_request
from zoom_migrator.use_cases.check_install import check_install
from zoom_migrator.use_cases.follow_up_approval import follow_up_approval
from zoom_migrator.use_cases.follow_upgrade_by_hand import follow_upgrade_by_hand
from zoom_migrator.use_cases.migration_step import StepPorts
from zoom_migrator.use_cases.prepare_upgrade import prepare_upgrade
from zoom_migrator.use_cases.request_approval import request_approval
from zoom_migrator.use_cases.resume_migration import resume_migration
from zoom_migrator.use_cases.start_install import start_install
from zoom_migrator.use_cases.start_migration import Started, start_migration
from zoom_migrator.use_cases.stop_migration import stop_migration

BEHIND = "3.23.0.4"
# What follows once the org has its version; somebody looks again once a day at least.
TO_BE_AUTHORIZED = Verdict(Next.AUTHORIZE, 24 * 3600)


@dataclass
class UpgradeWorld:
    """The fleet's first org, its Salesforce, and the steps of its migration.

    Each step is the real use case, called as its function calls it. The org has a version that is
    behind, and knows the target; tests change what they are about.
    """

    settings: UpgradeSettings = field(default_factory=some_upgrade_settings)
    clock: SettableClock = field(default_factory=lambda: SettableClock(NOW))
    orgs: InMemoryOrgRepository = field(default_factory=InMemoryOrgRepository)
    scans: InMemoryScanRepository = field(default_factory=InMemoryScanRepository)
    salesforce: MemorySalesforceGateway = field(default_factory=MemorySalesforceGateway)
    vault: InMemoryTokenVault = field(default_factory=InMemoryTokenVault)
    callback: InMemoryTaskCallback = field(default_factory=InMemoryTaskCallback)
    ids: SequentialSecretIds = field(default_factory=SequentialSecretIds)
    workflow: InMemoryMigrationWorkflow = field(default_factory=InMemoryMigrationWorkflow)

    def __post_init__(self) -> None:
        self.migrations = InMemoryMigrationRepository(self.orgs)
        self.upgrades = InMemoryUpgradeGateway(self.salesforce, self.clock)
        self.org_id = org_id_of(1)
        self._tokens = (f"task-token-{number}" for number in count(1))
        self.attempt = 1
        self.seen(a_full_snapshot(BEHIND))
        self.upgrades.offer(self.org_id, a_target())

    def register(
        self,
        *,
        policy: UpgradePolicy = UpgradePolicy.ASK,
        start: StartPolicy = StartPolicy.OPERATOR,
        status: OrgStatus = OrgStatus.UPGRADE_REQUIRED,
        blocked_reason: BlockedReason | None = None,
        acceptance: StandingAcceptance | None = None,
    ) -> None:
        """Register the org."""
        registration = a_registration(1, upgrade_policy=policy, start_policy=start)
        self.orgs.save(
            an_org(
                registration=registration,
                status=status,
                blocked_reason=blocked_reason,
                standing_acceptance=acceptance,
            )
        )

    def begin(
        self,
        *,
        policy: UpgradePolicy = UpgradePolicy.ASK,
        acceptance: StandingAcceptance | None = None,
    ) -> Migration:
        """Register the org and start its migration."""
        self.register(policy=policy, acceptance=acceptance)
        return self.start().migration

    def seen(self, *results: CheckResult) -> None:
        """Let the next checks of the org find this; the last of it stays."""
        self.salesforce.will_answer(self.org_id, *results)

    def offers(self, target: TargetVersion) -> None:
        """Let the org know this version."""
        self.upgrades.offer(self.org_id, target)

    def start(self, *, trigger: str = "operator") -> Started:
        """Start a migration, as an operator or a scan does."""
        started = start_migration(
            self.org_id,
            trigger=trigger,
            requested_by=ADA,
            orgs=self.orgs,
            migrations=self.migrations,
            workflow=self.workflow,
            clock=self.clock,
        )
        self.attempt = started.migration.attempt
        return started

    def resume(self) -> Migration:
        """Resume the migration, as an operator does."""
        migration = resume_migration(
            self.org_id,
            requested_by=ADA,
            orgs=self.orgs,
            migrations=self.migrations,
            workflow=self.workflow,
            clock=self.clock,
        )
        self.attempt = migration.attempt
        return migration

    def stop(self) -> Migration:
        """Stop the migration, as an operator does."""
        return stop_migration(
            self.org_id,
            requested_by=ADA,
            reason="change freeze",
            orgs=self.orgs,
            migrations=self.migrations,
            workflow=self.workflow,
            clock=self.clock,
        )

    @property
    def ports(self) -> StepPorts:
        """What the steps that work on the org itself get."""
        return StepPorts(
            orgs=self.orgs,
            migrations=self.migrations,
            salesforce=self.salesforce,
            upgrades=self.upgrades,
            clock=self.clock,
        )

    def prepare(self) -> Verdict:
        """Run the step that looks whether the org can be upgraded."""
        return prepare_upgrade(self.org_id, self.attempt, ports=self.ports, settings=self.settings)

    def install(self) -> Verdict:
        """Run the step that asks for the install."""
        return start_install(self.org_id, self.attempt, ports=self.ports, settings=self.settings)

    def check(self) -> Verdict:
        """Run the step that looks what became of the install."""
        return check_install(self.org_id, self.attempt, ports=self.ports, settings=self.settings)

    def ask(self) -> str:
        """Run the step that asks for consent; returns the token that the machine waits with."""
        token = next(self._tokens)
        self.callback.wait(token)
        request_approval(
            self.org_id,
            self.attempt,
            token,
            orgs=self.orgs,
            migrations=self.migrations,
            vault=self.vault,
            callback=self.callback,
            ids=self.ids,
            clock=self.clock,
            settings=self.settings,
        )
        return token

    def answer(
        self, *, accepted: bool = True, security: SecurityType = SecurityType.ALL_USERS
    ) -> Answer:
        """Answer the request for consent."""
        answer = an_answer(accepted=accepted, at=self.clock.now(), security=security)
        answer_request(
            open_request(self.org_id, orgs=self.orgs, migrations=self.migrations),
            answer,
            migrations=self.migrations,
            vault=self.vault,
            callback=self.callback,
        )
        return answer

    def follow_up(self) -> Verdict:
        """Run the step that looks what became of the request for consent."""
        return follow_up_approval(
            self.org_id,
            self.attempt,
            orgs=self.orgs,
            migrations=self.migrations,
            clock=self.clock,
            settings=self.settings,
        )

    def follow_by_hand(self) -> Verdict:
        """Run the step that looks whether somebody has upgraded by hand."""
        return follow_upgrade_by_hand(
            self.org_id,
            self.attempt,
            orgs=self.orgs,
            migrations=self.migrations,
            salesforce=self.salesforce,
            clock=self.clock,
            settings=self.settings,
        )

    def consented(self) -> None:
        """Bring the migration to where its install is to be asked for."""
        self.begin()
        self.prepare()
        self.ask()
        self.answer()
        self.follow_up()

    def installing(self) -> None:
        """Bring the migration to where its install is under way."""
        self.consented()
        self.install()

    def upgraded(self) -> None:
        """Bring the migration to where its org is to be authorized."""
        self.installing()
        self.upgrades.finish(self.org_id)
        self.check()

    def authorization(self) -> AuthorizationWorld:
        """The steps that follow the upgrade of a first attempt, in the same stores."""
        world = AuthorizationWorld(
            clock=self.clock,
            orgs=self.orgs,
            task_vault=self.vault,
            callback=self.callback,
            ids=self.ids,
        )
        world.migrations = self.migrations
        return world

    def later(self, **time: float) -> None:
        """Let time pass."""
        self.clock.advance(timedelta(**time))

    @property
    def org(self) -> Org:
        """The org as it is stored."""
        org = self.orgs.get(self.org_id)
        assert org is not None
        return org

    @property
    def migration(self) -> Migration:
        """The present attempt as it is stored."""
        migration = self.migrations.get(self.org_id, self.attempt)
        assert migration is not None
        return migration

    @property
    def approval(self) -> Approval:
        """The request for consent as it is stored."""
        assert self.migration.approval is not None
        return self.migration.approval

    @property
    def install_in_hand(self) -> Install:
        """The install as it is stored."""
        assert self.migration.install is not None
        return self.migration.install

    @property
    def told(self) -> list[NoticeKind]:
        """What was to be told, oldest first."""
        return [each.kind for each in reversed(self.migrations.notices(self.org_id, limit=50))]

    @property
    def history(self) -> list[str]:
        """What the audit trail says, oldest first."""
        trail = self.orgs.audit_trail(self.org_id, limit=100)
        return [f"{entry.action}: {entry.detail}" for entry in reversed(trail)]
