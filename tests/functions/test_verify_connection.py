from __future__ import annotations

import pytest

from local.salesforce import Fault, FaultKind, PackageConnection, SimulatedPackage
from local.zoom import Fault as ZoomFault
from local.zoom import FaultKind as ZoomFaultKind
from local.zoom import Phase
from tests.functions.aging import grow_older
from tests.functions.cleanups import Cleanups
from tests.functions.deployment import Answer, Deployment
from tests.functions.events import load_event
from tests.functions.resources import TABLE
from tests.functions.stages import ASTER, ASTERS_ADMIN, set_stage
from zoom_migrator.domain.cleanup import CleanupStatus
from zoom_migrator.domain.errors import StoreUnavailable
from zoom_migrator.domain.migration import MigrationStep
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.org import CleanupPolicy
from zoom_migrator.domain.status import KeysKeptReason, OrgStatus
from zoom_migrator.domain.verification import PackageConnection as Proven

NAME = "verify_connection/first_attempt"
EVENT = load_event(NAME)
HOURS = 3600
DAYS = 24 * HOURS
# It soaks for a day, and looks every six hours whether the org still has its grant.
SOAKING = {"next": "verify", "wait_seconds": 6 * HOURS, "outcome": None}
ASKING = {"next": "ask_cleanup", "wait_seconds": 3 * DAYS, "outcome": None}


@pytest.fixture
def cleanups(deployment: Deployment) -> Cleanups:
    set_stage(deployment, NAME)
    deployment.forget_lines()
    deployment.zoom.forget_requests()
    deployment.simulator.forget_requests()
    return Cleanups(deployment)


def verify(deployment: Deployment, *, after: float = 0) -> Answer:
    if after:
        grow_older(TABLE, after)
    return deployment.invoke("verify_connection", EVENT)


def soaked(deployment: Deployment) -> Answer:
    """The second proof, after the first one and a day."""
    verify(deployment)
    deployment.forget_lines()
    return verify(deployment, after=DAYS)


def configure(deployment: Deployment, **variables: str) -> None:
    deployment.environment["verify_connection"].update(variables)


def test_the_first_proof_is_a_call_to_zoom_and_nothing_else(
    deployment: Deployment, cleanups: Cleanups
) -> None:
    answer = verify(deployment)

    assert answer == SOAKING
    assert [request.phase for request in deployment.zoom.requests] == [Phase.USERS_ME]
    assert deployment.simulator.requests == []
    migration = deployment.migration(ASTER)
    assert migration.step is MigrationStep.SOAKING
    (proof,) = migration.verifications
    assert (proof.zoom_email, proof.package) == (ASTERS_ADMIN, Proven.NOT_PROBED)


def test_what_is_proven_is_not_proven_again_while_it_soaks(
    deployment: Deployment, cleanups: Cleanups
) -> None:
    verify(deployment)

    answer = verify(deployment, after=23 * HOURS)

    assert (answer["next"], answer["wait_seconds"]) == ("verify", pytest.approx(HOURS, abs=60))
    assert len(deployment.zoom.requests) == 1


def test_it_soaks_as_long_as_the_operator_decided(
    deployment: Deployment, cleanups: Cleanups
) -> None:
    configure(deployment, SOAK_MINUTES="0")

    first, second = verify(deployment), verify(deployment)

    assert first == {"next": "verify", "wait_seconds": 0, "outcome": None}
    assert second == ASKING


def test_after_the_second_proof_somebody_is_asked(
    deployment: Deployment, cleanups: Cleanups
) -> None:
    answer = soaked(deployment)

    assert answer == ASKING
    request = cleanups.request(ASTER)
    assert (request.status, request.rows) == (CleanupStatus.PENDING, 1)
    assert request.needs_confirmation
    assert deployment.org(ASTER).status is OrgStatus.CLEANUP_APPROVAL_PENDING
    assert deployment.migrations.notices(ASTER, limit=1)[0].kind is (
        NoticeKind.CLEANUP_APPROVAL_NEEDED
    )
    assert deployment.metrics() == [{"CleanupRequested": 1}]


def test_a_proof_that_could_not_be_stored_is_made_again(
    deployment: Deployment, cleanups: Cleanups
) -> None:
    deployment.disturbance.refuse("TransactWriteItems")
    with pytest.raises(StoreUnavailable):
        verify(deployment)
    deployment.disturbance.stop()

    assert verify(deployment) == SOAKING
    assert len(deployment.migration(ASTER).verifications) == 1


def test_an_org_without_keys_is_migrated(deployment: Deployment, cleanups: Cleanups) -> None:
    deployment.simulator.org(ASTER).keys.blank_all()

    assert soaked(deployment)["outcome"] == "migrated"
    assert deployment.org(ASTER).status is OrgStatus.MIGRATED
    assert deployment.metrics() == [{"MigrationCompleted": 1}]


