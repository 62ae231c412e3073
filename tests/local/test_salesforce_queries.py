"""Queries: what comes back, and in what words bad ones are refused."""

# ruff: noqa: S608 - SOQL put together from constants

from __future__ import annotations

import pytest

from local.salesforce import (
    API_KEY_FIELD,
    KEYS_OBJECT,
    ZOOM_LIGHTNING_PACKAGE_ID,
    ZOOM_PACKAGE_ID,
    CachePartition,
    PackageDefect,
    RunningOrg,
    SalesforceSimulator,
    SimulatedPackage,
    package_version_id,
)
from tests.local.clients import API, OrgClient, error_code

JOINED = (
    "SELECT SubscriberPackageId, SubscriberPackage.NamespacePrefix,"
    " SubscriberPackageVersion.MajorVersion, SubscriberPackageVersion.IsBeta"
    " FROM InstalledSubscriberPackage"
)
TWO_STEP = "SELECT SubscriberPackageId, SubscriberPackageVersionId FROM InstalledSubscriberPackage"
OTHER = SimulatedPackage(
    namespace="ZVC",
    package_id=ZOOM_LIGHTNING_PACKAGE_ID,
    name="Zoom For Lightning",
    version="1.11.0.9",
)


def test_an_installed_package_comes_with_package_and_version(client: OrgClient) -> None:
    assert client.tooling_records(JOINED) == [
        {
            "SubscriberPackageId": ZOOM_PACKAGE_ID,
            "SubscriberPackage": {"NamespacePrefix": "zoom_app"},
            "SubscriberPackageVersion": {"MajorVersion": 3, "IsBeta": False},
        }
    ]


def test_tooling_answers_carry_the_keys_of_the_tooling_api(client: OrgClient) -> None:
    tooling = client.tooling(TWO_STEP).json()
    assert (tooling["size"], tooling["entityTypeName"]) == (1, "InstalledSubscriberPackage")
    assert set(client.query("SELECT Id FROM User").json()) == {"totalSize", "done", "records"}


def test_a_record_says_its_type_and_address(client: OrgClient, org: RunningOrg) -> None:
    (record,) = client.query("SELECT Id FROM Organization").json()["records"]
    assert record["attributes"] == {
        "type": "Organization",
        "url": f"{API}/sobjects/Organization/{org.org_id}",
    }


@pytest.mark.parametrize("path", ["/query/", "/query", "/tooling/query/", "/tooling/query"])
def test_query_paths_work_with_and_without_a_trailing_slash(client: OrgClient, path: str) -> None:
    answer = client.get(API + path, params={"q": "SELECT Username FROM User"})
    assert answer.json()["totalSize"] == 1


def test_a_version_is_found_by_its_id(client: OrgClient, org: RunningOrg) -> None:
    version_id = package_version_id(ZOOM_PACKAGE_ID, "3.23.0.4")
    records = client.tooling_records(
        "SELECT MajorVersion, MinorVersion, PatchVersion, BuildNumber"
        f" FROM SubscriberPackageVersion WHERE Id = '{version_id[:15]}'"
    )
    assert [list(record.values()) for record in records] == [[3, 23, 0, 4]]
    assert org.document.packages[0].installed_version_id == version_id


@pytest.mark.parametrize("name", ["SubscriberPackageVersion", "SubscriberPackage"])
def test_some_objects_can_only_be_asked_by_id(client: OrgClient, name: str) -> None:
    refused = client.tooling(f"SELECT Id FROM {name}")
    assert error_code(refused) == (400, "MALFORMED_QUERY")
    assert "Implementation restriction" in refused.json()[0]["message"]


