"""Makers of domain objects: every value has a sensible default, a test names what it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from zoom_migrator.domain.approval import (
    Answer,
    AnswerChannel,
    Approval,
    ApprovalStatus,
    StandingAcceptance,
    Terms,
)
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
from zoom_migrator.domain.finding import Finding, FindingCode, Severity
from zoom_migrator.domain.fleet_columns import OPTIONAL_COLUMNS, REQUIRED_COLUMNS
from zoom_migrator.domain.fleet_file import FleetRow
from zoom_migrator.domain.migration import Install, Migration, MigrationOutcome, MigrationStep
from zoom_migrator.domain.notice import Notice, NoticeKind
from zoom_migrator.domain.org import (
    AuthKind,
    CleanupPolicy,
    Environment,
    Org,
    OrgRegistration,
    StartPolicy,
    UpgradePolicy,
    ZoomProduct,
)
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
from zoom_migrator.domain.upgrade import (
    InstallRequest,
    InstallStatus,
    SecurityType,
    TargetVersion,
    UpgradeFacts,
    UpgradeRules,
)
from zoom_migrator.domain.upgrade_settings import UpgradeSettings
from zoom_migrator.domain.version import PackageVersion
from zoom_migrator.domain.waiting import Patience

NOW: Final = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)
MINIMUM: Final = PackageVersion(3, 27)
SCAN_ID: Final = "scan-20260701T020000Z-0001"
ALLOWED_DOMAINS: Final = ("my.salesforce.com",)
PACKAGE_ID: Final = "033370000004aaUAAQ"
VERSION_ID: Final = "04t1S000000ASBdQAO"
TARGET_ID: Final = "04t5g000000ZoomAAC"
REQUEST_ID: Final = "0Hf5g0000000001CAA"
APPROVAL_ID: Final = "approval-approval-0001"
ADA: Final = "arn:aws:iam::123456789012:user/ada"


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
    upgrade_policy: UpgradePolicy = UpgradePolicy.ASK,
    start_policy: StartPolicy = StartPolicy.OPERATOR,
    zoom_account_id: str = "",
    cleanup_policy: CleanupPolicy = CleanupPolicy.ASK,
    slack_channel: str = "",
    time_zone: str = "",
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
        upgrade_policy=upgrade_policy,
        start_policy=start_policy,
        zoom_account_id=zoom_account_id,
        cleanup_policy=cleanup_policy,
        slack_channel=slack_channel,
        time_zone=time_zone,
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
    attempts: int = 0,
    active_attempt: int | None = None,
    standing_acceptance: StandingAcceptance | None = None,
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
        attempts=attempts,
        active_attempt=active_attempt,
        standing_acceptance=standing_acceptance,
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
    requested_by: str = ADA,
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


def a_target(
    version: str = "3.28.0.1", *, package_id: str = PACKAGE_ID, validation: str = ""
) -> TargetVersion:
    """The version to install, as the org sees it."""
    return TargetVersion(
        version_id=TARGET_ID,
        package_id=package_id,
        version=PackageVersion.parse(version),
        validation=validation,
    )


def an_answer(
    *,
    accepted: bool = True,
    at: datetime = NOW,
    security: SecurityType = SecurityType.ALL_USERS,
    channel: AnswerChannel = AnswerChannel.PAGE,
    recorded_by: str = "",
) -> Answer:
    """What the org's Salesforce admin answered."""
    return Answer(
        accepted=accepted,
        at=at,
        name="Grace Hopper",
        email="grace@acme.example",
        channel=channel,
        source="192.0.2.7 Firefox",
        terms_version="1",
        security=security,
        recorded_by=recorded_by,
    )


def a_standing_acceptance(
    *,
    terms_version: str = "1",
    security: SecurityType = SecurityType.ALL_USERS,
    recorded_at: datetime = NOW - timedelta(days=30),
) -> StandingAcceptance:
    """Consent to upgrades that was given beforehand."""
    return StandingAcceptance(
        name="Grace Hopper",
        email="grace@acme.example",
        terms_version=terms_version,
        security=security,
        recorded_by=ADA,
        recorded_at=recorded_at,
        reference="ticket 42",
    )


def an_approval(
    *,
    approval_id: str = APPROVAL_ID,
    requested_at: datetime = NOW,
    expires_at: datetime = NOW + timedelta(days=14),
    target: TargetVersion | None = None,
    status: ApprovalStatus = ApprovalStatus.PENDING,
    answer: Answer | None = None,
    task_token: str = "",
    reminders: int = 0,
) -> Approval:
    """A request for consent; pending, unless said otherwise."""
    return Approval(
        approval_id=approval_id,
        requested_at=requested_at,
        expires_at=expires_at,
        version_now="3.23.0.4",
        target=target or a_target(),
        terms=Terms("1"),
        status=status,
        answer=answer,
        task_token=task_token,
        reminders=reminders,
    )


def an_accepted_approval(*, security: SecurityType = SecurityType.ALL_USERS) -> Approval:
    """A request for consent that was granted."""
    return an_approval().answered(an_answer(security=security))


