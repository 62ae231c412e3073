from __future__ import annotations

import pytest

from local.salesforce import InstallBehaviour, InstallFailure, SimulatedPackage
from tests.functions.aging import grow_older
from tests.functions.deployment import Deployment
from tests.functions.events import load_event
from tests.functions.resources import TABLE
from tests.functions.stages import ASTER, TO_BE_AUTHORIZED, set_stage
from zoom_migrator.domain.errors import StoreUnavailable
from zoom_migrator.domain.status import BlockedReason, OrgStatus

NAME = "check_install/first_attempt"
EVENT = load_event(NAME)


def behave(deployment: Deployment, behaviour: InstallBehaviour) -> None:
    """Have the org treat installs like this, from the next one on."""
    deployment.simulator.org(ASTER).document.install = behaviour


def test_an_install_that_goes_on_is_looked_at_again(deployment: Deployment) -> None:
    set_stage(deployment, NAME)

    answer = deployment.invoke("check_install", EVENT)

    assert answer == {"next": "poll", "wait_seconds": 10, "outcome": None}


def test_only_the_version_says_that_it_has_worked(deployment: Deployment) -> None:
    set_stage(deployment, NAME)
    deployment.forget_lines()

    answers = [deployment.invoke("check_install", EVENT) for _ in range(3)]

    assert [answer["next"] for answer in answers] == ["poll", "poll", "authorize"]
    assert answers[-1] == TO_BE_AUTHORIZED
    org = deployment.org(ASTER)
    assert org.status is OrgStatus.AUTHORIZATION_PENDING
    assert org.snapshot is not None
    assert org.snapshot.package is not None
    assert str(org.snapshot.package.version) == "3.28"
    assert deployment.metrics() == [{"UpgradeCompleted": 1}]


def test_whoever_brought_the_version_the_upgrade_is_done(deployment: Deployment) -> None:
    upgrades = set_stage(deployment, NAME)
    upgrades.upgrade_by_hand(ASTER, "3.30.0.1")
    deployment.simulator.org(ASTER).document.install = InstallBehaviour(polls=0)
    answer = {"next": "poll"}

    while answer["next"] == "poll":
        answer = deployment.invoke("check_install", EVENT)

    assert answer == TO_BE_AUTHORIZED


def test_the_words_of_platform_cache_are_kept_and_explained(deployment: Deployment) -> None:
    set_stage(deployment, "start_install/first_attempt")
    behave(deployment, InstallBehaviour(failure=InstallFailure.PLATFORM_CACHE, polls=0))
    deployment.invoke("start_install", load_event("start_install/first_attempt"))

    answer = deployment.invoke("check_install", EVENT)

    assert answer == {"next": "end", "wait_seconds": 0, "outcome": "blocked"}
    migration = deployment.migration(ASTER)
    assert "PlatformCache" in migration.said
    assert "Salesforce Support" in migration.remedy
    assert deployment.org(ASTER).blocked_reason is BlockedReason.CONTACT_SALESFORCE_SUPPORT


def test_an_install_is_given_up_at_its_deadline(deployment: Deployment) -> None:
    set_stage(deployment, NAME)
    grow_older(TABLE, 3 * 3600 + 1)

    answer = deployment.invoke("check_install", EVENT)

    assert answer["outcome"] == "blocked"
    assert deployment.migration(ASTER).failure_code == "install_too_slow"


def test_a_success_that_could_not_be_stored_is_stored_by_the_retry(
    deployment: Deployment,
) -> None:
    set_stage(deployment, NAME)
    for _ in range(2):
        deployment.invoke("check_install", EVENT)
    deployment.disturbance.refuse("TransactWriteItems")
    with pytest.raises(StoreUnavailable):
        deployment.invoke("check_install", EVENT)
    deployment.disturbance.stop()

    answer = deployment.invoke("check_install", EVENT)

    assert answer == TO_BE_AUTHORIZED


def test_an_upgrade_that_is_done_stays_done(deployment: Deployment) -> None:
    set_stage(deployment, NAME)
    for _ in range(3):
        deployment.invoke("check_install", EVENT)
    package = SimulatedPackage(version="3.23.0.4")
    deployment.simulator.org(ASTER).install_package(package)

    again = deployment.invoke("check_install", EVENT)

    assert again == TO_BE_AUTHORIZED
