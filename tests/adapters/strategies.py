"""Everything the product may have to store, as Hypothesis draws it."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from zoom_migrator.domain.approval import (
    Answer,
    AnswerChannel,
    Approval,
    ApprovalStatus,
    StandingAcceptance,
    Terms,
)
from zoom_migrator.domain.audit import AuditAction, AuditEntry
from zoom_migrator.domain.authorization_outcome import Outcome
from zoom_migrator.domain.authorization_request import (
    AuthorizationRequest,
    AuthorizationStatus,
    Authorized,
    Setback,
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
from zoom_migrator.domain.cleanup import (
    CleanupAnswer,
    CleanupRequest,
    CleanupStatus,
    KeyRemoval,
)
from zoom_migrator.domain.failure import FailureCode
from zoom_migrator.domain.finding import Finding, FindingCode, Severity
from zoom_migrator.domain.grant import Lease
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
from zoom_migrator.domain.scan import (
    BatchProgress,
    ManifestLocation,
    Scan,
    ScanOutcome,
    ScanResult,
    ScanStatus,
)
from zoom_migrator.domain.status import BlockedReason, KeysKeptReason, OrgStatus
from zoom_migrator.domain.upgrade import SecurityType, TargetVersion
from zoom_migrator.domain.verification import PackageConnection, Verification
from zoom_migrator.domain.version import PackageVersion
from zoom_migrator.domain.zoom_account import Possession, ZoomProducts

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
ids = st.text("ABCXYZabcxyz0189", min_size=1, max_size=18)
counts = st.integers(min_value=0, max_value=10**9)
time_zones = st.sampled_from(
    [UTC, timezone(timedelta(hours=-9, minutes=-30)), timezone(timedelta(hours=14))]
)
moments = st.datetimes(
    min_value=datetime(2000, 1, 1),
    max_value=datetime(2100, 1, 1),
    timezones=time_zones,
)


def _maybe[T](strategy: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
    return st.none() | strategy


def _tuples[T](strategy: st.SearchStrategy[T]) -> st.SearchStrategy[tuple[T, ...]]:
    return st.lists(strategy, max_size=4).map(tuple)


def _built[T](kind: type[T], /, **by_field: st.SearchStrategy[Any]) -> st.SearchStrategy[T]:
    """Builds of a dataclass; a field that nobody draws would pass every test unstored."""
    assert is_dataclass(kind)
    assert {field.name for field in fields(kind)} == by_field.keys(), kind.__name__
    return st.builds(kind, **by_field)


registrations = _built(
    OrgRegistration,
    org_id=ids,
    display_name=texts,
    host=texts,
    environment=st.sampled_from(Environment),
    username=texts,
    auth_kind=st.sampled_from(AuthKind),
    salesforce_admin_email=texts,
    zoom_admin_email=texts,
    products=_tuples(st.sampled_from(ZoomProduct)),
    deadline=_maybe(st.dates()),
    tags=_tuples(texts),
    upgrade_policy=st.sampled_from(UpgradePolicy),
    start_policy=st.sampled_from(StartPolicy),
    zoom_account_id=texts,
    cleanup_policy=st.sampled_from(CleanupPolicy),
    slack_channel=texts,
    time_zone=texts,
)
versions = _built(
    PackageVersion,
    major=counts,
    minor=counts,
    patch=counts,
    build=_maybe(counts),
    beta=st.booleans(),
)
snapshots = _built(
    OrgSnapshot,
    checked_at=moments,
    package=_maybe(
        _built(InstalledPackage, version=versions, version_id=texts, package_id=texts, name=texts)
    ),
    keys=_built(
        LegacyKeys,
        presence=st.sampled_from(KeyPresence),
        record_ids=_tuples(texts),
        record_count=_maybe(counts),
    ),
    identity=_maybe(_built(Identity, user_id=texts, username=texts, email=texts)),
    org=_maybe(
        _built(
            OrgFacts,
            name=texts,
            edition=texts,
            instance=texts,
            is_sandbox=st.booleans(),
            is_read_only=st.booleans(),
            trial_expires_at=_maybe(moments),
        )
    ),
    permissions=_maybe(
        _built(
            Permissions,
            modify_all_data=st.booleans(),
            install_packages=st.booleans(),
            view_setup=st.booleans(),
            customize_application=st.booleans(),
            author_apex=st.booleans(),
        )
    ),
    platform_cache=st.sampled_from(PlatformCache),
    api_usage=_maybe(_built(ApiUsage, used=counts, limit=counts)),
    unknown=st.dictionaries(st.sampled_from(Section), texts),
    http_calls=counts,
)
failures = _built(
    CheckFailure,
    code=st.sampled_from(FailureCode),
    checked_at=moments,
    detail=texts,
    http_status=_maybe(counts),
    http_calls=counts,
)
standing_acceptances = _built(
    StandingAcceptance,
    name=texts,
    email=texts,
    terms_version=texts,
    security=st.sampled_from(SecurityType),
    recorded_by=texts,
    recorded_at=moments,
    reference=texts,
)
verifications = _built(
    Verification,
    at=moments,
    grant_id=texts,
    grant_version=counts,
    zoom_account_id=texts,
    zoom_email=texts,
    package=st.sampled_from(PackageConnection),
)
orgs = _built(
    Org,
    registration=registrations,
    registered_at=moments,
    status=st.sampled_from(OrgStatus),
    blocked_reason=_maybe(st.sampled_from(BlockedReason)),
    snapshot=_maybe(snapshots),
    failure=_maybe(failures),
    checked_at=_maybe(moments),
    last_scan_id=_maybe(ids),
    attempts=counts,
    active_attempt=_maybe(counts),
    standing_acceptance=_maybe(standing_acceptances),
    status_since=_maybe(moments),
    verification=_maybe(verifications),
    keys_kept=_maybe(st.sampled_from(KeysKeptReason)),
    revision=counts,
)
audit_entries = _built(
    AuditEntry,
    org_id=ids,
    at=moments,
    action=st.sampled_from(AuditAction),
    actor=texts,
    detail=texts,
)
scans = _built(
    Scan,
    scan_id=ids,
    started_at=moments,
    trigger=texts,
    requested_by=texts,
    org_count=counts,
    batch_count=counts,
    manifest=_maybe(_built(ManifestLocation, bucket=texts, key=texts)),
    status=st.sampled_from(ScanStatus),
    ended_at=_maybe(moments),
    counts=st.dictionaries(st.sampled_from(ScanOutcome), counts),
    status_changes=counts,
    failure=texts,
    revision=counts,
)
scan_results = _built(
    ScanResult,
    scan_id=ids,
    org_id=ids,
    outcome=st.sampled_from(ScanOutcome),
    checked_at=moments,
    status_before=_maybe(st.sampled_from(OrgStatus)),
    status_after=_maybe(st.sampled_from(OrgStatus)),
    version=texts,
    failure_code=_maybe(st.sampled_from(FailureCode)),
    detail=texts,
    http_calls=counts,
)
batch_progress = _built(
    BatchProgress, scan_id=ids, batch_number=counts, checked=counts, total=counts
)
targets = _built(
    TargetVersion, version_id=texts, package_id=texts, version=versions, validation=texts
)
answers = _built(
    Answer,
    accepted=st.booleans(),
    at=moments,
    name=texts,
    email=texts,
    channel=st.sampled_from(AnswerChannel),
    source=texts,
    terms_version=texts,
    security=st.sampled_from(SecurityType),
    recorded_by=texts,
)
sealed_tokens = st.just("") | st.text("AZaz09+/=", min_size=1, max_size=4_000)
approvals = _built(
    Approval,
    approval_id=ids,
    requested_at=moments,
    expires_at=moments,
    version_now=texts,
    target=targets,
    terms=_built(Terms, version=texts, url=texts),
    status=st.sampled_from(ApprovalStatus),
    answer=_maybe(answers),
    task_token=sealed_tokens,
    reminders=counts,
)
installs = _built(
    Install,
    began_at=moments,
    security=st.sampled_from(SecurityType),
    intended_at=_maybe(moments),
    request_id=texts,
    tries=counts,
    failed_requests=_tuples(texts),
    confirmed_at=_maybe(moments),
    last_error=texts,
)
findings = _built(
    Finding,
    code=st.sampled_from(FindingCode),
    severity=st.sampled_from(Severity),
    message=texts,
    remedy=texts,
    blocked_reason=_maybe(st.sampled_from(BlockedReason)),
    raw=texts,
)
possessions = st.sampled_from(Possession)
authorizations = _built(
    AuthorizationRequest,
    request_id=ids,
    requested_at=moments,
    expires_at=moments,
    products=_tuples(st.sampled_from(ZoomProduct)),
    status=st.sampled_from(AuthorizationStatus),
    task_token=sealed_tokens,
    reminders=counts,
    renewals=counts,
    setback=_maybe(
        _built(
            Setback,
            at=moments,
            outcome=st.sampled_from(Outcome),
            names=_tuples(texts),
            zoom_email=texts,
        )
    ),
    authorized=_maybe(
        _built(
            Authorized,
            at=moments,
            grant_id=texts,
            zoom_email=texts,
            zoom_account_id=texts,
            zoom_user_id=texts,
            chosen=_tuples(st.sampled_from(ZoomProduct)),
            products=_built(
                ZoomProducts, meetings=possessions, phone=possessions, webinar=possessions
            ),
        )
    ),
)
cleanups = _built(
    CleanupRequest,
    request_id=ids,
    requested_at=moments,
    expires_at=moments,
    rows=counts,
    needs_confirmation=st.booleans(),
    status=st.sampled_from(CleanupStatus),
    answer=_maybe(
        _built(
            CleanupAnswer,
            approved=st.booleans(),
            at=moments,
            name=texts,
            email=texts,
            channel=st.sampled_from(AnswerChannel),
            source=texts,
            connection_seen=st.booleans(),
            recorded_by=texts,
        )
    ),
    task_token=sealed_tokens,
    reminders=counts,
)
removals = _built(
    KeyRemoval,
    began_at=moments,
    lease=_maybe(_built(Lease, owner=texts, until=moments)),
    tries=counts,
    removed_at=_maybe(moments),
    backup_until=_maybe(moments),
    last_problem=texts,
)
migrations = _built(
    Migration,
    org_id=ids,
    attempt=counts,
    trigger=texts,
    requested_by=texts,
    started_at=moments,
    step=st.sampled_from(MigrationStep),
    version_before=texts,
    target=_maybe(targets),
    findings=_tuples(findings),
    approval=_maybe(approvals),
    install=_maybe(installs),
    sent_before=_maybe(moments),
    authorization=_maybe(authorizations),
    waiting_since=_maybe(moments),
    by_hand_since=_maybe(moments),
    by_hand_until=_maybe(moments),
    reminders=counts,
    verifications=_tuples(verifications),
    soak_until=_maybe(moments),
    cleanup=_maybe(cleanups),
    removal=_maybe(removals),
    outcome=_maybe(st.sampled_from(MigrationOutcome)),
    blocked_reason=_maybe(st.sampled_from(BlockedReason)),
    failure_code=texts,
    detail=texts,
    remedy=texts,
    said=texts,
    ended_at=_maybe(moments),
    revision=counts,
)
notices = _built(
    Notice,
    org_id=ids,
    attempt=counts,
    kind=st.sampled_from(NoticeKind),
    at=moments,
    milestone=texts,
    facts=st.dictionaries(texts, texts, max_size=4),
)
