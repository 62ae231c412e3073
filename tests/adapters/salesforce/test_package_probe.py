"""Looking whether the package is connected: over HTTP, and in memory."""

from __future__ import annotations

from typing import Any, Final

import pytest

from local.salesforce import (
    API_KEY_FIELD,
    KEYS_OBJECT,
    Fault,
    FaultKind,
    RunningOrg,
)
from local.salesforce import (
    PackageConnection as Shown,
)
from tests.adapters.salesforce.keys_lab import LOGIN, probe_at, probe_in, refusal, registered
from tests.adapters.salesforce.lab import Lab
from tests.adapters.salesforce.scripted import Reply, ScriptedServer, answer
from tests.adapters.salesforce.test_packages import page
from tests.builders import a_failure, a_registration
from zoom_migrator.adapters.memory.package_probe import InMemoryPackageProbe
from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.adapters.salesforce import AppCredentials
from zoom_migrator.cleanup_ports import PackageProbe
from zoom_migrator.domain.check import CheckFailure
from zoom_migrator.domain.errors import InvalidSettings
from zoom_migrator.domain.failure import FailureCode
from zoom_migrator.domain.verification import ConnectionProbe, PackageConnection

LOGIN_TYPE: Final = "zoom_app__Login_Type__c"
PROBE: Final = ConnectionProbe(KEYS_OBJECT, LOGIN_TYPE, "OAuth")
ANY_VALUE: Final = ConnectionProbe(KEYS_OBJECT, LOGIN_TYPE)


# Both


