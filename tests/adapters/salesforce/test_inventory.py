"""Everything besides the version: each section stands for itself, and no secret is ever read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from local.salesforce import (
    API_KEY_FIELD,
    API_SECRET_FIELD,
    KEYS_OBJECT,
    CachePartition,
    Fault,
    FaultKind,
    Phase,
    RunningOrg,
    SimulatedKeyRow,
    SimulatedPackage,
    SimulatedUser,
)
from tests.adapters.salesforce.lab import HOST, USERNAME, Lab, snapshot_in
from tests.adapters.salesforce.scripted import Reply, answer, http
from tests.adapters.salesforce.test_packages import Asked, asked, page, row
from zoom_migrator.domain.check import (
    ApiUsage,
    Identity,
    KeyPresence,
    LegacyKeys,
    OrgFacts,
    OrgSnapshot,
    Permissions,
    PlatformCache,
    Section,
)

__all__ = ["asked"]

NO_KEYS = SimulatedKeyRow(api_key=False, api_secret=False)


def subrequest_fault(path: str, error_code: str, status: int = 400) -> Fault:
    return Fault(
        kind=FaultKind.API_ERROR, path=path, error_code=error_code, status=status, message="said so"
    )


# Keys


@pytest.mark.parametrize(
    ("rows", "presence", "count"),
    [
        ([SimulatedKeyRow()], KeyPresence.PRESENT, 1),
        ([SimulatedKeyRow(api_secret=False)], KeyPresence.PRESENT, 1),
        ([SimulatedKeyRow(api_key=False)], KeyPresence.PRESENT, 1),
        ([NO_KEYS, SimulatedKeyRow()], KeyPresence.PRESENT, 2),
        ([NO_KEYS], KeyPresence.ABSENT, 1),
        ([], KeyPresence.NO_RECORD, 0),
    ],
)
def test_whether_keys_are_stored_is_told_by_the_rows(
    lab: Lab, rows: list[SimulatedKeyRow], presence: KeyPresence, count: int
) -> None:
    org = lab.add(key_rows=rows)

    keys = lab.seen(org).keys

    holding = [
        str(one["Id"]) for one in org.key_rows if one[API_KEY_FIELD] or one[API_SECRET_FIELD]
    ]
    assert keys == LegacyKeys(presence, tuple(holding), count)


def test_the_key_and_the_secret_are_never_selected(lab: Lab, org: RunningOrg) -> None:
    lab.seen(org)

    asked_for = [
        part
        for request in lab.simulator.requests
        for part in (request.target, *request.subrequests)
    ]
    about_keys = [part for part in asked_for if API_KEY_FIELD in part or API_SECRET_FIELD in part]
    assert len(about_keys) == 1
    selected = about_keys[0].partition("SELECT")[2].partition("FROM")[0]
    assert selected.strip("+") == "Id"


def test_an_object_that_the_user_may_not_see_is_not_an_empty_one(lab: Lab) -> None:
    org = lab.add(users=[SimulatedUser(username=USERNAME, sees_keys_object=False)])

    snapshot = lab.seen(org)

    assert snapshot.keys == LegacyKeys(KeyPresence.NOT_VISIBLE)
    assert "INVALID_TYPE" in snapshot.unknown[Section.KEYS]


def test_fields_that_the_user_may_not_see_are_not_empty_ones(lab: Lab) -> None:
    org = lab.add(users=[SimulatedUser(username=USERNAME, sees_key_fields=False)])

    snapshot = lab.seen(org)

    assert snapshot.keys == LegacyKeys(KeyPresence.NOT_VISIBLE, record_count=1)
    assert "INVALID_FIELD" in snapshot.unknown[Section.KEYS]


def test_keys_are_unknown_where_asking_for_them_fails_otherwise(lab: Lab, org: RunningOrg) -> None:
    org.faults.add(subrequest_fault("!= null", "QUERY_TIMEOUT"))

    snapshot = lab.seen(org)

    assert snapshot.keys == LegacyKeys(KeyPresence.UNKNOWN)
    assert snapshot.unknown == {Section.KEYS: "timed_out: QUERY_TIMEOUT: said so"}


def test_keys_are_known_even_if_rows_cannot_be_counted(lab: Lab, org: RunningOrg) -> None:
    org.faults.add(subrequest_fault("COUNT()", "QUERY_TIMEOUT"))

    snapshot = lab.seen(org)

    assert snapshot.keys.presence is KeyPresence.PRESENT
    assert snapshot.keys.record_count is None
    assert snapshot.unknown == {}


def test_other_names_of_the_object_and_its_fields_can_be_configured(
    lab: Lab, org: RunningOrg
) -> None:
    gateway = lab.gateway(keys_object="other__Zoom__c", keys_api_key_field="other__Key__c")

    snapshot = snapshot_in(gateway.check(lab.registration(org)))

    assert snapshot.keys.presence is KeyPresence.NOT_VISIBLE
    composite = lab.simulator.requests_to(HOST, Phase.COMPOSITE)[0]
    assert KEYS_OBJECT not in " ".join(composite.subrequests)


# Identity, org, permissions


def test_the_integration_user_is_named_with_its_address(lab: Lab) -> None:
    user = SimulatedUser(username=USERNAME, email="ops@acme.example")
    org = lab.add(users=[user])

    assert lab.seen(org).identity == Identity(org.user_id(user), USERNAME, "ops@acme.example")


def test_the_facts_of_the_organization_are_taken_over(lab: Lab) -> None:
    org = lab.add(
        "acme--uat.sandbox.my.salesforce.com",
        name="Acme, UAT",
        edition="Professional Edition",
        instance="EU45",
        read_only=True,
        trial_expires="2026-09-30T09:00:00.000+0000",
    )

    assert lab.seen(org).org == OrgFacts(
        name="Acme, UAT",
        edition="Professional Edition",
        instance="EU45",
        is_sandbox=True,
        is_read_only=True,
        trial_expires_at=datetime(2026, 9, 30, 9, 0, tzinfo=UTC),
    )


def test_a_permanent_org_has_no_end_of_trial(lab: Lab, org: RunningOrg) -> None:
    facts = lab.seen(org).org

    assert facts is not None
    assert facts.trial_expires_at is None


def test_effective_permissions_are_told_one_by_one(lab: Lab) -> None:
    user = SimulatedUser(
        username=USERNAME, install_packaging=False, view_setup=False, author_apex=False
    )

    assert lab.seen(lab.add(users=[user])).permissions == Permissions(
        modify_all_data=True,
        install_packages=False,
        view_setup=False,
        customize_application=True,
        author_apex=False,
    )


# Platform Cache


@pytest.mark.parametrize(
    ("partitions", "cache"),
    [
        ([CachePartition()], PlatformCache.PARTITION_PRESENT),
        ([], PlatformCache.FEATURE_SEEN),
        ([CachePartition(namespace=None, name="cache")], PlatformCache.FEATURE_SEEN),
        ([CachePartition(name="another")], PlatformCache.FEATURE_SEEN),
    ],
)
def test_the_packages_own_partition_is_told_from_the_feature_alone(
    lab: Lab, partitions: list[CachePartition], cache: PlatformCache
) -> None:
    snapshot = lab.seen(lab.add(cache_partitions=partitions))

    assert snapshot.platform_cache is cache
    assert Section.PLATFORM_CACHE not in snapshot.unknown


def test_an_org_that_knows_no_partitions_leaves_the_cache_unknown(lab: Lab) -> None:
    snapshot = lab.seen(lab.add(platform_cache=False))

    assert snapshot.platform_cache is PlatformCache.UNKNOWN
    assert "INVALID_TYPE" in snapshot.unknown[Section.PLATFORM_CACHE]


# The daily allowance


def test_the_use_of_the_daily_allowance_is_the_one_after_the_check(lab: Lab) -> None:
    org = lab.add(daily_api_used=100, daily_api_limit=15_000)

    assert lab.seen(org).api_usage == ApiUsage(used=102, limit=15_000)


@pytest.mark.parametrize(
    ("header", "usage"),
    [
        ("api-usage=18/5000", ApiUsage(18, 5_000)),
        ("api-usage=25/5000; per-app-api-usage=17/250(appName=sample)", ApiUsage(25, 5_000)),
        ("per-app-api-usage=17/250(appName=sample); api-usage=25/5000", ApiUsage(25, 5_000)),
        ("per-app-api-usage=17/250(appName=sample)", None),
        ("api-usage=many/5000", None),
        ("", None),
    ],
)
def test_the_allowance_is_read_from_the_limit_header(
    asked: Asked, header: str, usage: ApiUsage | None
) -> None:
    found = page(row())
    document = found.data.partition(b"\r\n\r\n")[2]

    snapshot = snapshot_in(asked(http(200, document, {"Sforce-Limit-Info": header})))

    assert snapshot.api_usage == usage


# A section that cannot be read


@pytest.mark.parametrize(
    ("path", "section"),
    [
        ("/sobjects/User/", Section.IDENTITY),
        ("/sobjects/Organization/", Section.ORG),
        ("UserPermissionAccess", Section.PERMISSIONS),
        ("PlatformCachePartition", Section.PLATFORM_CACHE),
        ("!= null", Section.KEYS),
    ],
)
def test_one_section_that_cannot_be_read_leaves_the_others_known(
    lab: Lab, org: RunningOrg, path: str, section: Section
) -> None:
    org.faults.add(subrequest_fault(path, "INSUFFICIENT_ACCESS_OR_READONLY"))

    snapshot = lab.seen(org)

    reason = "insufficient_access: INSUFFICIENT_ACCESS_OR_READONLY: said so"
    assert snapshot.unknown == {section: reason}
    assert snapshot.package is not None


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault(kind=FaultKind.MAINTENANCE), "service_unavailable: HTTP 503 with an HTML page"),
        (Fault(kind=FaultKind.RESET_BEFORE), "connection_failed: "),
        (Fault(kind=FaultKind.RESET_MID), "connection_failed: "),
        (Fault(kind=FaultKind.TRUNCATED), "connection_failed: "),
        (Fault(kind=FaultKind.CUT_JSON), "malformed_answer: HTTP 200"),
        (Fault(kind=FaultKind.HTML_OK), "malformed_answer: HTTP 200 with an HTML page"),
        (Fault(kind=FaultKind.SESSION_EXPIRED), "session_rejected: INVALID_SESSION_ID"),
        (Fault(kind=FaultKind.TOTAL_REQUESTS_EXCEEDED), "daily_limit_exceeded: "),
        (Fault(kind=FaultKind.CONCURRENT_REQUESTS_EXCEEDED), "concurrent_limit_exceeded: "),
        (Fault(kind=FaultKind.API_DISABLED), "api_disabled: "),
        (
            Fault(kind=FaultKind.API_ERROR, status=403, error_code="INSUFFICIENT_ACCESS"),
            "insufficient_access: INSUFFICIENT_ACCESS",
        ),
    ],
    ids=lambda value: str(value.kind) if isinstance(value, Fault) else "",
)
def test_an_inventory_that_fails_as_a_whole_never_loses_the_version_found(
    lab: Lab, org: RunningOrg, fault: Fault, reason: str
) -> None:
    org.faults.add(fault.model_copy(update={"phase": Phase.COMPOSITE}))

    snapshot = lab.seen(org)

    assert snapshot.package is not None
    assert snapshot.keys == LegacyKeys(KeyPresence.UNKNOWN)
    assert (snapshot.identity, snapshot.org, snapshot.permissions) == (None, None, None)
    assert set(snapshot.unknown) == set(Section)
    assert all(said.startswith(reason) for said in snapshot.unknown.values())


# Answers of another shape


def good_parts() -> dict[str, Any]:
    """The bodies of a composite answer in which everything is well."""
    one_row = {"totalSize": 1, "done": True}
    return {
        "user": {"Username": USERNAME, "Email": "ops@acme.example"},
        "organization": {
            "Name": "Acme",
            "OrganizationType": "Enterprise Edition",
            "InstanceName": "EU45",
            "IsSandbox": False,
            "IsReadOnly": False,
            "TrialExpirationDate": None,
        },
        "keys": {**one_row, "records": [{"Id": "a0Z5g000000001AAAQ"}]},
        "key_rows": {**one_row, "records": []},
        "permissions": {
            **one_row,
            "records": [
                {
                    "PermissionsModifyAllData": True,
                    "PermissionsInstallPackaging": True,
                    "PermissionsViewSetup": True,
                    "PermissionsCustomizeApplication": True,
                    "PermissionsAuthorApex": True,
                }
            ],
        },
        "cache": {"totalSize": 0, "done": True, "records": []},
    }


def composite(parts: dict[str, Any]) -> Reply:
    return answer(
        {
            "compositeResponse": [
                {"referenceId": name, "httpStatusCode": 200, "httpHeaders": {}, "body": body}
                for name, body in parts.items()
            ]
        }
    )


def seen(asked: Asked, reply: Reply) -> OrgSnapshot:
    return snapshot_in(asked(page(row()), reply))


def test_an_inventory_of_the_documented_shape_is_understood(asked: Asked) -> None:
    snapshot = seen(asked, composite(good_parts()))

    assert snapshot.unknown == {}
    assert snapshot.platform_cache is PlatformCache.FEATURE_SEEN
    assert snapshot.keys == LegacyKeys(KeyPresence.PRESENT, ("a0Z5g000000001AAAQ",), 1)


@pytest.mark.parametrize(
    ("part", "body", "section"),
    [
        ("user", None, Section.IDENTITY),
        ("user", [], Section.IDENTITY),
        ("user", {"Username": 7}, Section.IDENTITY),
        ("organization", {"Name": ["Acme"]}, Section.ORG),
        ("organization", good_parts()["organization"] | {"IsSandbox": "no"}, Section.ORG),
        ("organization", good_parts()["organization"] | {"IsReadOnly": None}, Section.ORG),
        (
            "organization",
            good_parts()["organization"] | {"TrialExpirationDate": "soon"},
            Section.ORG,
        ),
        (
            "organization",
            good_parts()["organization"] | {"TrialExpirationDate": "2026-01-01T00:00:00"},
            Section.ORG,
        ),
        ("permissions", {"totalSize": 0, "done": True, "records": []}, Section.PERMISSIONS),
        ("permissions", {"totalSize": 1, "done": True, "records": [{}]}, Section.PERMISSIONS),
        ("cache", {"totalSize": 1}, Section.PLATFORM_CACHE),
        ("keys", {"totalSize": 1, "done": True, "records": [{"Id": 7}]}, Section.KEYS),
        ("keys", "present", Section.KEYS),
    ],
    ids=str,
)
def test_a_section_of_another_shape_is_unknown_and_the_others_are_known(
    asked: Asked, part: str, body: object, section: Section
) -> None:
    snapshot = seen(asked, composite(good_parts() | {part: body}))

    assert set(snapshot.unknown) == {section}
    assert snapshot.unknown[section].startswith("malformed_answer: ")


@pytest.mark.parametrize(
    ("missing", "section"),
    [
        ("user", Section.IDENTITY),
        ("organization", Section.ORG),
        ("keys", Section.KEYS),
        ("permissions", Section.PERMISSIONS),
        ("cache", Section.PLATFORM_CACHE),
    ],
)
def test_a_section_that_was_not_answered_is_unknown(
    asked: Asked, missing: str, section: Section
) -> None:
    parts = good_parts()
    del parts[missing]

    assert set(seen(asked, composite(parts)).unknown) == {section}


@pytest.mark.parametrize(
    "reply",
    [
        answer([]),
        answer({"compositeResponse": None}),
        answer({"compositeResponse": [None]}),
        answer({"compositeResponse": [{"referenceId": 7}]}),
        answer({"hasErrors": True}),
        http(200, b"null"),
    ],
    ids=lambda reply: reply.data.rpartition(b"\r\n\r\n")[2].decode(),
)
def test_an_inventory_of_another_shape_is_unknown_as_a_whole(asked: Asked, reply: Reply) -> None:
    assert set(seen(asked, reply).unknown) == set(Section)


def test_the_inventory_is_asked_for_with_each_part_on_its_own(asked: Asked) -> None:
    seen(asked, composite(good_parts()))

    request = asked.server.received[2]
    assert request.line == "POST /services/data/v62.0/composite HTTP/1.1"
    assert b'"allOrNone": false' in request.body


def test_an_org_without_the_package_is_described_all_the_same(lab: Lab) -> None:
    org = lab.add(packages=[SimulatedPackage(namespace="other", package_id="0335g0000000042")])

    snapshot = lab.seen(org)

    assert snapshot.package is None
    assert snapshot.identity is not None
    assert snapshot.keys.presence is KeyPresence.NOT_VISIBLE