@pytest.mark.parametrize(
    ("condition", "namespaces"),
    [
        ("SubscriberPackageId = '033370000004aaU'", ["zoom_app"]),
        ("SubscriberPackage.NamespacePrefix = 'ZOOM_APP'", ["zoom_app"]),
        ("SubscriberPackage.NamespacePrefix != 'zoom_app'", ["ZVC"]),
        ("SubscriberPackage.NamespacePrefix <> null", ["zoom_app", "ZVC"]),
        ("SubscriberPackage.NamespacePrefix IN ('zoom_app', 'ZVC')", ["zoom_app", "ZVC"]),
        ("SubscriberPackage.NamespacePrefix NOT IN ('ZVC')", ["zoom_app"]),
        ("SubscriberPackage.Name LIKE 'zoom%'", ["zoom_app", "ZVC"]),
        ("SubscriberPackage.Name LIKE 'Zoo_'", ["zoom_app"]),
        ("SubscriberPackage.Name LIKE 'Zoo\\_'", []),
        ("SubscriberPackageVersion.MinorVersion >= 23", ["zoom_app"]),
        ("SubscriberPackageVersion.MinorVersion < 23", ["ZVC"]),
        ("NOT SubscriberPackage.Name LIKE '%Lightning'", ["zoom_app"]),
        (
            "SubscriberPackage.Name LIKE 'Zoom%' AND (SubscriberPackageVersion.MajorVersion = 1"
            " OR SubscriberPackageVersion.MajorVersion = 2)",
            ["ZVC"],
        ),
        ("SubscriberPackageVersion.IsBeta = true", []),
    ],
)
def test_conditions_choose_the_records(
    client: OrgClient, org: RunningOrg, condition: str, namespaces: list[str]
) -> None:
    org.install_package(OTHER)
    query = "SELECT SubscriberPackage.NamespacePrefix FROM InstalledSubscriberPackage"
    records = client.tooling_records(f"{query} WHERE {condition}")
    assert [one["SubscriberPackage"]["NamespacePrefix"] for one in records] == namespaces


def test_order_limit_and_offset_are_kept(client: OrgClient, org: RunningOrg) -> None:
    org.install_package(OTHER)
    ordered = "SELECT NamespacePrefix FROM PackageLicense ORDER BY NamespacePrefix"
    names = [one["NamespacePrefix"] for one in client.records(f"{ordered} DESC")]
    assert names == ["ZVC", "zoom_app"]
    assert client.records(f"{ordered} ASC LIMIT 1") == [{"NamespacePrefix": "zoom_app"}]
    assert client.records(f"{ordered} LIMIT 5 OFFSET 1") == [{"NamespacePrefix": "ZVC"}]


def test_a_count_has_no_records(client: OrgClient) -> None:
    answer = client.query("SELECT COUNT() FROM PackageLicense").json()
    assert (answer["totalSize"], answer["records"]) == (1, [])


def test_keys_are_seen_to_be_there_without_reading_them(client: OrgClient, org: RunningOrg) -> None:
    query = f"SELECT Id FROM {KEYS_OBJECT} WHERE {API_KEY_FIELD} != null"
    answer = client.query(query)
    assert answer.json()["totalSize"] == 1
    assert not any(value in answer.text for value in org.secret_values())


def test_key_values_are_made_anew_for_every_run_of_an_org(
    client: OrgClient, org: RunningOrg, simulator: SalesforceSimulator
) -> None:
    query = f"SELECT {API_KEY_FIELD} FROM {KEYS_OBJECT}"
    (first,) = client.records(query)
    assert first[API_KEY_FIELD] in org.secret_values()

    again = simulator.add(org.document)
    client.token = again.issue_token()
    assert client.records(query) != [first]
    assert not org.secret_values() & again.secret_values()


def test_children_of_a_cache_partition_are_listed(client: OrgClient, org: RunningOrg) -> None:
    query = (
        "SELECT DeveloperName, (SELECT CacheType, AllocatedPartnerCapacity"
        " FROM PlatforCachePartitionTypes ORDER BY CacheType) FROM PlatformCachePartition"
        " WHERE NamespacePrefix = 'zoom_app'"
    )
    assert client.records(query) == []
    org.set_package_version("3.28")
    (partition,) = client.query(query).json()["records"]
    children = partition["PlatforCachePartitionTypes"]["records"]
    assert [(one["CacheType"], one["AllocatedPartnerCapacity"]) for one in children] == [
        ("Organization", 1),
        ("Session", 1),
    ]


def test_an_own_cache_partition_has_no_partner_capacity(client: OrgClient, org: RunningOrg) -> None:
    org.document.cache_partitions = [CachePartition(name="mine", namespace=None, session_mb=5)]
    query = (
        "SELECT AllocatedCapacity, AllocatedPartnerCapacity FROM PlatformCachePartitionType"
        " WHERE CacheType = 'Session' AND PlatformCachePartition.DeveloperName = 'mine'"
    )
    assert client.records(query) == [{"AllocatedCapacity": 5, "AllocatedPartnerCapacity": 0}]


def test_an_org_without_platform_cache_does_not_know_the_object(
    client: OrgClient, org: RunningOrg
) -> None:
    org.document.platform_cache = False
    refused = client.query("SELECT Id FROM PlatformCachePartition")
    assert error_code(refused) == (400, "INVALID_TYPE")


