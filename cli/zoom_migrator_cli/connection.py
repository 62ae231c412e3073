"""Finds the deployed stack and builds the ports a command needs."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from zoom_migrator.adapters.aws import client_config
from zoom_migrator.adapters.dynamodb.migrations import DynamoDbMigrationRepository
from zoom_migrator.adapters.dynamodb.orgs import DynamoDbOrgRepository
from zoom_migrator.adapters.dynamodb.scans import DynamoDbScanRepository
from zoom_migrator.adapters.dynamodb.table import Table
from zoom_migrator.adapters.kms import KmsLinkSigner, KmsTokenVault
from zoom_migrator.adapters.secretsmanager import SecretsManagerSecret
from zoom_migrator.adapters.stepfunctions import (
    StepFunctionsMigrationWorkflow,
    StepFunctionsScanWorkflow,
    StepFunctionsTaskCallback,
)
from zoom_migrator.adapters.system import RandomScanIds, SystemClock
from zoom_migrator.domain.approval import Terms
from zoom_migrator.domain.errors import StackNotFound
from zoom_migrator.domain.version import PackageVersion
from zoom_migrator.ports import (
    Clock,
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


@dataclass
class Connection:
    """A stack, reached with the operator's own AWS settings. Nothing is opened before use.

    Attributes:
        machine: Name of the machine that commands are typed on, kept with answers for audit.
    """

    stack: str
    profile: str | None = None
    region: str | None = None
    endpoint_url: str | None = None
    clock: Clock = field(default_factory=SystemClock)
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
            self._client("stepfunctions"), self.output("ScanStateMachineArn")
        )

    @cached_property
    def migrations(self) -> MigrationRepository:
        """The migrations of the fleet's orgs."""
        return DynamoDbMigrationRepository(self._table)

    @cached_property
    def migration_workflow(self) -> MigrationWorkflow:
        """The stack's migration machine."""
        return StepFunctionsMigrationWorkflow(
            self._client("stepfunctions"), self.output("MigrationStateMachineArn")
        )

    @cached_property
    def callback(self) -> TaskCallback:
        """Wakes a migration that waits for an answer."""
        return StepFunctionsTaskCallback(self._client("stepfunctions"))

    @cached_property
    def vault(self) -> TokenVault:
        """Opens the tokens of migrations that wait."""
        return KmsTokenVault(self._client("kms"), self.output("TaskTokenKeyArn"))

    @cached_property
    def signer(self) -> LinkSigner:
        """Signs links to the stack's pages."""
        return KmsLinkSigner(self._client("kms"), self.output("LinkKeyArn"))

    @cached_property
    def salesforce_secret(self) -> SecretsManagerSecret:
        """The secret that holds the Salesforce app's credentials."""
        return SecretsManagerSecret(
            self._client("secretsmanager"), self.output("SalesforceSecretArn")
        )

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

    @property
    def public_base_url(self) -> str:
        """What links to customers begin with, without a slash at the end."""
        return self.output("PublicBaseUrl").rstrip("/")

    @cached_property
    def actor(self) -> str:
        """Who is at the keyboard, as AWS knows them."""
        try:
            return str(self._client("sts").get_caller_identity()["Arn"])
        except (BotoCoreError, ClientError) as error:
            raise self._unreachable(error) from error

    def output(self, name: str) -> str:
        """An output of the stack.

        Raises:
            StackNotFound: The stack cannot be read, or is too old to have this output.
        """
        if name not in self._outputs:
            raise StackNotFound(
                f"Stack {self.stack!r} has no output {name}.",
                remedy="Deploy the current template: the stack is older than this command line.",
            )
        return self._outputs[name]

    @cached_property
    def _outputs(self) -> dict[str, str]:
        try:
            answer = self._client("cloudformation").describe_stacks(StackName=self.stack)
        except (BotoCoreError, ClientError) as error:
            raise self._unreachable(error) from error
        outputs = answer["Stacks"][0].get("Outputs", [])
        return {output["OutputKey"]: output["OutputValue"] for output in outputs}

    def _unreachable(self, error: Exception) -> StackNotFound:
        where = self.endpoint_url or f"AWS region {self.region or 'of your profile'}"
        return StackNotFound(
            f"Stack {self.stack!r} cannot be read at {where}: {error}",
            remedy="Check --stack, --profile, --region (or AWS_ENDPOINT_URL) and your credentials.",
        )

    @cached_property
    def _session(self) -> boto3.Session:
        try:
            return boto3.Session(profile_name=self.profile, region_name=self.region)
        except BotoCoreError as error:
            raise self._unreachable(error) from error

    @cached_property
    def _table(self) -> Table:
        return Table(self._client("dynamodb"), self.output("TableName"))

    # boto3's own typing of client() is one overload a service; the name is enough here.
    def _client(self, service: Any) -> Any:
        try:
            return self._session.client(
                service, endpoint_url=self.endpoint_url, config=client_config(max_connections=10)
            )
        except (BotoCoreError, ValueError) as error:
            raise self._unreachable(error) from error
