"""Builds the ports that a command needs, on a deployed stack."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from zoom_migrator.adapters.dynamodb.migrations import DynamoDbMigrationRepository
from zoom_migrator.adapters.dynamodb.orgs import DynamoDbOrgRepository
from zoom_migrator.adapters.dynamodb.scans import DynamoDbScanRepository
from zoom_migrator.adapters.kms import KmsLinkSigner, KmsTokenVault
from zoom_migrator.adapters.stepfunctions import (
    StepFunctionsMigrationWorkflow,
    StepFunctionsScanWorkflow,
    StepFunctionsTaskCallback,
)
from zoom_migrator.adapters.system import RandomScanIds
from zoom_migrator.domain.approval import Terms
from zoom_migrator.domain.version import PackageVersion
from zoom_migrator.ports import (
    LinkSigner,
    MigrationRepository,
    MigrationWorkflow,
    OrgRepository,
    ScanIds,
    ScanRepository,
    ScanWorkflow,
    TaskCallback,
    TokenVault,
)
from zoom_migrator_cli.notices_stack import NoticesStack


@dataclass
class Connection(NoticesStack):
    """What commands work with. Nothing is opened before use.

    Attributes:
        machine: Name of the machine that commands are typed on, kept with answers for audit.
    """

    scan_ids: ScanIds = field(default_factory=RandomScanIds)
    pause: Callable[[float], None] = time.sleep
    machine: str = field(default_factory=socket.gethostname)

    @cached_property
    def orgs(self) -> OrgRepository:
        """The orgs of the stack's fleet."""
        return DynamoDbOrgRepository(self._table)

    @cached_property
    def scans(self) -> ScanRepository:
        """The stack's scans."""
        return DynamoDbScanRepository(self._table)

    @cached_property
    def workflow(self) -> ScanWorkflow:
        """The stack's scan machine."""
        return StepFunctionsScanWorkflow(
            self.client("stepfunctions"), self.output("ScanStateMachineArn")
        )

    @cached_property
    def migrations(self) -> MigrationRepository:
        """The migrations of the fleet's orgs."""
        return DynamoDbMigrationRepository(self._table)

    @cached_property
    def migration_workflow(self) -> MigrationWorkflow:
        """The stack's migration machine."""
        return StepFunctionsMigrationWorkflow(
            self.client("stepfunctions"), self.output("MigrationStateMachineArn")
        )

    @cached_property
    def callback(self) -> TaskCallback:
        """Wakes a migration that waits for an answer."""
        return StepFunctionsTaskCallback(self.client("stepfunctions"))

    @cached_property
    def vault(self) -> TokenVault:
        """Opens the tokens of migrations that wait."""
        return KmsTokenVault(self.client("kms"), self.output("TaskTokenKeyArn"))

    @cached_property
    def signer(self) -> LinkSigner:
        """Signs links to the stack's pages."""
        return KmsLinkSigner(self.client("kms"), self.output("LinkKeyArn"))

    @property
    def allowed_domains(self) -> tuple[str, ...]:
        """Domains below which My Domain hosts are trusted."""
        listed = self.output("SalesforceAllowedDomains").split(",")
        return tuple(domain.strip() for domain in listed if domain.strip())

    @property
    def minimum_version(self) -> PackageVersion:
        """The package version an org needs."""
        return PackageVersion.parse(self.output("MinimumPackageVersion"))

    @property
    def deadline(self) -> date:
        """The fleet's JWT deadline."""
        return date.fromisoformat(self.output("JwtDeadline"))

    @property
    def version_id(self) -> str:
        """The package version that is installed; empty where customers upgrade by hand."""
        return self._outputs.get("PackageVersionId", "")

    @property
    def terms(self) -> Terms:
        """The package's terms, which whoever approves an upgrade accepts."""
        return Terms(self.output("PackageTermsVersion"), self._outputs.get("PackageTermsUrl", ""))
