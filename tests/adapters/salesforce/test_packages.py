"""Finding the package: which version is installed, and when that cannot be told."""

from __future__ import annotations

from typing import Any

import pytest

from local.salesforce import (
    ZOOM_LIGHTNING_NAMESPACE,
    ZOOM_LIGHTNING_PACKAGE_ID,
    ZOOM_PACKAGE_ID,
    Fault,
    FaultKind,
    PackageDefect,
    Phase,
    RunningOrg,
    SimulatedPackage,
    SimulatedUser,
)
from tests.adapters.salesforce.lab import (
    HOST,
    USERNAME,
    Lab,
    failure_in,
    gateway_to,
    snapshot_in,
)
from tests.adapters.salesforce.scripted import Reply, ScriptedServer, answer, http
from tests.adapters.salesforce.test_login import a_token_answer
from tests.builders import MINIMUM, VERSION_ID, a_registration
from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.adapters.salesforce import AppCredentials
from zoom_migrator.domain.check import CheckResult, Section
from zoom_migrator.domain.failure import FailureCode
from zoom_migrator.domain.status import OrgEvent
from zoom_migrator.domain.version import PackageVersion

LIGHTNING = SimulatedPackage(
    namespace=ZOOM_LIGHTNING_NAMESPACE,
    package_id=ZOOM_LIGHTNING_PACKAGE_ID,
    name="Zoom For Lightning",
    version="4.1.0.1",
)


def other_packages(count: int) -> list[SimulatedPackage]:
    return [
        SimulatedPackage(namespace=f"ns{n}", package_id=f"0335g{n:010d}", name="Zoom")
        for n in range(count)
    ]


def tooling_calls(lab: Lab) -> int:
    return len(lab.simulator.requests_to(HOST, Phase.TOOLING))


# The ordinary case


def test_a_check_costs_three_requests_and_says_so(lab: Lab, org: RunningOrg) -> None:
    snapshot = lab.seen(org)

    assert [request.phase for request in lab.simulator.requests] == [
        Phase.TOKEN,
        Phase.TOOLING,
        Phase.COMPOSITE,
    ]
    assert snapshot.http_calls == 3


@pytest.mark.parametrize(
    ("installed", "beta", "seen", "event"),
    [
        ("3.23.0.4", False, PackageVersion(3, 23, 0, 4), OrgEvent.VERSION_BEHIND),
        ("3.9.0.1", False, PackageVersion(3, 9, 0, 1), OrgEvent.VERSION_BEHIND),
        ("3.26.5.9", False, PackageVersion(3, 26, 5, 9), OrgEvent.VERSION_BEHIND),
        ("3.27.0.3", True, PackageVersion(3, 27, 0, 3, beta=True), OrgEvent.VERSION_BEHIND),
        ("3.27.0.1", False, PackageVersion(3, 27, 0, 1), OrgEvent.VERSION_SUFFICIENT),
        ("3.27.1.2", False, PackageVersion(3, 27, 1, 2), OrgEvent.VERSION_SUFFICIENT),
        ("3.100.0.1", False, PackageVersion(3, 100, 0, 1), OrgEvent.VERSION_SUFFICIENT),
    ],
)
def test_the_installed_version_is_read_as_numbers(
    lab: Lab, installed: str, beta: bool, seen: PackageVersion, event: OrgEvent
) -> None:
    org = lab.add(packages=[LIGHTNING, SimulatedPackage(version=installed, beta=beta)])

    snapshot = lab.seen(org)

    assert snapshot.package is not None
    assert snapshot.package.version == seen
    assert snapshot.event(MINIMUM) is event


def test_the_installed_package_comes_with_its_ids_and_name(lab: Lab) -> None:
    org = lab.add(packages=[SimulatedPackage(version_id=VERSION_ID)])

    package = lab.seen(org).package

    assert package is not None
    assert (package.version_id, package.package_id, package.name) == (
        VERSION_ID,
        ZOOM_PACKAGE_ID,
        "Zoom",
    )


# Which package it is


@pytest.mark.parametrize("packages", [[], [LIGHTNING], other_packages(3)])
def test_an_org_without_the_package_is_told_so(lab: Lab, packages: list[SimulatedPackage]) -> None:
    snapshot = lab.seen(lab.add(packages=packages))

    assert snapshot.package is None
    assert snapshot.event(MINIMUM) is OrgEvent.PACKAGE_MISSING


