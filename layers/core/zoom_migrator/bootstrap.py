"""Composition root of the functions: builds ports from settings, once an execution environment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache

import boto3

from zoom_migrator.adapters.aws import client_config
from zoom_migrator.adapters.dynamodb.orgs import DynamoDbOrgRepository
from zoom_migrator.adapters.dynamodb.scans import DynamoDbScanRepository
from zoom_migrator.adapters.dynamodb.table import Table
from zoom_migrator.adapters.s3 import S3ManifestStore
from zoom_migrator.adapters.salesforce import HttpSalesforceGateway, SalesforceSettings
from zoom_migrator.adapters.salesforce.stored_credentials import StoredCredentials
from zoom_migrator.adapters.secretsmanager import SecretsManagerSecret
from zoom_migrator.adapters.system import SystemClock
from zoom_migrator.domain.version import PackageVersion
from zoom_migrator.ports import Clock, ManifestStore, OrgRepository, ScanRepository
from zoom_migrator.settings import PlanScanSettings, ScanOrgsSettings, ScanRecordSettings
from zoom_migrator.use_cases.scan_batch import ScanPorts

_FEW_CONNECTIONS = 10


@dataclass(frozen=True, slots=True)
class PlanScanApp:
    """What ``plan_scan`` works with."""

    orgs: OrgRepository
    scans: ScanRepository
    manifests: ManifestStore
    batch_size: int


@dataclass(frozen=True, slots=True)
class ScanRecordApp:
    """What ``summarise_scan`` and ``record_outcome`` work with."""

    scans: ScanRepository
    manifests: ManifestStore
    clock: Clock


@dataclass(frozen=True, slots=True)
class ScanOrgsApp:
    """What ``scan_orgs`` works with."""

    ports: ScanPorts
    minimum: PackageVersion
    threads: int


@cache
def plan_scan_app() -> PlanScanApp:
    """Build the ports of ``plan_scan``.

    Raises:
        InvalidSettings: The environment lacks a setting.
    """
    settings = PlanScanSettings.from_environ(os.environ)
    table = _table(settings.table_name)
    return PlanScanApp(
        orgs=DynamoDbOrgRepository(table),
        scans=DynamoDbScanRepository(table),
        manifests=_manifests(settings.scan_bucket_name),
        batch_size=settings.scan_batch_size,
    )


@cache
def scan_record_app() -> ScanRecordApp:
    """Build the ports of ``summarise_scan`` and ``record_outcome``.

    Raises:
        InvalidSettings: The environment lacks a setting.
    """
    settings = ScanRecordSettings.from_environ(os.environ)
    return ScanRecordApp(
        scans=DynamoDbScanRepository(_table(settings.table_name)),
        manifests=_manifests(settings.scan_bucket_name),
        clock=SystemClock(),
    )


@cache
def scan_orgs_app() -> ScanOrgsApp:
    """Build the ports of ``scan_orgs``.

    Raises:
        InvalidSettings: The environment lacks a setting.
    """
    settings = ScanOrgsSettings.from_environ(os.environ)
    table = _table(settings.table_name, max_connections=settings.scan_threads)
    clock = SystemClock()
    return ScanOrgsApp(
        ports=ScanPorts(
            orgs=DynamoDbOrgRepository(table),
            scans=DynamoDbScanRepository(table),
            salesforce=_salesforce(settings, clock),
            clock=clock,
        ),
        minimum=settings.minimum_package_version,
        threads=settings.scan_threads,
    )


def _salesforce(settings: ScanOrgsSettings, clock: Clock) -> HttpSalesforceGateway:
    secret = SecretsManagerSecret(
        boto3.client("secretsmanager", config=client_config(max_connections=1)),
        settings.salesforce_secret_arn,
    )
    return HttpSalesforceGateway(
        SalesforceSettings(
            api_version=settings.salesforce_api_version,
            allowed_domains=settings.salesforce_allowed_domains,
            connect_to=settings.salesforce_connect_to,
            namespace=settings.package_namespace,
            package_id=settings.package_id,
            keys_object=settings.keys_object,
            keys_api_key_field=settings.keys_api_key_field,
            keys_api_secret_field=settings.keys_api_secret_field,
        ),
        credentials=StoredCredentials(secret.read, clock),
        clock=clock,
    )


def _table(name: str, *, max_connections: int = _FEW_CONNECTIONS) -> Table:
    # The codecs make well-formed requests; checking them again costs a tenth of a scan's CPU.
    config = client_config(max_connections=max_connections, check_parameters=False)
    return Table(boto3.client("dynamodb", config=config), name)


def _manifests(bucket: str) -> S3ManifestStore:
    config = client_config(max_connections=_FEW_CONNECTIONS)
    return S3ManifestStore(boto3.client("s3", config=config), bucket)
