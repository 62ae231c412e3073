"""Package installs: asked for, polled, ended; and what they leave behind."""

from __future__ import annotations

import pytest

from local.salesforce import (
    InstallBehaviour,
    InstallStatus,
    PublishedVersion,
    RunningOrg,
)
from tests.local.clients import FixedClock, OrgClient, error_code
from tests.local.installing import Installer


def test_an_install_runs_for_some_polls_and_then_changes_the_version(
    installer: Installer, org: RunningOrg, new_version: PublishedVersion
) -> None:
    request_id = installer.start()
    statuses = [installer.status(request_id)[0] for _ in range(3)]
    assert statuses == ["IN_PROGRESS", "IN_PROGRESS", "SUCCESS"]
    assert org.package().version == "3.28.0.1"
    assert org.package().installed_version_id == new_version.id
    assert len(org.key_rows) == 1


def test_an_install_can_be_polled_with_a_query(installer: Installer, client: OrgClient) -> None:
    request_id = installer.start()
    query = f"SELECT Errors, Status FROM PackageInstallRequest WHERE Id='{request_id}'"  # noqa: S608
    statuses = [client.tooling_records(query)[0] for _ in range(3)]
    assert [one["Status"] for one in statuses] == ["IN_PROGRESS", "IN_PROGRESS", "SUCCESS"]
    assert statuses[-1]["Errors"] is None


def test_a_package_can_be_installed_anew(installer: Installer, org: RunningOrg) -> None:
    org.remove_package()
    org.document.install = InstallBehaviour(polls=0)
    assert installer.status(installer.start())[0] == "SUCCESS"
    assert org.package().version == "3.28.0.1"


def test_an_install_can_take_time_instead_of_polls(
    installer: Installer, org: RunningOrg, clock: FixedClock
) -> None:
    org.document.install = InstallBehaviour(seconds=120)
    request_id = installer.start()
    clock.advance(119)
    assert installer.status(request_id) == ("IN_PROGRESS", [])
    assert installer.version() == "3.23"
    clock.advance(1)
    assert installer.status(request_id) == ("SUCCESS", [])
    assert installer.version() == "3.28"


def test_an_install_ends_while_nobody_looks(
    installer: Installer, org: RunningOrg, clock: FixedClock
) -> None:
    org.document.install = InstallBehaviour(seconds=120)
    request_id = installer.start()
    clock.advance(120)
    assert org.package().version == "3.28.0.1"
    assert installer.status(request_id) == ("SUCCESS", [])


def test_an_install_fails_while_nobody_looks(
    installer: Installer, org: RunningOrg, clock: FixedClock
) -> None:
    org.document.install = InstallBehaviour(seconds=120, error="The post install script failed.")
    request_id = installer.start()
    clock.advance(120)
    assert installer.version() == "3.23"
    assert installer.status(request_id) == ("ERROR", ["The post install script failed."])


def test_an_install_keeps_the_behaviour_it_began_with(
    installer: Installer, org: RunningOrg, clock: FixedClock
) -> None:
    org.document.install = InstallBehaviour(seconds=120)
    request_id = installer.start()
    org.document.install.seconds = 999
    org.document.install = InstallBehaviour(error="too late to matter")
    clock.advance(120)
    assert installer.status(request_id) == ("SUCCESS", [])


def test_looking_does_not_hasten_an_install_that_takes_time(
    installer: Installer, org: RunningOrg
) -> None:
    org.document.install = InstallBehaviour(seconds=1)
    request_id = installer.start()
    assert {installer.status(request_id)[0] for _ in range(5)} == {"IN_PROGRESS"}


def test_an_install_can_go_on_for_ever(
    installer: Installer, org: RunningOrg, clock: FixedClock
) -> None:
    org.document.install = InstallBehaviour(seconds=1, never_ends=True)
    request_id = installer.start()
    clock.advance(10_000_000)
    assert [installer.status(request_id)[0] for _ in range(5)] == ["IN_PROGRESS"] * 5
    assert installer.version() == "3.23"


def test_an_install_can_be_ended_from_outside(installer: Installer, org: RunningOrg) -> None:
    org.document.install = InstallBehaviour(never_ends=True)
    good = installer.start()
    org.installs.end(good)
    assert installer.status(good) == ("SUCCESS", [])
    bad = installer.start()
    org.installs.end(bad, error="somebody pulled the plug")
    assert installer.status(bad) == ("ERROR", ["somebody pulled the plug"])
    with pytest.raises(KeyError, match="runs no install"):
        org.installs.end(bad)


def test_the_version_can_lag_behind_the_success(
    installer: Installer, org: RunningOrg, clock: FixedClock
) -> None:
    org.document.install = InstallBehaviour(seconds=60, version_lag_seconds=10)
    request_id = installer.start()
    clock.advance(69)
    assert installer.status(request_id) == ("SUCCESS", [])
    assert installer.version() == "3.23"
    clock.advance(1)
    assert installer.version() == "3.28"


def test_a_lagging_version_does_not_undo_a_newer_one(
    installer: Installer, org: RunningOrg, clock: FixedClock
) -> None:
    org.document.install = InstallBehaviour(seconds=0, version_lag_seconds=10)
    installer.start()
    org.set_package_version("3.30")
    clock.advance(10)
    assert installer.version() == "3.30"