def test_permissions_are_those_of_the_running_user(client: OrgClient, org: RunningOrg) -> None:
    org.document.users[0].install_packaging = False
    query = "SELECT PermissionsInstallPackaging, PermissionsViewSetup FROM UserPermissionAccess"
    assert client.records(query) == [
        {"PermissionsInstallPackaging": False, "PermissionsViewSetup": True}
    ]
    assigned = (
        "SELECT PermissionSet.PermissionsInstallPackaging FROM PermissionSetAssignment"
        f" WHERE AssigneeId = '{org.user_id(org.document.users[0])}'"
    )
    assert client.records(assigned) == [{"PermissionSet": {"PermissionsInstallPackaging": False}}]


def test_columns_are_described_on_request(client: OrgClient) -> None:
    answer = client.get(f"{API}/tooling/query", params={"q": JOINED, "columns": "true"}).json()
    names = [one["columnName"] for one in answer["columnMetadata"]]
    assert names == [
        "SubscriberPackageId",
        "SubscriberPackage",
        "SubscriberPackageVersion",
        "SubscriberPackageVersion",
    ]
    assert answer["columnMetadata"][1]["joinColumns"][0]["columnName"] == "NamespacePrefix"


@pytest.mark.parametrize("tooling", [False, True])
def test_long_answers_come_in_pages(client: OrgClient, org: RunningOrg, tooling: bool) -> None:
    for number in range(4):
        org.install_package(OTHER.model_copy(update={"namespace": f"ns{number}"}))
    org.document.page_size = 2
    prefix = f"{API}/tooling" if tooling else API
    source = "InstalledSubscriberPackage" if tooling else "PackageLicense"

    page = client.get(f"{prefix}/query", params={"q": f"SELECT Id FROM {source}"}).json()
    seen = [one["Id"] for one in page["records"]]
    while not page["done"]:
        assert page["totalSize"] == 5
        assert page["nextRecordsUrl"].startswith(f"{prefix}/query/01g")
        page = client.get(page["nextRecordsUrl"]).json()
        seen += [one["Id"] for one in page["records"]]

    assert len(set(seen)) == 5


def test_an_unknown_locator_is_refused(client: OrgClient) -> None:
    refused = client.get(f"{API}/query/01g000000000001AAA-2000")
    assert error_code(refused) == (400, "INVALID_QUERY_LOCATOR")


@pytest.mark.parametrize(
    ("query", "code", "message"),
    [
        ("SELECT Id, Foo FROM User", "INVALID_FIELD", "No such column 'Foo' on entity 'User'."),
        ("SELECT Id FROM User WHERE Foo = 1", "INVALID_FIELD", "No such column 'Foo'"),
        ("SELECT Id FROM User ORDER BY Foo", "INVALID_FIELD", "No such column 'Foo'"),
        ("SELECT Foo.Id FROM User", "INVALID_FIELD", "Didn't understand relationship 'Foo'"),
        ("SELECT Id FROM Foo", "INVALID_TYPE", "sObject type 'Foo' is not supported."),
        ("SELECT (SELECT Id FROM Foos) FROM User", "INVALID_TYPE", "relationship 'Foos'"),
        ("SELECT Id", "MALFORMED_QUERY", "unexpected token: '<EOF>'"),
        ("SELECT FROM User", "MALFORMED_QUERY", "unexpected token: 'FROM'"),
        ("SELECT Id, FROM User", "MALFORMED_QUERY", "unexpected token: 'FROM'"),
        ("SELECT Id FROM User WHERE", "MALFORMED_QUERY", "unexpected token: '<EOF>'"),
        ("SELECT Id FROM User LIMIT x", "MALFORMED_QUERY", "unexpected token: 'x'"),
        ("SELECT Id FROM User; DROP", "MALFORMED_QUERY", "no viable alternative at character ';'"),
        ("SELECT Id FROM User WHERE Name = 'a", "MALFORMED_QUERY", "at character '''"),
        ("SELECT Id FROM User WHERE Name = 'a\\x'", "MALFORMED_QUERY", "Illegal escape sequence"),
        (
            "SELECT Id FROM User WHERE Name='a' AND Name='b' OR Name='c'",
            "MALFORMED_QUERY",
            "unexpected token: 'OR'",
        ),
        ("SELECT COUNT(Id) FROM User", "MALFORMED_QUERY", "unexpected token: 'Id'"),
        ("", "MALFORMED_QUERY", "A query string has to be specified"),
        ("SELECT Id FROM User WHERE IsActive = 'true'", "INVALID_FIELD", "must be of type boolean"),
        ("SELECT Id FROM User WHERE Name = 5", "INVALID_FIELD", "should be enclosed in quotes"),
        ("SELECT Id FROM User WHERE Id = 'x'", "INVALID_QUERY_FILTER_OPERATOR", "invalid ID field"),
        ("SELECT Id FROM User OFFSET 3000", "NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL offset"),
    ],
)
def test_a_bad_query_is_refused_in_the_words_of_the_platform(
    client: OrgClient, query: str, code: str, message: str
) -> None:
    refused = client.query(query)
    assert error_code(refused) == (400, code)
    assert message in refused.json()[0]["message"]


