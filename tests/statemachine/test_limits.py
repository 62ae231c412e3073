"""The longest migration that the parameters allow, held against the limits of an execution."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import pytest

from scripts.statemachines import DIRECTORY, load
from tests.functions.resources import template
from zoom_migrator.domain.authorization_settings import LONGEST_WAIT, AuthorizationSettings
from zoom_migrator.domain.upgrade_settings import UpgradeSettings
from zoom_migrator.domain.waiting import Patience
from zoom_migrator.migration_settings import UpgradePlanSettings
from zoom_migrator.oauth_settings import AuthorizationPlanSettings

# Source: Step Functions quotas.
MAX_EVENTS: Final = 25_000
MAX_EXECUTION: Final = timedelta(days=365)
# A task is entered, scheduled, started, has succeeded and is left; one that waits for its token is
# submitted besides. Choices and waits are entered and left.
TASK_EVENTS: Final = 5
LOOK_EVENTS: Final = TASK_EVENTS + 2 + 2
ASK_EVENTS: Final = (TASK_EVENTS + 1) + TASK_EVENTS + 2
BEGIN: Final = datetime(2026, 11, 24)


@pytest.fixture
def settings() -> UpgradeSettings:
    """The most patient and most talkative settings that the template lets through."""
    parameters = template()["Parameters"]
    return UpgradePlanSettings.from_environ(
        {
            "APPROVAL_LIFETIME_HOURS": str(parameters["ApprovalLifetimeHours"]["MaxValue"]),
            "REMINDER_INTERVAL_HOURS": str(parameters["ReminderIntervalHours"]["MinValue"]),
            "INSTALL_DEADLINE_MINUTES": str(parameters["InstallDeadlineMinutes"]["MaxValue"]),
            "UPGRADE_BY_HAND_DAYS": str(parameters["UpgradeByHandDays"]["MaxValue"]),
        }
    ).upgrade_settings()


@pytest.fixture
def authorization() -> AuthorizationSettings:
    """The same for authorizations."""
    parameters = template()["Parameters"]
    return AuthorizationPlanSettings.from_environ(
        {
            "PUBLIC_BASE_URL": "https://pages.example",
            "AUTHORIZATION_LIFETIME_HOURS": str(
                parameters["AuthorizationLifetimeHours"]["MaxValue"]
            ),
            "REMINDER_INTERVAL_HOURS": str(parameters["ReminderIntervalHours"]["MinValue"]),
        }
    ).authorization_settings()


def looks(patience: Patience) -> int:
    """How often is looked before patience is over."""
    now, count = BEGIN, 0
    while not patience.is_over(BEGIN, now):
        now += timedelta(seconds=patience.next_wait(BEGIN, now))
        count += 1
    return count


def test_no_wait_is_longer_than_the_machine_lives(
    settings: UpgradeSettings, authorization: AuthorizationSettings
) -> None:
    longest = (
        # Before the request, and again before the install.
        2 * settings.preparing.deadline
        + settings.approval_lifetime
        + settings.installing.deadline
        + settings.confirming.deadline
        + settings.by_hand.deadline
        + authorization.request_lifetime
    )
    lives = timedelta(seconds=load(DIRECTORY / "migrate_org.asl.json")["TimeoutSeconds"])

    assert longest < lives < MAX_EXECUTION


def test_the_history_of_the_longest_migration_has_room_to_spare(
    settings: UpgradeSettings, authorization: AuthorizationSettings
) -> None:
    between_looks = min(authorization.reminder_every, LONGEST_WAIT)
    looks_for_consent = authorization.request_lifetime // between_looks + 1
    questions = settings.approval_lifetime // settings.reminder_every + 1
    events = (
        2 * looks(settings.preparing) * LOOK_EVENTS
        + questions * ASK_EVENTS
        + looks(settings.installing) * LOOK_EVENTS
        + looks(settings.confirming) * LOOK_EVENTS
        + looks(settings.by_hand) * LOOK_EVENTS
        + looks_for_consent * ASK_EVENTS
    )

    # Retries and a service that is out of reach for hours take some, too.
    assert events < MAX_EVENTS * 0.7


def test_it_is_looked_at_least_as_often_as_an_authorization_can_run_out() -> None:
    shortest = template()["Parameters"]["AuthorizationLifetimeHours"]["MinValue"]

    assert timedelta(hours=shortest) >= LONGEST_WAIT