@pytest.fixture(params=["in_memory", "over_http"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize(
    "expected",
    [PackageConnection.PROVEN, PackageConnection.NOT_SHOWN, PackageConnection.UNREADABLE],
)
def test_a_probe_tells_what_the_org_shows(
    lab: Lab, org: RunningOrg, kind: str, expected: PackageConnection
) -> None:
    registration = lab.registration(org)
    probe: PackageProbe = probe_in(lab)
    if kind == "in_memory":
        probe = InMemoryPackageProbe()
        probe.will_answer(registration.org_id, expected)
    org.document.connection = Shown(visible=expected is not PackageConnection.UNREADABLE)
    org.connect_package(connected=expected is PackageConnection.PROVEN)

    assert probe.probe(registration, PROBE) is expected


def test_an_org_that_is_not_there_is_a_failure_not_an_exception(lab: Lab, kind: str) -> None:
    nobody = a_registration(2)
    probe: PackageProbe = probe_in(lab)
    if kind == "in_memory":
        probe = InMemoryPackageProbe()
        probe.will_answer(nobody.org_id, a_failure())

    assert isinstance(probe.probe(nobody, PROBE), CheckFailure)


# Over HTTP


@pytest.mark.parametrize(
    ("connection", "expected", "found"),
    [
        ({}, "OAuth", True),
        ({}, "", True),
        ({}, "oauth", False),
        ({"disconnected_value": "JWT"}, "JWT", False),
        ({"connected_value": True, "field": "zoom_app__Is_OAuth__c"}, "true", True),
        ({"connected_value": True, "field": "zoom_app__Is_OAuth__c"}, "", True),
        ({"object": "zoom_app__OAuth__c", "field": "zoom_app__State__c"}, "OAuth", True),
        ({"object": "zoom_app__OAuth__c", "field": "zoom_app__State__c"}, "", True),
    ],
)
def test_a_connection_shows_wherever_it_is(
    lab: Lab, org: RunningOrg, connection: dict[str, Any], expected: str, found: bool
) -> None:
    org.document.connection = Shown(**connection)
    where = org.document.connection
    org.connect_package()

    shown = probe_in(lab).probe(
        lab.registration(org), ConnectionProbe(where.object, where.field, expected)
    )

    assert (shown is PackageConnection.PROVEN) is found


@pytest.mark.parametrize(
    ("connection", "expected"),
    [
        ({}, "OAuth"),
        ({}, ""),
        ({"disconnected_value": "JWT"}, "OAuth"),
        ({"connected_value": True, "field": "zoom_app__Is_OAuth__c"}, "true"),
        ({"connected_value": True, "field": "zoom_app__Is_OAuth__c"}, ""),
        ({"object": "zoom_app__OAuth__c", "field": "zoom_app__State__c"}, ""),
    ],
)
def test_the_end_of_a_connection_shows_as_well(
    lab: Lab, org: RunningOrg, connection: dict[str, Any], expected: str
) -> None:
    org.document.connection = Shown(**connection)
    where = org.document.connection
    org.connect_package()
    org.connect_package(connected=False)

    shown = probe_in(lab).probe(
        lab.registration(org), ConnectionProbe(where.object, where.field, expected)
    )

    assert shown is PackageConnection.NOT_SHOWN


def test_what_is_only_to_be_there_is_never_selected(lab: Lab, org: RunningOrg) -> None:
    org.connect_package()

    probe_in(lab).probe(lab.registration(org), ANY_VALUE)

    (asked,) = [one for one in lab.simulator.requests if one.subrequests]
    for part in asked.subrequests:
        assert LOGIN_TYPE not in part.partition("FROM")[0]


@pytest.mark.parametrize(
    ("object_name", "field"),
    [
        (KEYS_OBJECT, "zoom_app__Nothing__c"),
        ("zoom_app__Nothing__c", "zoom_app__State__c"),
        ("zoom_app__OAuth__c", "x"),
    ],
)
@pytest.mark.parametrize("expected", ["", "yes"])
def test_what_is_not_there_cannot_be_read(
    lab: Lab, org: RunningOrg, object_name: str, field: str, expected: str
) -> None:
    shown = probe_in(lab).probe(
        lab.registration(org), ConnectionProbe(object_name, field, expected)
    )

    assert shown is PackageConnection.UNREADABLE


@pytest.mark.parametrize(
    ("object_name", "field"),
    [
        ("zoom_app__Zoom__c WHERE Name != null", LOGIN_TYPE),
        (KEYS_OBJECT, f"{LOGIN_TYPE}, {API_KEY_FIELD}"),
        (KEYS_OBJECT, "Owner.Name"),
        (KEYS_OBJECT, "x = 'y' OR Name"),
        (KEYS_OBJECT, "naïve__c"),
        (KEYS_OBJECT, ""),
        ("", LOGIN_TYPE),
        (KEYS_OBJECT, "x" * 81),
        (KEYS_OBJECT, f"{LOGIN_TYPE}\n"),
    ],
)
@pytest.mark.parametrize("expected", ["", "yes"])
def test_only_api_names_get_into_a_query(
    lab: Lab, org: RunningOrg, object_name: str, field: str, expected: str
) -> None:
    lab.simulator.forget_requests()

    with pytest.raises(InvalidSettings, match="probe"):
        probe_in(lab).probe(lab.registration(org), ConnectionProbe(object_name, field, expected))

    assert lab.simulator.requests == []


@pytest.mark.parametrize("expected", ["' OR Name != '", "x\\", "%", "ключ"])
def test_whatever_is_expected_is_compared_and_not_sent(
    lab: Lab, org: RunningOrg, expected: str
) -> None:
    org.document.connection = Shown(connected_value=expected)
    probe = ConnectionProbe(KEYS_OBJECT, LOGIN_TYPE, expected)

    before = probe_in(lab).probe(lab.registration(org), probe)
    org.connect_package()
    after = probe_in(lab).probe(lab.registration(org), probe)

    assert (before, after) == (PackageConnection.NOT_SHOWN, PackageConnection.PROVEN)


@pytest.mark.parametrize("probe", [PROBE, ANY_VALUE])
def test_an_org_that_cannot_answer_now_is_a_failure(
    lab: Lab, org: RunningOrg, probe: ConnectionProbe
) -> None:
    org.faults.add(Fault(kind=FaultKind.MAINTENANCE, path="query"))
    org.faults.add(Fault(kind=FaultKind.MAINTENANCE, path="composite"))

    shown = probe_in(lab).probe(lab.registration(org), probe)

    assert isinstance(shown, CheckFailure)
    assert shown.code is FailureCode.SERVICE_UNAVAILABLE


def part(name: str, status: int, body: object) -> dict[str, object]:
    return {"referenceId": name, "httpStatusCode": status, "httpHeaders": {}, "body": body}


def parts(*several: dict[str, object]) -> Reply:
    return answer({"compositeResponse": list(several)})


LISTED: Final = {"totalSize": 1, "done": True, "records": [{"Id": "a0Z5g0000000001EAA"}]}
NONE: Final = {"totalSize": 0, "done": True, "records": []}


def error(code: str) -> list[dict[str, str]]:
    return [{"errorCode": code, "message": "No."}]


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (parts(part("ticked", 200, LISTED), part("filled", 200, LISTED)), "proven"),
        (parts(part("ticked", 200, NONE), part("filled", 200, LISTED)), "not_shown"),
        (
            parts(part("ticked", 400, error("INVALID_FIELD")), part("filled", 200, LISTED)),
            "proven",
        ),
        (
            parts(part("ticked", 400, error("INVALID_FIELD")), part("filled", 200, NONE)),
            "not_shown",
        ),
        (
            parts(
                part("ticked", 400, error("INVALID_FIELD")),
                part("filled", 400, error("INVALID_FIELD")),
            ),
            "unreadable",
        ),
        (
            parts(
                part("ticked", 400, error("INVALID_FIELD")),
                part("filled", 400, error("INSUFFICIENT_ACCESS")),
            ),
            "unreadable",
        ),
        (
            parts(part("ticked", 503, error("SERVER_UNAVAILABLE")), part("filled", 200, LISTED)),
            FailureCode.SERVICE_UNAVAILABLE,
        ),
        (parts(part("filled", 200, LISTED)), FailureCode.MALFORMED_ANSWER),
        (parts(), FailureCode.MALFORMED_ANSWER),
        (refusal("INSUFFICIENT_ACCESS", status=403), "unreadable"),
        (refusal("X", status=403), FailureCode.INSUFFICIENT_ACCESS),
    ],
)
def test_answers_about_any_value_are_read_with_care(
    scripted: ScriptedServer,
    credentials: AppCredentials,
    clock: SettableClock,
    reply: Reply,
    expected: str,
) -> None:
    scripted.will_reply(LOGIN, reply)

    shown = probe_at(scripted.base_url, credentials, clock).probe(registered(), ANY_VALUE)

    assert (shown.code if isinstance(shown, CheckFailure) else shown) == expected


