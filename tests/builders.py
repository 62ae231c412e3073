"""Makers of domain objects: every value has a sensible default, a test names what it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from zoom_migrator.domain.check import (
    ApiUsage,
    CheckFailure,
    Identity,
    InstalledPackage,
    KeyPresence,
    LegacyKeys,
    OrgFacts,
    OrgSnapshot,
    Permissions,
    PlatformCache,
    Section,
)
from zoom_migrator.domain.failure import FailureCode
from zoom_migrator.domain.fleet_columns import OPTIONAL_COLUMNS, REQUIRED_COLUMNS
from zoom_migrator.domain.fleet_file import FleetRow
from zoom_migrator.domain.org import AuthKind, Environment, Org, OrgRegistration, ZoomProduct
from zoom_migrator.domain.salesforce_id import organization_id
from zoom_migrator.domain.scan import (
    ManifestLocation,
    Scan,
    ScanBatch,
    ScanOutcome,
    ScanResult,
    ScanStatus,
)
from zoom_migrator.domain.status import BlockedReason, OrgStatus
from zoom_migrator.domain.version import PackageVersion

NOW: Final = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)
MINIMUM: Final = PackageVersion(3, 27)
SCAN_ID: Final = "scan-20260701T020000Z-0001"
ALLOWED_DOMAINS: Final = ("my.salesforce.com",)
PACKAGE_ID: Final = "033370000004aaUAAQ"
VERSION_ID: Final = "04t1S000000ASBdQAO"


def org_id_of(number: int) -> str:
    """The 18-character id of the fleet's n-th org."""
    return organization_id(f"00D5g{number:010d}")


def after(*, seconds: float = 0, minutes: float = 0, days: float = 0) -> datetime:
    """A moment later than :data:`NOW` (earlier, if negative)."""
    return NOW + timedelta(seconds=seconds, minutes=minutes, days=days)


def a_registration(
    number: int = 1,
    *,
    org_id: str | None = None,
    display_name: str | None = None,
    host: str | None = None,
    environment: Environment = Environment.PRODUCTION,
    username: str = "integration@acme.example",
    auth_kind: AuthKind = AuthKind.JWT_BEARER,
    salesforce_admin_email: str = "salesforce.admin@acme.example",
    zoom_admin_email: str = "zoom.admin@acme.example",
    products: tuple[ZoomProduct, ...] = (ZoomProduct.MEETINGS,),
    deadline: date | None = None,
    tags: tuple[str, ...] = (),
) -> OrgRegistration:
    """The registration of the fleet's n-th org."""
    return OrgRegistration(
        org_id=org_id or org_id_of(number),
        display_name=display_name or f"Acme {number}",
        host=host or f"acme{number}.my.salesforce.com",
        environment=environment,
        username=username,
        auth_kind=auth_kind,
        salesforce_admin_email=salesforce_admin_email,
        zoom_admin_email=zoom_admin_email,
        products=products,
        deadline=deadline,
        tags=tags,
    )


def an_org(
    number: int = 1,
    *,
    registration: OrgRegistration | None = None,
    registered_at: datetime = NOW - timedelta(days=7),
    status: OrgStatus = OrgStatus.REGISTERED,
    blocked_reason: BlockedReason | None = None,
    snapshot: OrgSnapshot | None = None,
    failure: CheckFailure | None = None,
    checked_at: datetime | None = None,
    last_scan_id: str | None = None,
    revision: int = 0,
) -> Org:
    """The fleet's n-th org; nothing is known of it and it is not stored, unless said otherwise."""
    return Org(
        registration=registration or a_registration(number),
        registered_at=registered_at,
        status=status,
        blocked_reason=blocked_reason,
        snapshot=snapshot,
        failure=failure,
        checked_at=checked_at,
        last_scan_id=last_scan_id,
        revision=revision,
    )


def a_package(version: str = "3.27.0.1") -> InstalledPackage:
    """The Zoom package, installed in some version."""
    return InstalledPackage(
        version=PackageVersion.parse(version),
        version_id=VERSION_ID,
        package_id=PACKAGE_ID,
        name="Zoom",
    )


def some_keys(presence: KeyPresence = KeyPresence.PRESENT) -> LegacyKeys:
    """The old API key and secret as a check found them."""
    has_record = presence in (KeyPresence.PRESENT, KeyPresence.ABSENT)
    return LegacyKeys(
        presence=presence,
        record_ids=("a0B5g000000001AAAQ",) if presence is KeyPresence.PRESENT else (),
        record_count=1 if has_record else None,
    )


def an_identity(username: str = "integration@acme.example") -> Identity:
    """The integration user as the org describes it."""
    return Identity(
        user_id="0055g000000001AAAQ", username=username, email="salesforce.admin@acme.example"
    )


def some_org_facts(*, is_sandbox: bool = False) -> OrgFacts:
    """The Organization record."""
    return OrgFacts(
        name="Acme",
        edition="Enterprise Edition",
        instance="EU45",
        is_sandbox=is_sandbox,
        is_read_only=False,
    )


def some_permissions(*, install_packages: bool = True) -> Permissions:
    """Effective rights of the integration user."""
    return Permissions(
        modify_all_data=True,
        install_packages=install_packages,
        view_setup=True,
        customize_application=True,
        author_apex=True,
    )


