from __future__ import annotations

from dataclasses import replace

import pytest

from local.salesforce import Fault, FaultKind
from tests.functions.deployment import Deployment
from tests.functions.events import load_event
from tests.functions.stages import ASTER, TO_BE_AUTHORIZED, set_stage
from zoom_migrator.domain.errors import InvariantViolation, StoreUnavailable
from zoom_migrator.domain.migration import Install, MigrationStep
from zoom_migrator.domain.status import OrgStatus

NAME = "start_install/first_attempt"
EVENT = load_event(NAME)
SETTLE_SECONDS = 180


def requests_sent(deployment: Deployment) -> int:
    return sum(
        request.method == "POST" and "PackageInstallRequest" in request.target
        for request in deployment.simulator.requests
    )


def install_of(deployment: Deployment) -> Install:
    install = deployment.migration(ASTER).install
    assert install is not None
    return install


def test_the_org_is_asked_to_install_and_the_request_is_remembered(
    deployment: Deployment,
) -> None:
    set_stage(deployment, NAME)
    deployment.forget_lines()

    answer = deployment.invoke("start_install", EVENT)

    assert answer == {"next": "poll", "wait_seconds": 10, "outcome": None}
    assert requests_sent(deployment) == 1
    assert install_of(deployment).request_id.startswith("0Hf")
    assert deployment.org(ASTER).status is OrgStatus.UPGRADING
    assert deployment.metrics() == [{"InstallStarted": 1}]


def test_a_repeated_invocation_sends_no_second_request(deployment: Deployment) -> None:
    set_stage(deployment, NAME)
    deployment.invoke("start_install", EVENT)

    again = deployment.invoke("start_install", EVENT, request_id="req-2")

    assert again["next"] == "poll"
    assert requests_sent(deployment) == 1


def test_an_answer_that_was_lost_is_waited_for_and_then_looked_for(
    deployment: Deployment,
) -> None:
    set_stage(deployment, NAME)
    lost = Fault(kind=FaultKind.RESET_MID, method="POST", path="PackageInstallRequest", times=1)
    deployment.simulator.org(ASTER).faults.add(lost)

    first = deployment.invoke("start_install", EVENT)
    second = deployment.invoke("start_install", EVENT, request_id="req-2")

    assert first == {"next": "install", "wait_seconds": SETTLE_SECONDS, "outcome": None}
    assert second["next"] == "poll"
    assert requests_sent(deployment) == 1


def test_nothing_is_sent_whose_intention_could_not_be_stored(deployment: Deployment) -> None:
    set_stage(deployment, NAME)
    deployment.disturbance.refuse("TransactWriteItems")

    with pytest.raises(StoreUnavailable):
        deployment.invoke("start_install", EVENT)

    assert requests_sent(deployment) == 0


def test_a_request_whose_number_could_not_be_stored_is_found_by_the_retry(
    deployment: Deployment,
) -> None:
    set_stage(deployment, NAME)
    deployment.disturbance.refuse("PutItem", mentioning="0Hf")
    with pytest.raises(StoreUnavailable):
        deployment.invoke("start_install", EVENT)
    deployment.disturbance.stop()

    answer = deployment.invoke("start_install", EVENT)

    assert answer["next"] == "poll"
    assert requests_sent(deployment) == 1


def test_nothing_is_installed_without_consent(deployment: Deployment) -> None:
    set_stage(deployment, NAME)
    consent_is_lost(deployment)

    with pytest.raises(InvariantViolation, match="nobody has consented"):
        deployment.invoke("start_install", EVENT)

    assert requests_sent(deployment) == 0


def test_an_org_that_has_the_version_by_now_is_asked_for_nothing(deployment: Deployment) -> None:
    upgrades = set_stage(deployment, NAME)
    upgrades.upgrade_by_hand(ASTER)

    answer = deployment.invoke("start_install", EVENT)

    assert answer == TO_BE_AUTHORIZED
    assert requests_sent(deployment) == 0


def consent_is_lost(deployment: Deployment) -> None:
    """Damage the stored migration, as no function does."""
    migration = deployment.migration(ASTER)
    deployment.migrations.save(replace(migration, approval=None, step=MigrationStep.INSTALLING))