@pytest.mark.parametrize(
    ("value", "expected", "found"),
    [
        (True, "true", True),
        (False, "true", False),
        (3, "3", True),
        (3.5, "3.5", True),
        ("3", "3", True),
        (None, "null", True),
        ("", "null", False),
        ({"a": 1}, "a", False),
    ],
)
def test_values_of_every_type_are_compared_as_they_are_written(
    scripted: ScriptedServer,
    credentials: AppCredentials,
    clock: SettableClock,
    value: object,
    expected: str,
    found: bool,
) -> None:
    scripted.will_reply(LOGIN, page({"Id": "x", LOGIN_TYPE.lower(): value}))

    shown = probe_at(scripted.base_url, credentials, clock).probe(
        registered(), ConnectionProbe(KEYS_OBJECT, LOGIN_TYPE, expected)
    )

    assert (shown is PackageConnection.PROVEN) is found


def test_any_of_several_rows_shows_it(
    scripted: ScriptedServer, credentials: AppCredentials, clock: SettableClock
) -> None:
    rows = [{"Id": "x", LOGIN_TYPE: value} for value in ("JWT", "OAuth", "JWT")]
    scripted.will_reply(LOGIN, page(*rows))

    shown = probe_at(scripted.base_url, credentials, clock).probe(registered(), PROBE)

    assert shown is PackageConnection.PROVEN


def test_the_in_memory_twin_tells_where_it_was_asked_to_look() -> None:
    probe, org = InMemoryPackageProbe(), a_registration()

    shown = probe.probe(org, PROBE)

    assert shown is PackageConnection.NOT_SHOWN
    assert probe.probed == [(org.org_id, PROBE)]