def a_snapshot(
    version: str | None = "3.27.0.1",
    *,
    checked_at: datetime = NOW,
    keys: LegacyKeys | None = None,
    identity: Identity | None = None,
    org: OrgFacts | None = None,
    permissions: Permissions | None = None,
    platform_cache: PlatformCache = PlatformCache.UNKNOWN,
    api_usage: ApiUsage | None = None,
    unknown: Mapping[Section, str] | None = None,
    http_calls: int = 3,
) -> OrgSnapshot:
    """What a successful check saw; ``version`` None means that the package is not installed."""
    return OrgSnapshot(
        checked_at=checked_at,
        package=a_package(version) if version is not None else None,
        keys=keys or some_keys(KeyPresence.PRESENT if version else KeyPresence.NO_RECORD),
        identity=identity,
        org=org,
        permissions=permissions,
        platform_cache=platform_cache,
        api_usage=api_usage,
        unknown=unknown or {},
        http_calls=http_calls,
    )


def a_full_snapshot(
    version: str = "3.27.0.1",
    *,
    checked_at: datetime = NOW,
    keys: LegacyKeys | None = None,
) -> OrgSnapshot:
    """What a check saw that could read everything."""
    return a_snapshot(
        version,
        checked_at=checked_at,
        keys=keys,
        identity=an_identity(),
        org=some_org_facts(),
        permissions=some_permissions(),
        platform_cache=PlatformCache.PARTITION_PRESENT,
        api_usage=ApiUsage(used=18, limit=5_000),
    )


def a_failure(
    code: FailureCode = FailureCode.SERVICE_UNAVAILABLE,
    *,
    checked_at: datetime = NOW,
    detail: str = "",
    http_status: int | None = None,
    http_calls: int = 1,
) -> CheckFailure:
    """Why a check found out nothing."""
    return CheckFailure(
        code=code,
        checked_at=checked_at,
        detail=detail,
        http_status=http_status,
        http_calls=http_calls,
    )


def a_batch(*org_ids: str, scan_id: str = SCAN_ID, number: int = 1) -> ScanBatch:
    """One batch of a scan."""
    return ScanBatch(scan_id=scan_id, number=number, org_ids=org_ids)


def a_scan(
    scan_id: str = SCAN_ID,
    *,
    started_at: datetime = NOW,
    trigger: str = "operator",
    requested_by: str = "arn:aws:iam::123456789012:user/ada",
    org_count: int = 0,
    batch_count: int = 0,
    manifest: ManifestLocation | None = None,
    status: ScanStatus = ScanStatus.RUNNING,
    revision: int = 0,
) -> Scan:
    """A scan's record; running and not stored, unless said otherwise."""
    return Scan(
        scan_id=scan_id,
        started_at=started_at,
        trigger=trigger,
        requested_by=requested_by,
        org_count=org_count,
        batch_count=batch_count,
        manifest=manifest,
        status=status,
        revision=revision,
    )


def a_result(
    org_id: str | None = None,
    *,
    scan_id: str = SCAN_ID,
    outcome: ScanOutcome = ScanOutcome.SUFFICIENT,
    checked_at: datetime = NOW,
    status_before: OrgStatus | None = OrgStatus.AUTHORIZATION_PENDING,
    status_after: OrgStatus | None = OrgStatus.AUTHORIZATION_PENDING,
    version: str = "",
    failure_code: FailureCode | None = None,
    detail: str = "",
) -> ScanResult:
    """What a scan found out about one org."""
    return ScanResult(
        scan_id=scan_id,
        org_id=org_id or org_id_of(1),
        outcome=outcome,
        checked_at=checked_at,
        status_before=status_before,
        status_after=status_after,
        version=version,
        failure_code=failure_code,
        detail=detail,
    )


def a_fleet_row(registration: OrgRegistration | None = None, *, line: int = 2) -> FleetRow:
    """A checked row of a fleet file."""
    return FleetRow(line=line, registration=registration or a_registration())


def fleet_cells(number: int = 1, /, **changes: str) -> dict[str, str]:
    """The cells of a good fleet-file row about the n-th org, by column."""
    return {
        "org_key": org_id_of(number),
        "display_name": f"Acme {number}",
        "my_domain_host": f"acme{number}.my.salesforce.com",
        "environment": "production",
        "integration_username": "integration@acme.example",
        "auth_kind": "jwt_bearer",
        "salesforce_admin_email": "salesforce.admin@acme.example",
        "zoom_admin_email": "",
        "products": "",
        "deadline_override": "",
        "tags": "",
    } | changes


def fleet_csv(
    *rows: Mapping[str, str],
    columns: Sequence[str] = REQUIRED_COLUMNS + OPTIONAL_COLUMNS,
    line_end: str = "\n",
) -> str:
    """A fleet file; cells are quoted where CSV asks for it."""
    lines = [",".join(columns)]
    lines += [",".join(_cell(row[column]) for column in columns) for row in rows]
    return "".join(line + line_end for line in lines)


def _cell(text: str) -> str:
    if any(character in text for character in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text