def test_the_other_zoom_package_is_never_taken_for_this_one(lab: Lab) -> None:
    org = lab.add(packages=[LIGHTNING, SimulatedPackage(version="3.12.0.1")])

    package = lab.seen(org).package

    assert package is not None
    assert package.version == PackageVersion(3, 12, 0, 1)


def test_the_package_is_known_by_its_namespace_even_under_another_id(lab: Lab) -> None:
    org = lab.add(packages=[SimulatedPackage(package_id="0335g0000000042AAA")])

    package = lab.seen(org).package

    assert package is not None
    assert package.package_id == "0335g0000000042AAA"


@pytest.mark.parametrize("package_id", [ZOOM_PACKAGE_ID, ZOOM_PACKAGE_ID[:15]])
def test_the_package_is_known_by_its_id_in_either_form_even_under_another_namespace(
    lab: Lab, package_id: str
) -> None:
    org = lab.add(packages=[SimulatedPackage(namespace="renamed")])

    snapshot = snapshot_in(lab.gateway(package_id=package_id).check(lab.registration(org)))

    assert snapshot.package is not None


def test_an_id_in_other_letter_case_is_another_package(lab: Lab) -> None:
    org = lab.add(packages=[SimulatedPackage(namespace="x", package_id="033370000004AAU")])

    assert lab.seen(org).package is None


# Pages


def test_the_package_is_found_on_a_later_page(lab: Lab) -> None:
    org = lab.add(packages=[*other_packages(4), SimulatedPackage()], page_size=2)

    snapshot = lab.seen(org)

    assert snapshot.package is not None
    assert snapshot.http_calls == 5


def test_pages_after_the_one_with_the_package_are_not_asked_for(lab: Lab) -> None:
    org = lab.add(packages=[SimulatedPackage(), *other_packages(4)], page_size=2)

    lab.seen(org)

    assert tooling_calls(lab) == 1


def test_the_package_is_missing_only_after_the_last_page(lab: Lab) -> None:
    org = lab.add(packages=other_packages(5), page_size=2)

    assert lab.seen(org).package is None
    assert tooling_calls(lab) == 3


def test_a_later_page_that_fails_leaves_the_package_undecided(lab: Lab) -> None:
    org = lab.add(packages=other_packages(5), page_size=2)
    org.faults.add(Fault(kind=FaultKind.MAINTENANCE, phase=Phase.TOOLING, path="/query/"))

    assert lab.failure(org).code is FailureCode.SERVICE_UNAVAILABLE


# Not being allowed to see packages


def test_packages_that_cannot_be_seen_are_not_packages_that_are_missing(lab: Lab) -> None:
    org = lab.add(users=[SimulatedUser(username=USERNAME, sees_packages=False)])

    failure = lab.failure(org)

    assert failure.code is FailureCode.PACKAGES_NOT_VISIBLE
    assert failure.http_status == 400
    assert "InstalledSubscriberPackage" in failure.detail


# Odd packages


def test_an_odd_package_that_breaks_the_joined_query_costs_two_more_requests(lab: Lab) -> None:
    odd = other_packages(1)[0].model_copy(update={"defect": PackageDefect.UNKNOWN_EXCEPTION})
    org = lab.add(packages=[odd, SimulatedPackage(version="3.28.0.2", beta=True)])

    snapshot = lab.seen(org)

    assert snapshot.package is not None
    assert snapshot.package.version == PackageVersion(3, 28, 0, 2, beta=True)
    assert snapshot.http_calls == 5


def test_only_the_zoom_packages_own_version_is_asked_for_one_by_one(lab: Lab) -> None:
    odd = other_packages(1)[0].model_copy(update={"defect": PackageDefect.UNKNOWN_EXCEPTION})
    org = lab.add(packages=[odd, LIGHTNING])

    snapshot = lab.seen(org)

    assert snapshot.package is None
    assert tooling_calls(lab) == 2


def test_a_zoom_package_whose_version_cannot_be_read_is_a_failure_and_not_missing(
    lab: Lab,
) -> None:
    org = lab.add(packages=[SimulatedPackage(defect=PackageDefect.UNKNOWN_EXCEPTION)])

    assert lab.failure(org).code is FailureCode.VERSION_NOT_READABLE


def test_an_org_in_trouble_is_not_a_package_in_trouble(lab: Lab, org: RunningOrg) -> None:
    org.faults.add(Fault(kind=FaultKind.ODD_PACKAGE, phase=Phase.TOOLING))
    org.faults.add(
        Fault(kind=FaultKind.MAINTENANCE, phase=Phase.TOOLING, path="FROM SubscriberPackageVersion")
    )

    assert lab.failure(org).code is FailureCode.SERVICE_UNAVAILABLE


