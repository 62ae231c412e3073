"""The longest migration that the parameters allow, held against the limits of an execution."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from scripts.statemachines import DIRECTORY, load
from tests.builders import a_migration
from tests.functions.resources import template
from zoom_migrator.cleanup_settings import CleanupPlanSettings
from zoom_migrator.domain.authorization_settings import LONGEST_WAIT, AuthorizationSettings
from zoom_migrator.domain.cleanup_settings import CleanupSettings
from zoom_migrator.domain.migration import MigrationStep
from zoom_migrator.domain.upgrade_settings import UpgradeSettings
from zoom_migrator.domain.waiting import Patience
from zoom_migrator.migration_settings import UpgradePlanSettings
from zoom_migrator.oauth_settings import AuthorizationPlanSettings
from zoom_migrator.use_cases.cleanup_verdict import verdict_beyond_authorization

# Source: Step Functions quotas.
MAX_EVENTS: Final = 25_000
MAX_EXECUTION: Final = timedelta(days=365)
# A task is entered, scheduled, started, has succeeded and is left; one that waits for its token is
# submitted besides. Choices and waits are entered and left.
TASK_EVENTS: Final = 5
LOOK_EVENTS: Final = TASK_EVENTS + 2 + 2
# One that failed is scheduled and started once more.
RETRY_EVENTS: Final = 3
ASK_EVENTS: Final = (TASK_EVENTS + 1) + TASK_EVENTS + 2
BEGIN: Final = datetime(2026, 11, 24, tzinfo=UTC)


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
def cleanup() -> CleanupSettings:
    """The same for what comes after an authorization."""
    parameters = template()["Parameters"]
    return CleanupPlanSettings.from_environ(
        {
            "JWT_DEADLINE": "2023-09-08",
            "SOAK_MINUTES": str(parameters["SoakMinutes"]["MaxValue"]),
            "APPROVAL_LIFETIME_HOURS": str(parameters["ApprovalLifetimeHours"]["MaxValue"]),
            "REMINDER_INTERVAL_HOURS": str(parameters["ReminderIntervalHours"]["MinValue"]),
        }
    ).cleanup_settings()


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
    settings: UpgradeSettings, authorization: AuthorizationSettings, cleanup: CleanupSettings
) -> None:
    consented = (
        settings.approval_lifetime
        # Once more, before the install.
        + settings.preparing.deadline
        + settings.installing.deadline
        + settings.confirming.deadline
    )
    longest = (
        settings.preparing.deadline
        # Nobody who is to upgrade by hand is asked for consent.
        + max(consented, settings.by_hand.deadline)
        + authorization.request_lifetime
        + cleanup.verifying.deadline
        + cleanup.soak
        + max(cleanup.verifying.deadline, cleanup.connecting.deadline)
        + cleanup.approval_lifetime
        + cleanup.removing.deadline
        # The proof after the removal.
        + cleanup.verifying.deadline
    )
    machine = load(DIRECTORY / "migrate_org.asl.json")
    lives = timedelta(seconds=machine["TimeoutSeconds"])

    assert longest < timedelta(days=330) < lives < MAX_EXECUTION
    assert "less than 330 days" in machine["Comment"]


def test_the_history_of_the_longest_migration_has_room_to_spare(
    settings: UpgradeSettings, authorization: AuthorizationSettings, cleanup: CleanupSettings
) -> None:
    events = upgrade_events(settings) + authorization_events(authorization)
    events += cleanup_events(cleanup, removal=looks(cleanup.removing) * LOOK_EVENTS)

    # Retries and a service that is out of reach for hours take some, too.
    assert events < MAX_EVENTS * 0.75


def test_there_is_room_for_a_removal_whose_every_try_breaks_off(
    settings: UpgradeSettings, authorization: AuthorizationSettings, cleanup: CleanupSettings
) -> None:
    """Each try fails, is retried, finds the keys in the hands of the one before, and waits."""
    tries = cleanup.removing.deadline // cleanup.lease + 1
    events = upgrade_events(settings) + authorization_events(authorization)
    events += cleanup_events(cleanup, removal=tries * (LOOK_EVENTS + RETRY_EVENTS))

    assert events < MAX_EVENTS


def upgrade_events(settings: UpgradeSettings) -> int:
    """What the longest upgrade writes down."""
    questions = settings.approval_lifetime // settings.reminder_every + 1
    consented = (
        questions * ASK_EVENTS
        + looks(settings.preparing) * LOOK_EVENTS
        + looks(settings.installing) * LOOK_EVENTS
        + looks(settings.confirming) * LOOK_EVENTS
    )
    by_hand = looks(settings.by_hand) * LOOK_EVENTS
    return looks(settings.preparing) * LOOK_EVENTS + max(consented, by_hand)


def authorization_events(settings: AuthorizationSettings) -> int:
    """What the longest authorization writes down."""
    between_looks = min(settings.reminder_every, LONGEST_WAIT)
    return (settings.request_lifetime // between_looks + 1) * ASK_EVENTS


def cleanup_events(settings: CleanupSettings, *, removal: int) -> int:
    """What the longest proof and cleanup write down, with so much about the removal."""
    proofs = max(looks(settings.verifying), looks(settings.connecting)) + looks(settings.verifying)
    questions = settings.approval_lifetime // settings.reminder_every + 1
    return (
        (proofs + looks_while_soaking(settings) + looks(settings.verifying)) * LOOK_EVENTS
        + questions * ASK_EVENTS
        + removal
    )


def looks_while_soaking(settings: CleanupSettings) -> int:
    """How often a machine that soaks looks whether there is still a grant."""
    now, count = BEGIN, 0
    soaking = replace(a_migration(step=MigrationStep.SOAKING), soak_until=BEGIN + settings.soak)
    while now < BEGIN + settings.soak:
        verdict = verdict_beyond_authorization(soaking, now, settings.reminder_every)
        now += timedelta(seconds=verdict.wait_seconds)
        count += 1
    return count


def test_it_is_looked_at_least_as_often_as_an_authorization_can_run_out() -> None:
    shortest = template()["Parameters"]["AuthorizationLifetimeHours"]["MinValue"]

    assert timedelta(hours=shortest) >= LONGEST_WAIT