def an_install(
    *,
    began_at: datetime = NOW,
    security: SecurityType = SecurityType.ALL_USERS,
    intended_at: datetime | None = None,
    request_id: str = "",
    tries: int = 0,
    failed_requests: tuple[str, ...] = (),
    confirmed_at: datetime | None = None,
    last_error: str = "",
) -> Install:
    """The install of a migration; nothing was sent yet, unless said otherwise."""
    return Install(
        began_at=began_at,
        security=security,
        intended_at=intended_at,
        request_id=request_id,
        tries=tries,
        failed_requests=failed_requests,
        confirmed_at=confirmed_at,
        last_error=last_error,
    )


def a_finding(
    code: FindingCode = FindingCode.PLATFORM_CACHE_UNKNOWN,
    severity: Severity = Severity.WARNING,
    *,
    blocked_reason: BlockedReason | None = None,
    raw: str = "",
) -> Finding:
    """Something that the pre-flight found."""
    return Finding(
        code=code,
        severity=severity,
        message="Whether the org has Platform Cache could not be found out.",
        remedy="Contact Salesforce Support if the upgrade fails.",
        blocked_reason=blocked_reason,
        raw=raw,
    )


def a_migration(
    number: int = 1,
    *,
    attempt: int = 1,
    trigger: str = "operator",
    requested_by: str = ADA,
    started_at: datetime = NOW,
    step: MigrationStep = MigrationStep.PREPARING,
    version_before: str = "",
    target: TargetVersion | None = None,
    findings: tuple[Finding, ...] = (),
    approval: Approval | None = None,
    install: Install | None = None,
    waiting_since: datetime | None = None,
    by_hand_since: datetime | None = None,
    by_hand_until: datetime | None = None,
    reminders: int = 0,
    outcome: MigrationOutcome | None = None,
    blocked_reason: BlockedReason | None = None,
    failure_code: str = "",
    detail: str = "",
    remedy: str = "",
    said: str = "",
    ended_at: datetime | None = None,
    revision: int = 0,
) -> Migration:
    """An attempt of the fleet's n-th org; just begun and not stored, unless said otherwise."""
    return Migration(
        org_id=org_id_of(number),
        attempt=attempt,
        trigger=trigger,
        requested_by=requested_by,
        started_at=started_at,
        step=step,
        version_before=version_before,
        target=target,
        findings=findings,
        approval=approval,
        install=install,
        waiting_since=waiting_since,
        by_hand_since=by_hand_since,
        by_hand_until=by_hand_until,
        reminders=reminders,
        outcome=outcome,
        blocked_reason=blocked_reason,
        failure_code=failure_code,
        detail=detail,
        remedy=remedy,
        said=said,
        ended_at=ended_at,
        revision=revision,
    )


def a_notice(
    number: int = 1,
    *,
    attempt: int = 1,
    kind: NoticeKind = NoticeKind.UPGRADE_APPROVAL_NEEDED,
    at: datetime = NOW,
    milestone: str = "",
    facts: Mapping[str, str] | None = None,
) -> Notice:
    """Something to tell about an attempt of the fleet's n-th org."""
    return Notice(
        org_id=org_id_of(number),
        attempt=attempt,
        kind=kind,
        at=at,
        milestone=milestone,
        facts={"version_now": "3.23"} if facts is None else facts,
    )


def an_install_request(
    status: InstallStatus = InstallStatus.IN_PROGRESS,
    *,
    request_id: str = REQUEST_ID,
    version_id: str = TARGET_ID,
    created_at: datetime = NOW,
    errors: tuple[str, ...] = (),
) -> InstallRequest:
    """A package install request of an org; of the target, unless said otherwise."""
    return InstallRequest(
        request_id=request_id,
        version_id=version_id,
        status=status,
        created_at=created_at,
        errors=errors,
    )


def some_upgrade_facts(
    target: TargetVersion | None = None, *requests: InstallRequest
) -> UpgradeFacts:
    """What an org says about the target, which it knows, and its installs."""
    return UpgradeFacts(target=target or a_target(), requests=requests)


def some_upgrade_settings(
    *,
    version_id: str = TARGET_ID,
    approval_lifetime: timedelta = timedelta(days=14),
    reminder_every: timedelta = timedelta(days=3),
    terms_version: str = "1",
    max_tries: int = 20,
) -> UpgradeSettings:
    """The fleet's settings of upgrades."""
    minute, hour, day = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
    return UpgradeSettings(
        version_id=version_id,
        rules=UpgradeRules(PACKAGE_ID, MINIMUM),
        terms=Terms(terms_version),
        approval_lifetime=approval_lifetime,
        reminder_every=reminder_every,
        preparing=Patience(minute, hour, 2 * day),
        installing=Patience(minute / 6, 2 * minute, 3 * hour),
        confirming=Patience(minute / 6, minute, minute * 15),
        by_hand=Patience(10 * minute, 6 * hour, 14 * day),
        max_tries=max_tries,
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
        "upgrade_policy": "",
        "start_policy": "",
        "zoom_account_id": "",
        "cleanup_policy": "",
        "slack_channel": "",
        "time_zone": "",
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
