"""Upgrades of simulated orgs: what operators and customers do to the deployed functions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from local.salesforce import PublishedVersion, SimulatedOrg, SimulatedPackage
from tests.adapters.embedded_aws import client
from tests.builders import ADA, a_standing_acceptance
from tests.functions.deployment import Deployment
from zoom_migrator.adapters.kms import KmsLinkSigner, KmsTokenVault
from zoom_migrator.adapters.stepfunctions import (
    StepFunctionsMigrationWorkflow,
    StepFunctionsTaskCallback,
)
from zoom_migrator.adapters.system import SystemClock
from zoom_migrator.domain.approval import Answer, AnswerChannel
from zoom_migrator.domain.migration import Migration
from zoom_migrator.domain.org import Org, StartPolicy, UpgradePolicy
from zoom_migrator.domain.upgrade import SecurityType
from zoom_migrator.use_cases.answer_approval import (
    ApprovalRequest,
    answer_request,
    approval_link,
    open_request,
)
from zoom_migrator.use_cases.resume_migration import resume_migration
from zoom_migrator.use_cases.standing_acceptance import record_standing_acceptance
from zoom_migrator.use_cases.start_migration import start_migration
from zoom_migrator.use_cases.stop_migration import stop_migration

TARGET: Final = PublishedVersion(version="3.28.0.2")
BEHIND: Final = "3.23.0.4"


@dataclass(frozen=True)
class Upgrades:
    """Orgs on their way to the target, and the people around them."""

    deployment: Deployment

    def offer(self, version: PublishedVersion = TARGET) -> None:
        """Publish a version, and configure it as the one to install."""
        self.deployment.simulator.publish(version)
        self.configure("PACKAGE_VERSION_ID", version.id)

    def configure(self, variable: str, value: str) -> None:
        """Set a variable of all functions that have it."""
        for environment in self.deployment.environment.values():
            if variable in environment:
                environment[variable] = value

    def register(
        self,
        document: SimulatedOrg,
        *,
        policy: UpgradePolicy = UpgradePolicy.ASK,
        starts: StartPolicy = StartPolicy.OPERATOR,
    ) -> Org:
        """Start an org in the simulator and enter it in the fleet with its policies."""
        (org,) = self.deployment.register(document)
        registration = replace(org.registration, upgrade_policy=policy, start_policy=starts)
        return self.deployment.orgs.save(replace(org, registration=registration))

    def accept_beforehand(self, org_id: str) -> None:
        """Record a standing acceptance."""
        record_standing_acceptance(org_id, a_standing_acceptance(), orgs=self.deployment.orgs)

    def begin(self, org_id: str) -> Migration:
        """Have an operator start an org's migration."""
        return start_migration(
            org_id,
            trigger="operator",
            requested_by=ADA,
            orgs=self.deployment.orgs,
            migrations=self.deployment.migrations,
            workflow=self._workflow,
            clock=SystemClock(),
        ).migration

    def resume(self, org_id: str) -> Migration:
        """Have an operator resume an org's migration."""
        return resume_migration(
            org_id,
            requested_by=ADA,
            orgs=self.deployment.orgs,
            migrations=self.deployment.migrations,
            workflow=self._workflow,
            clock=SystemClock(),
        )

    def stop(self, org_id: str) -> Migration:
        """Have an operator stop an org's migration."""
        return stop_migration(
            org_id,
            requested_by=ADA,
            reason="wrong org",
            orgs=self.deployment.orgs,
            migrations=self.deployment.migrations,
            workflow=self._workflow,
            clock=SystemClock(),
        )

    def upgrade_by_hand(self, org_id: str, version: str = TARGET.version) -> None:
        """Have the customer upgrade the package in Setup."""
        self.deployment.simulator.org(org_id).install_package(SimulatedPackage(version=version))

    def request(self, org_id: str) -> ApprovalRequest:
        """The request for consent that waits for an answer."""
        return open_request(
            org_id, orgs=self.deployment.orgs, migrations=self.deployment.migrations
        )

    def link(self, org_id: str) -> str:
        """What follows ``/approve/`` in the link to the request for consent, answered or not."""
        org = self.deployment.org(org_id)
        migration = self.deployment.migration(org_id, org.attempts)
        assert migration.approval is not None
        signer = KmsLinkSigner(client("kms"), self.deployment.created.link_key_arn)
        return approval_link(ApprovalRequest(org, migration, migration.approval), signer=signer)

    def answer(
        self,
        org_id: str,
        *,
        accepted: bool = True,
        security: SecurityType = SecurityType.ALL_USERS,
    ) -> Migration:
        """Answer the request for consent, as the command line does."""
        request = self.request(org_id)
        answer = Answer(
            accepted=accepted,
            at=SystemClock().now(),
            name="Grace Hopper",
            email="grace@acme.example",
            channel=AnswerChannel.COMMAND_LINE,
            source="ada-laptop",
            terms_version=request.approval.terms.version,
            security=security,
            recorded_by=ADA,
        )
        return answer_request(
            request,
            answer,
            migrations=self.deployment.migrations,
            vault=KmsTokenVault(client("kms"), self.deployment.created.token_key_arn),
            callback=StepFunctionsTaskCallback(client("stepfunctions")),
        )

    @property
    def _workflow(self) -> StepFunctionsMigrationWorkflow:
        return StepFunctionsMigrationWorkflow(
            client("stepfunctions"), self.deployment.created.migrations_arn
        )
