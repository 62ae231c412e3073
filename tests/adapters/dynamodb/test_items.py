"""What is stored is read back as it was, by this release and by later ones."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters import strategies
from tests.adapters.builders import an_entry
from tests.builders import (
    NOW,
    a_finding,
    a_full_snapshot,
    a_migration,
    a_notice,
    a_registration,
    a_snapshot,
    a_target,
    an_approval,
    an_install,
    an_org,
)
from zoom_migrator.adapters.dynamodb.attributes import MAX_LIST_ENTRIES, MAX_TEXT_CHARACTERS
from zoom_migrator.adapters.dynamodb.backups import backup_item
from zoom_migrator.adapters.dynamodb.grants import link_item
from zoom_migrator.adapters.dynamodb.keys import (
    PARTITION,
    SORT,
    Item,
    audit_sort_of_migration,
    shard_of,
)
from zoom_migrator.adapters.dynamodb.migration_items import (
    migration_from,
    migration_item,
)
from zoom_migrator.adapters.dynamodb.notice_items import notice_from, notice_item
from zoom_migrator.adapters.dynamodb.org_items import (
    audit_entry_from,
    audit_item,
    audit_item_at,
    org_from,
    org_item,
)
from zoom_migrator.adapters.dynamodb.scan_items import (
    progress_from,
    progress_item,
    result_from,
    result_item,
    scan_from,
    scan_item,
)
from zoom_migrator.domain.audit import AuditEntry
from zoom_migrator.domain.check import (
    CheckFailure,
    InstalledPackage,
    KeyPresence,
    LegacyKeys,
    OrgSnapshot,
    Section,
)
from zoom_migrator.domain.errors import InvariantViolation
from zoom_migrator.domain.failure import FailureCode
from zoom_migrator.domain.grant import GrantLink
from zoom_migrator.domain.key_backup import KeyBackup
from zoom_migrator.domain.migration import Migration, MigrationStep
from zoom_migrator.domain.notice import Notice, NoticeKind
from zoom_migrator.domain.org import (
    AuthKind,
    Environment,
    Org,
    OrgRegistration,
    StartPolicy,
    UpgradePolicy,
)
from zoom_migrator.domain.scan import BatchProgress, Scan, ScanOutcome, ScanResult
from zoom_migrator.domain.status import BlockedReason, OrgStatus
from zoom_migrator.domain.version import PackageVersion

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

ITEM_LIMIT_BYTES = 400 * 1024

# An org exactly as the first release stored it. It has to stay readable: never change it.
ORG_OF_THE_FIRST_RELEASE: Item = {
    "pk": {"S": "ORG#00D5g0000000001EAA"},
    "sk": {"S": "ORG"},
    "gsi1pk": {"S": "FLEET#08"},
    "gsi1sk": {"S": "00D5g0000000001EAA"},
    "org_id": {"S": "00D5g0000000001EAA"},
    "display_name": {"S": "Acme"},
    "host": {"S": "acme.my.salesforce.com"},
    "environment": {"S": "production"},
    "username": {"S": "integration@acme.example"},
    "auth_kind": {"S": "jwt_bearer"},
    "salesforce_admin_email": {"S": "sf@acme.example"},
    "zoom_admin_email": {"S": "zoom@acme.example"},
    "products": {"L": [{"S": "meetings"}]},
    "deadline": {"S": "2023-08-01"},
    "tags": {"L": [{"S": "emea"}]},
    "registered_at": {"S": "2026-06-24T02:00:00.000000Z"},
    "status": {"S": "blocked"},
    "blocked_reason": {"S": "login_refused"},
    "snapshot": {
        "S": '{"checked_at":"2026-06-25T02:00:00.000000Z","package":{"major":3,"minor":23,'
        '"patch":0,"build":4,"beta":false,"version_id":"04t1S000000ASBdQAO",'
        '"package_id":"033370000004aaUAAQ","name":"Zoom"},"keys":{"presence":"present",'
        '"record_ids":["a0B5g000000001AAAQ"],"record_count":1},"platform_cache":"unknown",'
        '"unknown":{"org":"no access"},"http_calls":3}'
    },
    "failure": {
        "S": '{"code":"ip_restricted","checked_at":"2026-07-01T02:00:00.000000Z",'
        '"detail":"ip restricted","http_status":400,"http_calls":1}'
    },
    "checked_at": {"S": "2026-07-01T02:00:00.000000Z"},
    "last_scan_id": {"S": "scan-20260701T020000Z-k3v7qa"},
    "revision": {"N": "4"},
    "write_id": {"S": "8f0c1d2e3a4b5c6d"},
}
# A migration as the first release that had any stored it. It has to stay readable.
MIGRATION_OF_ITS_FIRST_RELEASE: Item = {
    "pk": {"S": "ORG#00D5g0000000001EAA"},
    "sk": {"S": "MIGRATION#000001"},
    "org_id": {"S": "00D5g0000000001EAA"},
    "attempt": {"N": "1"},
    "trigger": {"S": "operator"},
    "requested_by": {"S": "arn:aws:iam::123456789012:user/ada"},
    "started_at": {"S": "2026-07-01T02:00:00.000000Z"},
    "step": {"S": "installing"},
    "version_before": {"S": "3.23.0.4"},
    "target": {
        "S": '{"major":3,"minor":28,"patch":0,"build":1,"beta":false,'
        '"version_id":"04t5g000000ZoomAAC","package_id":"033370000004aaUAAQ","validation":""}'
    },
    "findings": {
        "L": [
            {
                "S": '{"code":"platform_cache_unknown","severity":"warning",'
                '"message":"Whether the org has Platform Cache could not be found out.",'
                '"remedy":"Contact Salesforce Support if the upgrade fails.","raw":"said"}'
            }
        ]
    },
    "approval": {
        "S": '{"approval_id":"approval-approval-0001",'
        '"requested_at":"2026-07-01T02:00:00.000000Z",'
        '"expires_at":"2026-07-15T02:00:00.000000Z","version_now":"3.23.0.4",'
        '"target":{"major":3,"minor":28,"patch":0,"build":1,"beta":false,'
        '"version_id":"04t5g000000ZoomAAC","package_id":"033370000004aaUAAQ","validation":""},'
        '"terms_version":"1","terms_url":"","status":"pending","reminders":0}'
    },
    "task_token": {"S": "sealed"},
    "install": {
        "S": '{"began_at":"2026-07-01T02:00:00.000000Z","security":"all_users",'
        '"request_id":"0Hf5g0000000001CAA","tries":1,"last_error":""}'
    },
    "reminders": {"N": "0"},
    "failure_code": {"S": ""},
    "detail": {"S": ""},
    "revision": {"N": "3"},
    "write_id": {"S": "8f0c1d2e3a4b5c6d"},
}
INDISPENSABLE = {
    "org_id",
    "host",
    "environment",
    "auth_kind",
    "registered_at",
    "status",
    "revision",
}


@given(strategies.orgs)
def test_an_org_is_read_back_as_it_was_stored(org: Org) -> None:
    assert org_from(_through_the_wire(org_item(org))) == org


@given(strategies.audit_entries, strategies.counts, st.integers(0, 49))
def test_an_audit_entry_is_read_back_as_it_was_stored(
    entry: AuditEntry, revision: int, position: int
) -> None:
    item = audit_item(entry, revision=revision, position=position)

    assert audit_entry_from(_through_the_wire(item)) == entry


@given(strategies.migrations)
def test_a_migration_is_read_back_as_it_was_stored(migration: Migration) -> None:
    assert migration_from(_through_the_wire(migration_item(migration))) == migration


@given(strategies.notices)
def test_a_notice_is_read_back_as_it_was_stored(notice: Notice) -> None:
    assert notice_from(_through_the_wire(notice_item(notice))) == notice


@given(strategies.scans)
def test_a_scan_is_read_back_as_it_was_stored(scan: Scan) -> None:
    assert scan_from(_through_the_wire(scan_item(scan))) == scan


@given(strategies.scan_results)
def test_a_result_is_read_back_as_it_was_stored(result: ScanResult) -> None:
    assert result_from(_through_the_wire(result_item(result))) == result


@given(strategies.batch_progress)
def test_progress_is_read_back_as_it_was_stored(progress: BatchProgress) -> None:
    assert progress_from(_through_the_wire(progress_item(progress))) == progress


@given(
    strategies.audit_entries,
    st.timedeltas(timedelta(days=-1), timedelta(days=1)),
    strategies.time_zones,
)
def test_audit_entries_sort_by_time_whatever_their_time_zone(
    one: AuditEntry, apart: timedelta, zone: timezone
) -> None:
    other = replace(one, at=(one.at + apart).astimezone(zone))
    sorts = [audit_item(entry, revision=1, position=0)[SORT]["S"] for entry in (one, other)]

    assert (sorts[0] < sorts[1]) == (one.at < other.at)


def test_an_org_of_the_first_release_stays_readable() -> None:
    at = datetime(2026, 7, 1, 2, tzinfo=UTC)

    assert org_from(ORG_OF_THE_FIRST_RELEASE) == Org(
        registration=OrgRegistration(
            org_id="00D5g0000000001EAA",
            display_name="Acme",
            host="acme.my.salesforce.com",
            environment=Environment.PRODUCTION,
            username="integration@acme.example",
            auth_kind=AuthKind.JWT_BEARER,
            salesforce_admin_email="sf@acme.example",
            zoom_admin_email="zoom@acme.example",
            deadline=date(2023, 8, 1),
            tags=("emea",),
        ),
        registered_at=datetime(2026, 6, 24, 2, tzinfo=UTC),
        status=OrgStatus.BLOCKED,
        blocked_reason=BlockedReason.LOGIN_REFUSED,
        snapshot=OrgSnapshot(
            checked_at=datetime(2026, 6, 25, 2, tzinfo=UTC),
            package=InstalledPackage(
                PackageVersion(3, 23, 0, 4), "04t1S000000ASBdQAO", "033370000004aaUAAQ", "Zoom"
            ),
            keys=LegacyKeys(KeyPresence.PRESENT, ("a0B5g000000001AAAQ",), 1),
            unknown={Section.ORG: "no access"},
            http_calls=3,
        ),
        failure=CheckFailure(FailureCode.IP_RESTRICTED, at, "ip restricted", 400, 1),
        checked_at=at,
        last_scan_id="scan-20260701T020000Z-k3v7qa",
        revision=4,
    )


def test_an_org_of_the_first_release_is_asked_before_each_upgrade_and_started_by_nobody() -> None:
    org = org_from(ORG_OF_THE_FIRST_RELEASE)

    assert org.registration.upgrade_policy is UpgradePolicy.ASK
    assert org.registration.start_policy is StartPolicy.OPERATOR
    assert (org.attempts, org.active_attempt, org.standing_acceptance) == (0, None, None)


@pytest.mark.parametrize(
    "added",
    [
        {"NULL": True},
        {"N": "1.5"},
        {"B": b"\x00"},
        {"SS": ["a"]},
        {"M": {"inner": {"S": "x"}}},
        {"S": "not what it was"},
    ],
    ids=lambda attribute: next(iter(attribute)),
)
def test_attributes_of_a_later_release_are_ignored(added: AttributeValueTypeDef) -> None:
    later = {**ORG_OF_THE_FIRST_RELEASE, "added_later": added}

    assert org_from(later) == org_from(ORG_OF_THE_FIRST_RELEASE)


def test_parts_that_a_later_release_adds_to_a_snapshot_are_ignored() -> None:
    snapshot = json.loads(ORG_OF_THE_FIRST_RELEASE["snapshot"]["S"])
    snapshot["added_later"] = {"deep": [1.5, None]}
    snapshot["unknown"]["section_added_later"] = "no access"
    later: Item = {**ORG_OF_THE_FIRST_RELEASE, "snapshot": {"S": json.dumps(snapshot)}}

    assert org_from(later) == org_from(ORG_OF_THE_FIRST_RELEASE)


@pytest.mark.parametrize(
    "name", sorted(ORG_OF_THE_FIRST_RELEASE.keys() - INDISPENSABLE - {PARTITION, SORT})
)
def test_an_org_without_an_attribute_is_readable_if_it_can_do_without(name: str) -> None:
    earlier = {key: value for key, value in ORG_OF_THE_FIRST_RELEASE.items() if key != name}

    assert org_from(earlier).org_id == "00D5g0000000001EAA"


@pytest.mark.parametrize("name", sorted(INDISPENSABLE))
def test_an_org_without_an_indispensable_attribute_is_refused_by_name(name: str) -> None:
    damaged = {key: value for key, value in ORG_OF_THE_FIRST_RELEASE.items() if key != name}

    with pytest.raises(InvariantViolation, match=f"{name}.*ORG#00D5g0000000001EAA / ORG"):
        org_from(damaged)


@pytest.mark.parametrize(
    ("name", "attribute"),
    [
        ("status", {"S": "status_of_a_later_release"}),
        ("registered_at", {"S": "yesterday"}),
        ("revision", {"S": "4"}),
        ("revision", {"BOOL": True}),
        ("host", {"N": "4"}),
        ("products", {"S": "meetings"}),
        ("products", {"L": [{"S": "fax"}]}),
        ("tags", {"L": [{"N": "4"}]}),
        ("snapshot", {"S": "{"}),
        ("snapshot", {"S": "[]"}),
        ("snapshot", {"S": "{}"}),
        ("failure", {"S": '{"code":"ip_restricted","checked_at":"x"}'}),
        ("deadline", {"S": "2026-13-01"}),
    ],
)
def test_an_org_with_a_damaged_attribute_is_refused_instead_of_guessed(
    name: str, attribute: AttributeValueTypeDef
) -> None:
    with pytest.raises(InvariantViolation, match="missing or unreadable"):
        org_from({**ORG_OF_THE_FIRST_RELEASE, name: attribute})


def test_a_time_without_a_time_zone_is_refused_instead_of_guessed() -> None:
    naive = datetime(2026, 7, 1, 2)

    with pytest.raises(InvariantViolation, match="no time zone"):
        org_item(an_org(registered_at=naive))


def test_a_value_of_an_unknown_type_is_refused_instead_of_written_somehow() -> None:
    broken = an_org(snapshot=a_snapshot(http_calls=1.5))  # type: ignore[arg-type]

    with pytest.raises(InvariantViolation, match="float"):
        org_item(broken)


def test_half_a_surrogate_pair_does_not_keep_an_org_from_being_stored() -> None:
    org = an_org(registration=a_registration(display_name="Ac\ud83dme"))

    item = org_item(org)

    item["display_name"]["S"].encode("utf-8")
    assert org_from(item).registration.display_name == "Ac?me"


def test_what_an_org_says_is_cut_to_what_an_item_can_hold() -> None:
    chatter = "€" * 500_000
    snapshot = a_snapshot(
        keys=LegacyKeys(KeyPresence.PRESENT, ("a0B5g000000001AAAQ",) * 50_000, 50_000),
        unknown=dict.fromkeys(Section, chatter),
    )
    item = org_item(
        an_org(
            snapshot=snapshot,
            failure=CheckFailure(FailureCode.REQUEST_REJECTED, snapshot.checked_at, chatter),
        )
    )

    size = sum(len(json.dumps(value, ensure_ascii=False).encode()) for value in item.values())
    assert size < ITEM_LIMIT_BYTES
    read = org_from(item)
    assert read.failure is not None
    assert read.snapshot is not None
    assert read.failure.detail == "€" * (MAX_TEXT_CHARACTERS - 1) + "…"
    assert len(read.snapshot.keys.record_ids) == MAX_LIST_ENTRIES
    assert read.snapshot.keys.record_count == 50_000


def test_a_task_token_is_never_cut_because_half_of_it_opens_nothing() -> None:
    sealed = "A" * 3_000
    migration = a_migration(approval=an_approval(task_token=sealed))

    read = migration_from(migration_item(migration))

    assert read.approval is not None
    assert read.approval.task_token == sealed


def test_a_migration_of_this_release_stays_readable() -> None:
    assert migration_from(MIGRATION_OF_ITS_FIRST_RELEASE) == a_migration(
        step=MigrationStep.INSTALLING,
        version_before="3.23.0.4",
        target=a_target(),
        findings=(a_finding(raw="said"),),
        approval=an_approval(task_token="sealed"),
        install=an_install(request_id="0Hf5g0000000001CAA", tries=1),
        revision=3,
    )


@pytest.mark.parametrize(
    "name", ["version_before", "findings", "approval", "target", "install", "task_token", "detail"]
)
def test_a_migration_is_readable_without_what_it_can_do_without(name: str) -> None:
    item = {key: value for key, value in MIGRATION_OF_ITS_FIRST_RELEASE.items() if key != name}

    assert migration_from(item).revision == 3


@pytest.mark.parametrize(
    ("name", "attribute"),
    [
        ("org_id", {"N": "1"}),
        ("step", {"S": "step_of_a_later_release"}),
        ("started_at", {"S": "yesterday"}),
        ("findings", {"S": "[]"}),
        ("findings", {"L": [{"S": "{}"}]}),
        ("findings", {"L": [{"S": "nonsense"}]}),
        ("findings", {"L": [{"N": "1"}]}),
        ("approval", {"S": "{}"}),
        ("approval", {"S": '{"approval_id":"a","target":1}'}),
        ("target", {"S": '{"version_id":"04t"}'}),
        ("install", {"S": '{"began_at":"x"}'}),
        ("task_token", {"N": "1"}),
    ],
)
def test_a_damaged_migration_is_refused_by_the_name_of_the_attribute(
    name: str, attribute: AttributeValueTypeDef
) -> None:
    with pytest.raises(InvariantViolation, match="missing or unreadable") as refused:
        migration_from({**MIGRATION_OF_ITS_FIRST_RELEASE, name: attribute})

    assert "ORG#00D5g0000000001EAA / MIGRATION#000001" in str(refused.value)


def test_an_org_stays_in_the_part_of_the_fleet_it_was_first_listed_in() -> None:
    shards = {name: shard_of(name) for name in ("00D5g0000000001EAA", "00D000000000062EAA")}

    assert shards == {"00D5g0000000001EAA": 8, "00D000000000062EAA": 0}


def test_no_two_kinds_of_items_share_a_key() -> None:
    org = replace(an_org(snapshot=a_full_snapshot()), revision=1)
    result = ScanResult("s", org.org_id, ScanOutcome.BEHIND, org.registered_at)
    scan = Scan("s", org.registered_at, "operator", "ada", 1, 1)
    items = [
        org_item(org),
        scan_item(scan),
        result_item(result),
        progress_item(BatchProgress("s", 1, 0, 1)),
        migration_item(a_migration()),
        migration_item(a_migration(attempt=2)),
        notice_item(a_notice()),
        notice_item(a_notice(milestone="1")),
        notice_item(a_notice(attempt=2)),
        notice_item(a_notice(kind=NoticeKind.UPGRADE_DONE)),
        audit_item(an_entry(), revision=1, position=0),
        audit_item(an_entry(), revision=1, position=1),
        audit_item(an_entry(), revision=2, position=0),
        audit_item_at(audit_sort_of_migration(NOW, 1, 1, 0), an_entry()),
        audit_item_at(audit_sort_of_migration(NOW, 1, 2, 0), an_entry()),
        audit_item_at(audit_sort_of_migration(NOW, 2, 1, 0), an_entry()),
        backup_item(KeyBackup(org.org_id, 1, NOW, NOW, (), "sealed")),
        link_item(GrantLink(org.org_id, "grant", "request", (), NOW)),
    ]

    assert len({(item[PARTITION]["S"], item[SORT]["S"]) for item in items}) == len(items)


def _through_the_wire(item: Item) -> Item:
    """An item as it arrives after DynamoDB's JSON protocol carried it."""
    arrived: Any = json.loads(json.dumps(item))
    decoded: Item = arrived
    return decoded