def test_a_package_whose_relationship_is_null_is_somebody_elses_if_its_id_is(lab: Lab) -> None:
    odd = other_packages(1)[0].model_copy(update={"defect": PackageDefect.NO_PACKAGE})
    org = lab.add(packages=[odd, SimulatedPackage()])

    assert lab.seen(org).package is not None


def test_the_zoom_package_is_known_by_its_id_where_its_relationship_is_null(lab: Lab) -> None:
    org = lab.add(packages=[SimulatedPackage(defect=PackageDefect.NO_PACKAGE)])

    package = lab.seen(org).package

    assert package is not None
    assert package.name == ""


def test_a_package_whose_version_nobody_can_read_is_a_failure_and_not_missing(lab: Lab) -> None:
    org = lab.add(packages=[SimulatedPackage(defect=PackageDefect.NO_VERSION)])

    failure = lab.failure(org)

    assert failure.code is FailureCode.VERSION_NOT_READABLE
    assert tooling_calls(lab) == 2


# Answers of another shape


def row(**changes: Any) -> dict[str, Any]:
    return {
        "SubscriberPackageId": ZOOM_PACKAGE_ID,
        "SubscriberPackageVersionId": VERSION_ID,
        "SubscriberPackage": {"NamespacePrefix": "zoom_app", "Name": "Zoom"},
        "SubscriberPackageVersion": version(),
    } | changes


def version(**changes: Any) -> dict[str, Any]:
    return {
        "Id": VERSION_ID,
        "MajorVersion": 3,
        "MinorVersion": 27,
        "PatchVersion": 0,
        "BuildNumber": 1,
        "IsBeta": False,
    } | changes


def page(*rows: Any, **changes: Any) -> Reply:
    return answer({"totalSize": len(rows), "done": True, "records": list(rows)} | changes)


class Asked:
    """Checks an org whose Tooling answers are scripted; nothing is answered after them."""

    def __init__(
        self, server: ScriptedServer, credentials: AppCredentials, clock: SettableClock
    ) -> None:
        self.server = server
        self._gateway = gateway_to(server.base_url, credentials, clock)

    def __call__(self, *replies: Reply) -> CheckResult:
        self.server.will_reply(answer(a_token_answer()), *replies)
        return self._gateway.check(a_registration(host=HOST))


@pytest.fixture
def asked(scripted: ScriptedServer, credentials: AppCredentials, clock: SettableClock) -> Asked:
    return Asked(scripted, credentials, clock)


def test_an_answer_of_the_documented_shape_is_understood(asked: Asked) -> None:
    package = snapshot_in(asked(page(row()))).package

    assert package is not None
    assert package.version == PackageVersion(3, 27, 0, 1)


@pytest.mark.parametrize(
    "reply",
    [
        answer([]),
        answer("none"),
        answer({}),
        answer({"totalSize": 0, "done": True}),
        answer({"totalSize": 0, "done": True, "records": {}}),
        answer({"totalSize": 0, "records": []}),
        answer({"totalSize": 0, "done": "true", "records": []}),
        answer({"totalSize": "0", "done": True, "records": []}),
        answer({"totalSize": -1, "done": True, "records": []}),
        page(None),
        page("033370000004aaUAAQ"),
        page(totalSize=1),
        page(row(SubscriberPackageId=None, SubscriberPackage=None)),
        page(done=False),
        page(done=False, nextRecordsUrl="https://evil.example/services/data/v62.0/query/01g-1"),
        page(done=False, nextRecordsUrl="//evil.example/services/data/v62.0/query/01g-1"),
        page(done=False, nextRecordsUrl="/services/data/v62.0/query/../../../../secret"),
        page(done=False, nextRecordsUrl="/services/data/v62.0/query/01g\r\nX-Injected: yes"),
        page(done=False, nextRecordsUrl=7),
        http(200, b""),
        http(200, b'{"totalSize": 0, "done": tr'),
        http(200, b"<html>Log in</html>"),
        http(204),
    ],
    ids=lambda reply: reply.data.rpartition(b"\r\n\r\n")[2].decode() or "nothing",
)
def test_a_doubtful_list_is_never_an_empty_one(asked: Asked, reply: Reply) -> None:
    failure = failure_in(asked(reply))

    assert failure.code is FailureCode.MALFORMED_ANSWER
    assert failure.http_calls == 2
    assert len(asked.server.received) == 2