def test_keys_that_the_fleet_file_keeps_are_kept(
    deployment: Deployment, cleanups: Cleanups
) -> None:
    cleanups.decide(ASTER, CleanupPolicy.NEVER)

    assert soaked(deployment)["outcome"] == "migrated_keys_kept"
    assert deployment.org(ASTER).keys_kept is KeysKeptReason.POLICY
    assert cleanups.keys_in(ASTER)


def test_auto_removes_without_asking_only_what_a_probe_has_proven(
    deployment: Deployment, cleanups: Cleanups
) -> None:
    cleanups.decide(ASTER, CleanupPolicy.AUTO)

    assert soaked(deployment)["next"] == "ask_cleanup"


def test_a_probe_that_shows_the_connection_is_enough_for_auto(
    deployment: Deployment, cleanups: Cleanups
) -> None:
    cleanups.decide(ASTER, CleanupPolicy.AUTO)
    a_probe_that_shows(deployment, connected=True)

    assert soaked(deployment) == {"next": "remove_keys", "wait_seconds": 0, "outcome": None}
    assert cleanups.request(ASTER).is_approved


def test_a_package_that_is_not_connected_is_waited_for_and_nobody_is_asked(
    deployment: Deployment, cleanups: Cleanups
) -> None:
    a_probe_that_shows(deployment, connected=False)

    answer = soaked(deployment)
    later = verify(deployment, after=14 * DAYS)

    assert answer == {"next": "verify", "wait_seconds": HOURS, "outcome": None}
    assert later["outcome"] == "unverified"
    assert deployment.migration(ASTER).failure_code == "package_not_connected"


def a_probe_that_shows(deployment: Deployment, *, connected: bool) -> None:
    shows = PackageConnection(connected=connected)
    running = deployment.simulator.org(ASTER)
    running.document.connection = shows
    running.connect_package(connected=connected)
    configure(
        deployment,
        CONNECTION_PROBE_OBJECT=shows.object,
        CONNECTION_PROBE_FIELD=shows.field,
        CONNECTION_PROBE_VALUE=str(shows.connected_value),
    )


@pytest.mark.parametrize(
    ("deadline", "status", "kind"),
    [
        ("2023-09-08", OrgStatus.DISCONNECTED, NoticeKind.DISCONNECTED),
        ("2099-12-31", OrgStatus.FALLBACK_JWT, NoticeKind.FELL_BACK),
    ],
)
def test_where_the_grant_is_lost_a_new_one_is_asked_for(
    deployment: Deployment,
    cleanups: Cleanups,
    deadline: str,
    status: OrgStatus,
    kind: NoticeKind,
) -> None:
    configure(deployment, JWT_DEADLINE=deadline)
    verify(deployment)
    cleanups.lose(ASTERS_ADMIN)

    answer = verify(deployment, after=DAYS)

    assert answer == {"next": "authorize", "wait_seconds": DAYS, "outcome": None}
    assert deployment.org(ASTER).status is status
    assert deployment.migrations.notices(ASTER, limit=1)[0].kind is kind


def test_a_zoom_that_cannot_be_asked_is_waited_for_and_then_named(
    deployment: Deployment, cleanups: Cleanups
) -> None:
    deployment.zoom.faults.add(ZoomFault(kind=ZoomFaultKind.SERVER_ERROR, phase=Phase.USERS_ME))

    answer = verify(deployment)
    later = verify(deployment, after=2 * DAYS)

    assert answer == {"next": "verify", "wait_seconds": 60, "outcome": None}
    assert later["outcome"] == "unverified"
    assert deployment.org(ASTER).status is OrgStatus.AUTHORIZED


def test_an_org_that_cannot_be_asked_is_waited_for(
    deployment: Deployment, cleanups: Cleanups
) -> None:
    deployment.simulator.org(ASTER).faults.add(Fault(kind=FaultKind.MAINTENANCE))

    assert soaked(deployment) == {"next": "verify", "wait_seconds": 60, "outcome": None}


def test_a_package_that_went_back_to_an_old_version_is_told(
    deployment: Deployment, cleanups: Cleanups
) -> None:
    verify(deployment)
    deployment.simulator.org(ASTER).install_package(SimulatedPackage(version="3.23.0.4"))

    answer = verify(deployment, after=DAYS)

    assert answer["outcome"] == "version_went_down"
    assert deployment.org(ASTER).status is OrgStatus.UPGRADE_REQUIRED


def test_no_token_and_no_key_is_printed_or_stored(
    deployment: Deployment, cleanups: Cleanups
) -> None:
    soaked(deployment)

    left = deployment.everything_left_behind()
    secrets = {*deployment.zoom.secret_values(), *cleanups.keys_in(ASTER)}
    assert [secret for secret in secrets if secret in left] == []