def test_a_request_can_vanish_while_its_install_goes_on(
    installer: Installer, org: RunningOrg, client: OrgClient, clock: FixedClock
) -> None:
    org.document.install = InstallBehaviour(seconds=60, vanishes_after_seconds=30)
    request_id = installer.start()
    clock.advance(29)
    assert installer.status(request_id)[0] == "IN_PROGRESS"
    clock.advance(1)
    assert client.tooling_records("SELECT Id FROM PackageInstallRequest") == []
    assert installer.client.get(f"{_address(request_id)}").status_code == 404
    clock.advance(30)
    assert installer.version() == "3.28"


def test_an_install_can_be_in_an_unknown_state(
    installer: Installer, org: RunningOrg, clock: FixedClock
) -> None:
    org.document.install = InstallBehaviour(seconds=60, running_status=InstallStatus.UNKNOWN)
    request_id = installer.start()
    assert installer.status(request_id) == ("UNKNOWN", [])
    clock.advance(60)
    assert installer.status(request_id) == ("SUCCESS", [])


@pytest.mark.parametrize("status", InstallStatus)
def test_the_last_word_on_an_install_can_be_false(
    installer: Installer, org: RunningOrg, status: InstallStatus
) -> None:
    org.document.install = InstallBehaviour(seconds=0, final_status=status)
    assert installer.status(installer.start()) == (status, [])
    assert installer.version() == "3.28"


def test_an_install_can_claim_success_and_change_nothing(
    installer: Installer, org: RunningOrg
) -> None:
    org.document.install = InstallBehaviour(
        seconds=0, error="what really happened", final_status=InstallStatus.SUCCESS
    )
    assert installer.status(installer.start()) == ("SUCCESS", ["what really happened"])
    assert installer.version() == "3.23"


@pytest.mark.parametrize("spelling", ["Full", "full", "FULL", "None", "NONE", "Custom", None])
def test_every_spelling_of_the_security_type_is_taken(
    installer: Installer, spelling: str | None
) -> None:
    expected = spelling or "None"
    assert installer.report(installer.start(SecurityType=spelling))["SecurityType"] == expected


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"SubscriberPackageVersionKey": "04t000000000001AAA"}, "INVALID_CROSS_REFERENCE_KEY"),
        ({"SubscriberPackageVersionKey": "033370000004aaUAAQ"}, "INVALID_ID_FIELD"),
        ({"SubscriberPackageVersionKey": None}, "INVALID_ID_FIELD"),
        ({"SecurityType": "everybody"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
        ({"Status": "SUCCESS"}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
        ({"Foo": 1}, "INVALID_FIELD"),
    ],
)
def test_a_bad_order_is_refused(
    installer: Installer, org: RunningOrg, change: dict[str, object], code: str
) -> None:
    assert error_code(installer.ask(**change)) == (400, code)
    assert org.installs.rows() == []


def test_installing_needs_the_permission(installer: Installer, org: RunningOrg) -> None:
    org.document.users[0].install_packaging = False
    assert error_code(installer.ask()) == (403, "INSUFFICIENT_ACCESS")
    assert org.installs.runs == []


def test_nothing_is_installed_in_a_read_only_org(
    installer: Installer, client: OrgClient, org: RunningOrg
) -> None:
    org.document.read_only = True
    assert client.records("SELECT IsReadOnly FROM Organization") == [{"IsReadOnly": True}]
    assert error_code(installer.ask()) == (400, "INSUFFICIENT_ACCESS_OR_READONLY")
    assert org.installs.runs == []


def test_installs_are_listed_newest_first(
    installer: Installer, client: OrgClient, org: RunningOrg, clock: FixedClock
) -> None:
    org.document.install = InstallBehaviour(seconds=60)
    installer.start(SecurityType="None")
    clock.advance(60)
    newest = installer.start()
    query = (
        "SELECT Id, SubscriberPackageVersionKey, SecurityType, Status, Errors, CreatedDate"
        " FROM PackageInstallRequest ORDER BY CreatedDate DESC"
    )
    assert [one["Status"] for one in client.tooling_records(query)] == ["IN_PROGRESS", "SUCCESS"]
    assert client.tooling_records(f"{query} LIMIT 1") == [
        {
            "Id": newest,
            "SubscriberPackageVersionKey": installer.version_id,
            "SecurityType": "Full",
            "Status": "IN_PROGRESS",
            "Errors": None,
            "CreatedDate": "2023-11-14T22:14:20.000+0000",
        }
    ]


def test_running_installs_of_a_version_can_be_asked_for(
    installer: Installer, client: OrgClient
) -> None:
    request_id = installer.start()
    found = client.tooling_records(
        "SELECT Id FROM PackageInstallRequest WHERE Status = 'IN_PROGRESS'"  # noqa: S608
        f" AND SubscriberPackageVersionKey = '{installer.version_id}'"
    )
    assert found == [{"Id": request_id}]


def _address(request_id: str) -> str:
    return f"/services/data/v62.0/tooling/sobjects/PackageInstallRequest/{request_id}"