def test_pages_that_never_end_end_the_check(asked: Asked) -> None:
    endless = page(
        row(SubscriberPackageId="0335g0000000042AAA", SubscriberPackage=None),
        done=False,
        nextRecordsUrl="/services/data/v62.0/tooling/query/01g-2000",
    )

    failure = failure_in(asked(*[endless] * 100))

    assert failure.code is FailureCode.MALFORMED_ANSWER
    assert len(asked.server.received) < 30


@pytest.mark.parametrize(
    "changes",
    [
        {"MajorVersion": "3"},
        {"MajorVersion": None},
        {"MinorVersion": 27.0},
        {"MinorVersion": True},
        {"PatchVersion": -1},
        {"PatchVersion": 100_000},
        {"BuildNumber": None},
        {"BuildNumber": 10**12},
        {"IsBeta": None},
        {"IsBeta": "false"},
        {"Id": None},
        {"Id": "0331S000000ASBdQAO"},
        {"Id": "04t' OR Id != '"},
    ],
    ids=str,
)
def test_a_version_of_another_shape_is_not_believed(
    asked: Asked, changes: dict[str, object]
) -> None:
    failure = failure_in(asked(page(row(SubscriberPackageVersion=version(**changes)))))

    assert failure.code is FailureCode.MALFORMED_ANSWER


def test_a_version_that_is_not_an_object_is_not_believed(asked: Asked) -> None:
    failure = failure_in(asked(page(row(SubscriberPackageVersion="3.27"))))

    assert failure.code is FailureCode.MALFORMED_ANSWER


def test_a_version_is_asked_for_by_id_where_the_joined_answer_lacks_it(asked: Asked) -> None:
    result = asked(page(row(SubscriberPackageVersion=None)), page(version(MinorVersion=30)))

    package = snapshot_in(result).package
    assert package is not None
    assert package.version == PackageVersion(3, 30, 0, 1)
    assert f"WHERE+Id+%3D+%27{VERSION_ID}%27" in asked.server.received[2].line


@pytest.mark.parametrize(
    "version_id", [None, "", 7, "033370000004aaUAAQ", "04t1S000000ASBd' OR Id != '"]
)
def test_an_installed_package_without_a_version_id_is_a_failure(
    asked: Asked, version_id: object
) -> None:
    odd = row(SubscriberPackageVersion=None, SubscriberPackageVersionId=version_id)

    failure = failure_in(asked(page(odd)))

    assert failure.code is FailureCode.VERSION_NOT_READABLE
    assert len(asked.server.received) == 2


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (page(), FailureCode.VERSION_NOT_READABLE),
        (answer([{"errorCode": "UNKNOWN_EXCEPTION"}], 400), FailureCode.VERSION_NOT_READABLE),
        (answer([{"errorCode": "UNKNOWN_EXCEPTION"}], 500), FailureCode.VERSION_NOT_READABLE),
        (answer([{"errorCode": "INVALID_TYPE"}], 400), FailureCode.VERSION_NOT_READABLE),
        (answer([{"errorCode": "MALFORMED_QUERY"}], 400), FailureCode.VERSION_NOT_READABLE),
        (answer([{"errorCode": "API_DISABLED_FOR_ORG"}], 403), FailureCode.API_DISABLED),
        (http(503), FailureCode.SERVICE_UNAVAILABLE),
        (Reply(resets=True), FailureCode.CONNECTION_FAILED),
    ],
)
def test_a_version_that_cannot_be_asked_for_is_a_failure(
    asked: Asked, reply: Reply, code: FailureCode
) -> None:
    failure = failure_in(asked(page(row(SubscriberPackageVersion=None)), reply))

    assert failure.code is code
    assert failure.http_calls == 3


def test_names_are_stored_without_characters_that_deceive(asked: Asked) -> None:
    deceiving = {"NamespacePrefix": "zoom_app", "Name": "Zo\u202eom\n\x1b[31m\ud800" + "x" * 500}

    package = snapshot_in(asked(page(row(SubscriberPackage=deceiving)))).package

    assert package is not None
    assert package.name.startswith("Zoom [31mxxx")
    assert len(package.name) == 255


def test_a_snapshot_without_an_inventory_still_has_the_version(asked: Asked) -> None:
    snapshot = snapshot_in(asked(page(row())))

    assert snapshot.package is not None
    assert set(snapshot.unknown) == set(Section)