def test_an_error_points_at_its_place(client: OrgClient) -> None:
    message = client.query("SELECT Id, Foo FROM User").json()[0]["message"]
    _, excerpt, caret, place, _ = message.split("\n", 4)
    assert excerpt[caret.index("^") :].startswith("Foo")
    assert place == "ERROR at Row:1:Column:12"


def test_package_objects_belong_to_the_tooling_api(client: OrgClient) -> None:
    assert error_code(client.query(TWO_STEP)) == (400, "INVALID_TYPE")
    assert error_code(client.tooling("SELECT Id FROM Organization")) == (400, "INVALID_TYPE")


def test_without_the_permission_packages_do_not_exist(client: OrgClient, org: RunningOrg) -> None:
    org.document.users[0].sees_packages = False
    refused = client.tooling(TWO_STEP)
    assert error_code(refused) == (400, "INVALID_TYPE")
    assert "sObject type 'InstalledSubscriberPackage' is not supported" in refused.text


def test_field_level_security_hides_the_keys(client: OrgClient, org: RunningOrg) -> None:
    org.document.users[0].sees_key_fields = False
    assert client.query(f"SELECT Id FROM {KEYS_OBJECT}").status_code == 200
    hidden = client.query(f"SELECT Id FROM {KEYS_OBJECT} WHERE {API_KEY_FIELD} != null")
    assert error_code(hidden) == (400, "INVALID_FIELD")


def test_the_settings_object_comes_and_goes_with_the_package(
    client: OrgClient, org: RunningOrg
) -> None:
    org.remove_package()
    assert error_code(client.query(f"SELECT Id FROM {KEYS_OBJECT}")) == (400, "INVALID_TYPE")
    assert client.tooling_records(TWO_STEP) == []


def test_one_odd_package_breaks_the_joined_query_but_not_the_two_steps(
    client: OrgClient, org: RunningOrg
) -> None:
    org.install_package(OTHER)
    org.set_package_defect(PackageDefect.UNKNOWN_EXCEPTION, namespace="ZVC")

    assert error_code(client.tooling(JOINED)) == (500, "UNKNOWN_EXCEPTION")
    ids = {
        one["SubscriberPackageId"]: one["SubscriberPackageVersionId"]
        for one in client.tooling_records(TWO_STEP)
    }
    by_id = "SELECT MinorVersion FROM SubscriberPackageVersion WHERE Id = '{}'"
    healthy = client.tooling_records(by_id.format(ids[ZOOM_PACKAGE_ID]))
    assert healthy == [{"MinorVersion": 23}]
    odd = client.tooling(by_id.format(ids[ZOOM_LIGHTNING_PACKAGE_ID]))
    assert error_code(odd) == (500, "UNKNOWN_EXCEPTION")


@pytest.mark.parametrize(
    ("defect", "parent"),
    [
        (PackageDefect.NO_PACKAGE, "SubscriberPackage"),
        (PackageDefect.NO_VERSION, "SubscriberPackageVersion"),
    ],
)
def test_a_parent_of_an_odd_package_is_null(
    client: OrgClient, org: RunningOrg, defect: PackageDefect, parent: str
) -> None:
    org.set_package_defect(defect)
    (record,) = client.tooling_records(JOINED)
    assert record[parent] is None
    assert record["SubscriberPackageId"] == ZOOM_PACKAGE_ID


def test_a_beta_is_a_beta(client: OrgClient, org: RunningOrg) -> None:
    org.set_package_version("3.27.0.3", beta=True)
    (record,) = client.tooling_records(JOINED)
    assert record["SubscriberPackageVersion"]["IsBeta"] is True
