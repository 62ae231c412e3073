"""Proof and cleanup of simulated orgs: what people, Zoom and orgs do to the deployed functions."""

from __future__ import annotations

from dataclasses import dataclass, replace

from local.salesforce import API_KEY_FIELD, API_SECRET_FIELD
from tests.adapters.embedded_aws import client
from tests.builders import ADA
from tests.functions.deployment import Deployment
from tests.functions.resources import TABLE
from zoom_migrator.adapters.dynamodb.backups import DynamoDbKeyBackupRepository
from zoom_migrator.adapters.dynamodb.table import Table
from zoom_migrator.adapters.kms import KmsLinkSigner, KmsTokenVault
from zoom_migrator.adapters.kms_backups import KmsBackupVault
from zoom_migrator.adapters.stepfunctions import StepFunctionsTaskCallback
from zoom_migrator.adapters.system import SystemClock
from zoom_migrator.domain.approval import AnswerChannel
from zoom_migrator.domain.cleanup import CleanupAnswer, CleanupRequest
from zoom_migrator.domain.key_backup import KeyBackup
from zoom_migrator.domain.migration import Migration
from zoom_migrator.domain.org import CleanupPolicy
from zoom_migrator.use_cases.answer_cleanup import (
    CleanupOffer,
    answer_cleanup,
    cleanup_link,
    open_cleanup,
)


@dataclass(frozen=True)
class Cleanups:
    """Orgs whose connection is proven and whose old keys are asked about."""

    deployment: Deployment

    def decide(self, org_id: str, policy: CleanupPolicy) -> None:
        """Say in the fleet what becomes of an org's old keys."""
        org = self.deployment.org(org_id)
        registration = replace(org.registration, cleanup_policy=policy)
        self.deployment.orgs.save(replace(org, registration=registration))

    def offer(self, org_id: str) -> CleanupOffer:
        """The request about an org's keys that waits for an answer."""
        return open_cleanup(
            org_id, orgs=self.deployment.orgs, migrations=self.deployment.migrations
        )

    def link(self, org_id: str) -> str:
        """What follows ``/cleanup/`` in the link to that request."""
        signer = KmsLinkSigner(client("kms"), self.deployment.created.link_key_arn)
        return cleanup_link(self.offer(org_id), signer=signer)

    def answer(self, org_id: str, *, approved: bool = True) -> Migration:
        """Answer the request, as the command line does."""
        answer = CleanupAnswer(
            approved=approved,
            at=SystemClock().now(),
            name="Grace Hopper",
            email="grace@acme.example",
            channel=AnswerChannel.COMMAND_LINE,
            source="ada-laptop",
            connection_seen=True,
            recorded_by=ADA,
        )
        return answer_cleanup(
            self.offer(org_id),
            answer,
            migrations=self.deployment.migrations,
            vault=KmsTokenVault(client("kms"), self.deployment.created.token_key_arn),
            callback=StepFunctionsTaskCallback(client("stepfunctions")),
        )

    def request(self, org_id: str, attempt: int = 1) -> CleanupRequest:
        """The request about an org's keys, answered or not."""
        request = self.deployment.migration(org_id, attempt).cleanup
        assert request is not None
        return request

    def lose(self, email: str) -> None:
        """Have a person remove the app at Zoom; a private app is told nothing of it."""
        self.deployment.zoom.remove_app(email, self.deployment.zoom_app, notify=False)

    def keys_in(self, org_id: str) -> set[str]:
        """The keys and secrets that the org's rows hold now."""
        rows = self.deployment.simulator.org(org_id).key_rows
        found = (row[name] for row in rows for name in (API_KEY_FIELD, API_SECRET_FIELD))
        return {value for value in found if isinstance(value, str)}

    def backup(self, org_id: str) -> KeyBackup | None:
        """The backup of an org's keys."""
        backups = DynamoDbKeyBackupRepository(Table(client("dynamodb"), TABLE))
        return backups.get(org_id, now=SystemClock().now())

    def backed_up(self, org_id: str) -> set[str]:
        """The keys and secrets in the backup of an org."""
        backup = self.backup(org_id)
        assert backup is not None
        vault = KmsBackupVault(client("kms"), self.deployment.created.backup_key_arn)
        rows = vault.open(backup.sealed, org_id=org_id)
        return {value for row in rows for value in (row.api_key, row.api_secret) if value}
