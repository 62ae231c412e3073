"""What an org says about a version and its installs, and how an install goes, as a client sees it.

The simulator's orgs answer as Salesforce is known to; odd answers are scripted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.salesforce import (
    Fault,
    FaultKind,
    InstallBehaviour,
    InstallFailure,
    Phase,
    RunningOrg,
    SimulatedUser,
)
from tests.adapters.salesforce.lab import USERNAME, Lab
from tests.adapters.salesforce.scripted import Reply, ScriptedServer, http
from tests.adapters.salesforce.test_packages import page
from tests.adapters.salesforce.upgrade_lab import (
    LOGIN,
    TARGET,
    orders_in,
    refusal,
    registered,
    request_row,
    target_row,
    upgrades_in,
    upgrades_to,
)
from tests.builders import NOW, PACKAGE_ID, REQUEST_ID, TARGET_ID
from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.adapters.salesforce import AppCredentials, SalesforceSettings
from zoom_migrator.adapters.salesforce.upgrades import SalesforceUpgradeGateway
from zoom_migrator.domain.check import CheckFailure
from zoom_migrator.domain.errors import InvalidSettings, StoreUnavailable
from zoom_migrator.domain.failure import FailureCode
from zoom_migrator.domain.upgrade import (
    InstallAccepted,
    InstallRefused,
    InstallRequest,
    InstallStatus,
    SecurityType,
    TargetVersion,
    UpgradeFacts,
)
from zoom_migrator.domain.version import PackageVersion

KEY = "open-sesame"
PROTECTED = TARGET.model_copy(update={"installation_key": KEY})
ALL_USERS = SecurityType.ALL_USERS


@pytest.fixture
def upgrades(lab: Lab) -> SalesforceUpgradeGateway:
    lab.simulator.publish(TARGET)
    return upgrades_in(lab)


@pytest.fixture
def with_key(lab: Lab) -> SalesforceUpgradeGateway:
    return upgrades_in(lab, replace(lab.credentials, installation_key=KEY))


def accepted_in(answer: object) -> str:
    assert isinstance(answer, InstallAccepted), answer
    return answer.request_id


def facts_in(answer: UpgradeFacts | CheckFailure) -> UpgradeFacts:
    assert isinstance(answer, UpgradeFacts), answer
    return answer


def code_of(answer: object) -> FailureCode:
    assert isinstance(answer, CheckFailure), answer
    return answer.code


# What an org says before


def test_an_org_describes_the_version_it_can_install(
    lab: Lab, org: RunningOrg, upgrades: SalesforceUpgradeGateway
) -> None:
    facts = upgrades.facts(lab.registration(org), TARGET_ID)

    version = PackageVersion.parse("3.28.0.1")
    target = TargetVersion(TARGET_ID, PACKAGE_ID, version, "NO_ERRORS_DETECTED")
    assert facts == UpgradeFacts(target)
    assert [request.phase for request in lab.simulator.requests] == [
        Phase.TOKEN,
        Phase.TOOLING,
        Phase.TOOLING,
    ]


def test_facts_tell_of_recent_installs(
    lab: Lab, org: RunningOrg, upgrades: SalesforceUpgradeGateway
) -> None:
    org.document.install = InstallBehaviour(polls=0)
    registration = lab.registration(org)
    first = accepted_in(upgrades.install(registration, TARGET_ID, ALL_USERS))
    upgrades.request(registration, first)
    second = accepted_in(upgrades.install(registration, TARGET_ID, ALL_USERS))

    facts = facts_in(upgrades.facts(registration, TARGET_ID))

    assert {one.request_id for one in facts.requests} == {first, second}


def test_a_verdict_of_salesforce_is_passed_on(
    lab: Lab, org: RunningOrg, upgrades: SalesforceUpgradeGateway
) -> None:
    org.set_package_version("3.30.0.1")

    facts = facts_in(upgrades.facts(lab.registration(org), TARGET_ID))

    assert facts.target is not None
    assert facts.target.validation == "CANNOT_INSTALL_EARLIER_VERSION"


def test_a_version_that_the_org_does_not_know_is_none(
    lab: Lab, org: RunningOrg, upgrades: SalesforceUpgradeGateway
) -> None:
    facts = facts_in(upgrades.facts(lab.registration(org), "04t5g0000000009AAA"))

    assert facts.target is None


def test_a_protected_version_is_not_described_without_its_key(
    lab: Lab, org: RunningOrg, upgrades: SalesforceUpgradeGateway
) -> None:
    lab.simulator.publish(PROTECTED)

    facts = facts_in(upgrades.facts(lab.registration(org), TARGET_ID))

    assert facts.target is None
    assert "Please provide installationkey" in facts.refusal


def test_a_protected_version_is_not_described_for_a_wrong_key(lab: Lab, org: RunningOrg) -> None:
    lab.simulator.publish(PROTECTED)
    upgrades = upgrades_in(lab, replace(lab.credentials, installation_key="abracadabra"))

    facts = facts_in(upgrades.facts(lab.registration(org), TARGET_ID))

    assert facts.target is None
    assert "Invalid InstallationKey" in facts.refusal


@pytest.mark.parametrize("key", [KEY, r"it's \ ' \' \\", "ключ & key=1+1 %41"])
def test_a_protected_version_is_described_and_installed_with_its_key(
    lab: Lab, org: RunningOrg, key: str
) -> None:
    lab.simulator.publish(TARGET.model_copy(update={"installation_key": key}))
    upgrades = upgrades_in(lab, replace(lab.credentials, installation_key=key))

    facts = facts_in(upgrades.facts(lab.registration(org), TARGET_ID))
    answer = upgrades.install(lab.registration(org), TARGET_ID, ALL_USERS)

    assert facts.target is not None
    assert facts.refusal == ""
    accepted_in(answer)


@pytest.mark.parametrize("path", ["FROM SubscriberPackageVersion", "FROM PackageInstallRequest"])
def test_an_object_that_is_not_there_for_the_user_is_a_missing_privilege(
    lab: Lab, org: RunningOrg, upgrades: SalesforceUpgradeGateway, path: str
) -> None:
    org.faults.add(Fault(kind=FaultKind.API_ERROR, path=path, error_code="INVALID_TYPE"))

    failure = upgrades.facts(lab.registration(org), TARGET_ID)

    assert code_of(failure) is FailureCode.PACKAGES_NOT_VISIBLE


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (FaultKind.TOTAL_REQUESTS_EXCEEDED, FailureCode.DAILY_LIMIT_EXCEEDED),
        (FaultKind.API_DISABLED, FailureCode.API_DISABLED),
        (FaultKind.SERVER_ERROR, FailureCode.SERVICE_UNAVAILABLE),
        (FaultKind.MAINTENANCE, FailureCode.SERVICE_UNAVAILABLE),
        (FaultKind.RESET_BEFORE, FailureCode.CONNECTION_FAILED),
        (FaultKind.CUT_JSON, FailureCode.MALFORMED_ANSWER),
        (FaultKind.SESSION_EXPIRED, FailureCode.SESSION_REJECTED),
    ],
)
def test_whatever_else_goes_wrong_is_a_failure_of_the_question(
    lab: Lab,
    org: RunningOrg,
    upgrades: SalesforceUpgradeGateway,
    kind: FaultKind,
    code: FailureCode,
) -> None:
    org.faults.add(Fault(kind=kind, phase=Phase.TOOLING))
    registration = lab.registration(org)

    assert code_of(upgrades.facts(registration, TARGET_ID)) is code
    assert code_of(upgrades.request(registration, REQUEST_ID)) is code


def test_a_question_is_asked_anew_once_with_a_new_login(
    lab: Lab, org: RunningOrg, upgrades: SalesforceUpgradeGateway
) -> None:
    org.faults.add(Fault(kind=FaultKind.SESSION_EXPIRED, phase=Phase.TOOLING, times=1))

    assert facts_in(upgrades.facts(lab.registration(org), TARGET_ID)).target is not None
    assert [request.phase for request in lab.simulator.requests].count(Phase.TOKEN) == 2


def test_an_app_without_credentials_is_a_failure_and_a_secret_store_that_is_away_is_an_error(
    lab: Lab, org: RunningOrg
) -> None:
    def malformed() -> AppCredentials:
        raise InvalidSettings("The Salesforce secret is not JSON.")

    def away() -> AppCredentials:
        raise StoreUnavailable("Secrets Manager is throttling.")

    address, registration = lab.simulator.base_url, lab.registration(org)
    failure = upgrades_to(address, malformed, lab.clock).install(registration, TARGET_ID, ALL_USERS)

    assert code_of(failure) is FailureCode.CREDENTIALS_MISSING
    with pytest.raises(StoreUnavailable):
        upgrades_to(address, away, lab.clock).install(registration, TARGET_ID, ALL_USERS)


# An install from its beginning to its end


@pytest.mark.parametrize(
    ("security", "word"), [(SecurityType.ALL_USERS, "Full"), (SecurityType.ADMINS_ONLY, "None")]
)
def test_an_install_is_accepted_and_runs_until_the_version_is_there(
    lab: Lab,
    org: RunningOrg,
    upgrades: SalesforceUpgradeGateway,
    security: SecurityType,
    word: str,
) -> None:
    registration = lab.registration(org)

    request_id = accepted_in(upgrades.install(registration, TARGET_ID, security))
    begun = upgrades.request(registration, request_id)
    org.installs.end(request_id)
    done = upgrades.request(registration, request_id)

    assert begun == InstallRequest(request_id, TARGET_ID, InstallStatus.IN_PROGRESS, NOW)
    assert done == replace(begun, status=InstallStatus.SUCCESS)
    package = lab.seen(org).package
    assert package is not None
    assert package.version == PackageVersion.parse("3.28.0.1")
    (row,) = org.installs.rows(request_id)
    assert {
        name: row[name] for name in ("SecurityType", "EnableRss", "NameConflictResolution")
    } == {
        "SecurityType": word,
        "EnableRss": True,
        "NameConflictResolution": "Block",
    }


@pytest.mark.parametrize(
    "failure", [each for each in InstallFailure if each is not InstallFailure.NO_REASON]
)
def test_a_failed_install_says_why(
    lab: Lab, org: RunningOrg, upgrades: SalesforceUpgradeGateway, failure: InstallFailure
) -> None:
    org.document.install = InstallBehaviour(polls=0, failure=failure)
    registration = lab.registration(org)
    request_id = accepted_in(upgrades.install(registration, TARGET_ID, ALL_USERS))

    ended = upgrades.request(registration, request_id)

    assert isinstance(ended, InstallRequest)
    assert ended.status is InstallStatus.ERROR
    assert ended.errors == tuple(failure.messages)


def test_a_failed_install_without_a_reason_has_no_errors(
    lab: Lab, org: RunningOrg, upgrades: SalesforceUpgradeGateway
) -> None:
    org.document.install = InstallBehaviour(polls=0, failure=InstallFailure.NO_REASON)
    registration = lab.registration(org)
    request_id = accepted_in(upgrades.install(registration, TARGET_ID, ALL_USERS))

    ended = upgrades.request(registration, request_id)

    assert isinstance(ended, InstallRequest)
    assert (ended.status, ended.errors) == (InstallStatus.ERROR, ())


def test_a_version_without_its_key_is_refused(
    lab: Lab, org: RunningOrg, upgrades: SalesforceUpgradeGateway
) -> None:
    lab.simulator.publish(PROTECTED)

    answer = upgrades.install(lab.registration(org), TARGET_ID, ALL_USERS)

    assert isinstance(answer, InstallRefused)
    assert answer.message.startswith("INSTALL_KEY_REQUIRED: ")


def test_a_second_install_at_the_same_time_is_refused(
    lab: Lab, org: RunningOrg, upgrades: SalesforceUpgradeGateway
) -> None:
    registration = lab.registration(org)
    accepted_in(upgrades.install(registration, TARGET_ID, ALL_USERS))

    answer = upgrades.install(registration, TARGET_ID, ALL_USERS)

    assert isinstance(answer, InstallRefused)
    assert "exclusive access" in answer.message


def test_what_a_person_installs_in_setup_is_seen(
    lab: Lab, org: RunningOrg, upgrades: SalesforceUpgradeGateway
) -> None:
    request_id = org.installs.by_hand(TARGET_ID, seconds=60)

    facts = facts_in(upgrades.facts(lab.registration(org), TARGET_ID))

    assert facts.requests == (
        InstallRequest(request_id, TARGET_ID, InstallStatus.IN_PROGRESS, NOW),
    )


def test_a_user_who_may_not_install_is_refused_and_nothing_begins(
    lab: Lab, upgrades: SalesforceUpgradeGateway
) -> None:
    org = lab.add(users=[SimulatedUser(username=USERNAME, install_packaging=False)])

    answer = upgrades.install(lab.registration(org), TARGET_ID, ALL_USERS)

    assert isinstance(answer, InstallRefused)
    assert "INSUFFICIENT_ACCESS" in answer.message
    assert org.installs.runs == []


def test_a_request_that_nobody_made_is_none(
    lab: Lab, org: RunningOrg, upgrades: SalesforceUpgradeGateway
) -> None:
    assert upgrades.request(lab.registration(org), REQUEST_ID) is None


@pytest.mark.parametrize("request_id", ["", "0Hf", "04t5g0000000001AAA", "0Hf'/../../limits000"])
def test_what_is_no_id_of_a_request_is_not_even_asked_for(
    lab: Lab, org: RunningOrg, upgrades: SalesforceUpgradeGateway, request_id: str
) -> None:
    assert upgrades.request(lab.registration(org), request_id) is None
    assert lab.simulator.requests == []


def test_an_order_whose_login_fails_is_not_sent(
    lab: Lab, org: RunningOrg, upgrades: SalesforceUpgradeGateway
) -> None:
    org.faults.add(Fault(kind=FaultKind.OAUTH_ERROR, description="ip restricted"))

    failure = upgrades.install(lab.registration(org), TARGET_ID, ALL_USERS)

    assert code_of(failure) is FailureCode.IP_RESTRICTED
    assert orders_in(lab.simulator) == 0


# Odd answers

type Asked = Callable[..., Any]


@pytest.fixture
def described(
    scripted: ScriptedServer, credentials: AppCredentials, clock: SettableClock
) -> Callable[..., UpgradeFacts | CheckFailure]:
    """Facts after the login, from scripted answers."""

    def ask(*replies: Reply) -> UpgradeFacts | CheckFailure:
        scripted.will_reply(LOGIN, *replies)
        gateway = upgrades_to(scripted.base_url, credentials, clock)
        return gateway.facts(registered(), TARGET_ID)

    return ask


@pytest.fixture
def looked_up(
    scripted: ScriptedServer, credentials: AppCredentials, clock: SettableClock
) -> Callable[..., InstallRequest]:
    """The install request that a scripted row describes."""

    def ask(**changes: Any) -> InstallRequest:
        scripted.will_reply(LOGIN, page(request_row(**changes)))
        gateway = upgrades_to(scripted.base_url, credentials, clock)
        found = gateway.request(registered(), REQUEST_ID)
        assert isinstance(found, InstallRequest), found
        return found

    return ask


def test_ids_are_given_in_18_characters(described: Asked) -> None:
    short = request_row(Id=REQUEST_ID[:15], SubscriberPackageVersionKey=TARGET_ID[:15])

    facts = facts_in(described(page(target_row(Id=TARGET_ID[:15])), page(short)))

    assert facts.target is not None
    assert facts.target.version_id == TARGET_ID
    assert [(one.request_id, one.version_id) for one in facts.requests] == [(REQUEST_ID, TARGET_ID)]


@pytest.mark.parametrize(
    "changes",
    [
        {"Id": "04t5g0000000009AAA"},
        {"Id": None},
        {"SubscriberPackageId": None},
        {"SubscriberPackageId": TARGET_ID},
        {"MajorVersion": "3"},
        {"IsBeta": None},
        {"InstallValidationStatus": 1},
        {"InstallValidationStatus": "two words"},
    ],
)
def test_a_description_that_cannot_be_relied_on_is_a_failure(
    described: Asked, changes: dict[str, Any]
) -> None:
    assert code_of(described(page(target_row() | changes))) is FailureCode.MALFORMED_ANSWER


def test_a_missing_verdict_is_an_empty_one(described: Asked) -> None:
    facts = facts_in(described(page(target_row(InstallValidationStatus=None)), page()))

    assert facts.target is not None
    assert facts.target.validation == ""


@pytest.mark.parametrize(
    "said",
    [
        refusal("INVALID_CROSS_REFERENCE_KEY", "The requested package doesn't yet exist"),
        refusal("UNKNOWN_EXCEPTION", "Invalid InstallationKey for it", 500),
        refusal("INSTALL_KEY_INVALID", "no", 403),
        refusal("SOMETHING_NEW", "about this version"),
    ],
)
def test_what_is_said_instead_of_a_description_is_passed_on(described: Asked, said: Reply) -> None:
    facts = facts_in(described(said, page(request_row())))

    assert facts.target is None
    assert facts.refusal.partition(": ")[2]
    assert len(facts.requests) == 1


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (refusal("MALFORMED_QUERY"), FailureCode.REQUEST_REJECTED),
        (refusal("INVALID_FIELD"), FailureCode.REQUEST_REJECTED),
        (refusal("INSUFFICIENT_ACCESS"), FailureCode.INSUFFICIENT_ACCESS),
        (refusal("UNKNOWN_EXCEPTION", status=500), FailureCode.SERVICE_UNAVAILABLE),
        (http(404), FailureCode.REQUEST_REJECTED),
    ],
)
def test_what_is_not_about_the_version_is_a_failure(
    described: Asked, said: Reply, code: FailureCode
) -> None:
    assert code_of(described(said)) is code


def test_requests_are_sorted_and_read_page_by_page(described: Asked) -> None:
    older = request_row(Id="0Hf5g0000000002CAA", CreatedDate="2026-06-30T22:00:00.000-0500")
    newer = request_row(CreatedDate="2026-07-01T03:30:00.000+0000")
    more = "/services/data/v62.0/tooling/query/01g5g000000001AAA-1"
    first = page(older, totalSize=2, done=False, nextRecordsUrl=more)

    facts = facts_in(described(page(target_row()), first, page(newer, totalSize=2)))

    assert [one.request_id for one in facts.requests] == [REQUEST_ID, "0Hf5g0000000002CAA"]
    assert facts.requests[1].created_at == datetime(2026, 7, 1, 3, 0, tzinfo=UTC)


def test_a_list_that_lacks_requests_is_a_failure(described: Asked) -> None:
    incomplete = page(request_row(), totalSize=3)

    assert code_of(described(page(target_row()), incomplete)) is FailureCode.MALFORMED_ANSWER


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("IN_PROGRESS", InstallStatus.IN_PROGRESS),
        ("InProgress", InstallStatus.IN_PROGRESS),
        ("in_progress", InstallStatus.IN_PROGRESS),
        ("SUCCESS", InstallStatus.SUCCESS),
        ("Success", InstallStatus.SUCCESS),
        ("ERROR", InstallStatus.ERROR),
        ("Error", InstallStatus.ERROR),
        ("UNKNOWN", InstallStatus.UNKNOWN),
        ("Canceled", InstallStatus.UNKNOWN),
        ("something new", InstallStatus.UNKNOWN),
        ("", InstallStatus.UNKNOWN),
        (None, InstallStatus.UNKNOWN),
        (7, InstallStatus.UNKNOWN),
    ],
)
def test_every_spelling_of_a_status_is_understood(
    looked_up: Callable[..., InstallRequest], said: object, status: InstallStatus
) -> None:
    assert looked_up(Status=said).status is status


@pytest.mark.parametrize(
    ("errors", "messages"),
    [
        (None, ()),
        ([], ()),
        ({}, ()),
        ("", ()),
        ({"errors": None}, ()),
        ({"errors": [{"message": "one"}, {"message": " two\n"}]}, ("one", "two")),
        ({"errors": [{"message": None}, {}, "three"]}, ("three",)),
        ([{"message": "bare"}], ("bare",)),
        ("only words", ("only words",)),
        ({"message": "alone"}, ("alone",)),
        ({"errors": {"message": "single"}}, ("single",)),
        ({"errors": [{"code": 7}]}, ('{"code": 7}',)),
        ({"errors": [{"message": {"text": "deep"}}]}, ('{"text": "deep"}',)),
    ],
)
def test_every_shape_of_errors_becomes_messages(
    looked_up: Callable[..., InstallRequest], errors: object, messages: tuple[str, ...]
) -> None:
    assert looked_up(Status="ERROR", Errors=errors).errors == messages


def test_messages_are_shortened_in_length_and_number(
    looked_up: Callable[..., InstallRequest],
) -> None:
    found = looked_up(Errors={"errors": [{"message": "long " * 200}] * 50})

    assert len(found.errors) == 10
    assert {len(message) for message in found.errors} == {300}


@pytest.mark.parametrize("key", [None, "", 7, "033370000004aaUAAQ", "x' OR Id != '"])
def test_a_request_for_something_unheard_of_is_a_request_all_the_same(
    looked_up: Callable[..., InstallRequest], key: object
) -> None:
    assert looked_up(SubscriberPackageVersionKey=key).version_id == ""


@pytest.mark.parametrize(
    "changes",
    [{"Id": None}, {"Id": TARGET_ID}, {"CreatedDate": None}, {"CreatedDate": "yesterday"}],
)
def test_a_request_without_id_or_date_is_a_failure(
    scripted: ScriptedServer,
    credentials: AppCredentials,
    clock: SettableClock,
    changes: dict[str, Any],
) -> None:
    scripted.will_reply(LOGIN, page(target_row()), page(request_row(**changes)))
    gateway = upgrades_to(scripted.base_url, credentials, clock)

    assert code_of(gateway.facts(registered(), TARGET_ID)) is FailureCode.MALFORMED_ANSWER


# Time


def test_a_function_that_checks_asks_and_orders_lives_to_hear_the_answers() -> None:
    settings = SalesforceSettings()

    longest = settings.check_timeout_seconds + 2 * settings.upgrade_timeout_seconds

    # The functions' Timeout is 120 seconds, and they have to start and to store something.
    assert longest <= timedelta(seconds=105).total_seconds()


def test_all_requests_of_one_call_share_one_deadline(
    scripted: ScriptedServer, credentials: AppCredentials, clock: SettableClock
) -> None:
    seconds = [0.0]

    def late(_: object) -> Reply:
        seconds[0] += 26
        return page(target_row())

    scripted.will_reply(LOGIN, late, page())
    gateway = upgrades_to(scripted.base_url, credentials, clock, monotonic=lambda: seconds[0])

    failure = gateway.facts(registered(), TARGET_ID)

    assert code_of(failure) is FailureCode.TIMED_OUT
