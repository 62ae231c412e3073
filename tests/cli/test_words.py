"""What operators are told that a migration waits for."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.builders import NOW, a_finding, a_migration, an_approval, an_install, an_org
from tests.cli.situations import a_migration_to_authorize, a_setback, an_authorized_migration
from zoom_migrator.domain.authorization_outcome import SETBACKS, Outcome
from zoom_migrator.domain.finding import FindingCode, Severity
from zoom_migrator.domain.migration import Ending, Migration, MigrationOutcome, MigrationStep
from zoom_migrator_cli.migrate.words import comes_next, last_try, since, waits_for

LATER = NOW + timedelta(hours=1)
INSTALLING = MigrationStep.INSTALLING


@pytest.mark.parametrize(
    ("migration", "expected"),
    [
        pytest.param(a_migration(), "", id="preparing"),
        pytest.param(
            a_migration(waiting_since=LATER), "the org to answer", id="the org is not reached"
        ),
        pytest.param(
            a_migration(
                waiting_since=LATER,
                findings=(a_finding(FindingCode.OTHER_INSTALL_RUNNING, Severity.WAIT),),
            ),
            "Whether the org has Platform Cache could not be found out.",
            id="a finding that passes",
        ),
        pytest.param(
            a_migration(step=MigrationStep.AWAITING_APPROVAL),
            "the request to salesforce.admin@acme.example to be made",
            id="not asked yet",
        ),
        pytest.param(
            a_migration(step=MigrationStep.AWAITING_APPROVAL, approval=an_approval()),
            "salesforce.admin@acme.example to approve, until 2026-07-15 02:00 UTC",
            id="asked",
        ),
        pytest.param(a_migration(step=INSTALLING), "the install to begin", id="not begun"),
        pytest.param(
            a_migration(
                step=INSTALLING,
                waiting_since=LATER,
                findings=(a_finding(FindingCode.OTHER_INSTALL_RUNNING, Severity.WAIT),),
            ),
            "Whether the org has Platform Cache could not be found out.",
            id="not begun because of a finding that passes",
        ),
        pytest.param(
            a_migration(step=INSTALLING, install=an_install(intended_at=LATER, tries=1)),
            "what became of the install request",
            id="no answer",
        ),
        pytest.param(
            a_migration(step=INSTALLING, install=an_install(request_id="0Hf1", tries=1)),
            "Salesforce to finish install 0Hf1",
            id="installing",
        ),
        pytest.param(
            a_migration(step=INSTALLING, install=an_install(tries=1, last_error="row locked")),
            "another try, after: row locked",
            id="a try that failed",
        ),
        pytest.param(
            a_migration(step=INSTALLING, install=an_install(request_id="0Hf1", confirmed_at=LATER)),
            "the new version to show up in the org",
            id="installed",
        ),
        pytest.param(
            a_migration(step=MigrationStep.AWAITING_UPGRADE_BY_HAND, by_hand_until=LATER),
            "somebody to upgrade in the org, until 2026-07-01 03:00 UTC",
            id="by hand",
        ),
        pytest.param(
            a_migration(step=MigrationStep.AWAITING_AUTHORIZATION),
            "the request to zoom.admin@acme.example to be made",
            id="authorization not asked for yet",
        ),
        pytest.param(
            a_migration_to_authorize(),
            "zoom.admin@acme.example to authorize at Zoom, until 2026-07-15 02:00 UTC",
            id="authorization",
        ),
    ],
)
def test_what_it_waits_for_is_said_in_words(migration: Migration, expected: str) -> None:
    assert waits_for(migration, an_org()) == expected


@pytest.mark.parametrize("step", MigrationStep)
def test_every_step_says_since_when(step: MigrationStep) -> None:
    assert since(a_migration(step=step)) == NOW


@pytest.mark.parametrize(
    "migration",
    [
        a_migration(waiting_since=LATER),
        a_migration(step=MigrationStep.AWAITING_APPROVAL, approval=an_approval(requested_at=LATER)),
        a_migration(step=INSTALLING, install=an_install(began_at=LATER)),
        a_migration(step=MigrationStep.AWAITING_UPGRADE_BY_HAND, by_hand_since=LATER),
        a_migration_to_authorize(requested_at=LATER),
        an_authorized_migration(LATER),
        a_migration().ended(Ending(MigrationOutcome.UPGRADED), LATER),
    ],
    ids=lambda migration: migration.step,
)
def test_a_step_counts_from_its_own_beginning(migration: Migration) -> None:
    assert since(migration) == LATER


@pytest.mark.parametrize("outcome", MigrationOutcome)
def test_a_remedy_is_what_comes_next(outcome: MigrationOutcome) -> None:
    ended = a_migration().ended(Ending(outcome, remedy="Do this."), LATER)

    assert comes_next(ended) == "Do this."


@pytest.mark.parametrize("outcome", MigrationOutcome)
def test_every_end_says_what_comes_next(outcome: MigrationOutcome) -> None:
    assert comes_next(a_migration().ended(Ending(outcome), LATER))


@pytest.mark.parametrize("outcome", sorted(SETBACKS))
def test_every_try_that_came_to_nothing_is_told(outcome: Outcome) -> None:
    said = last_try(a_migration_to_authorize(setback=a_setback(outcome)))

    assert said.startswith("Last try, 2026-07-01 02:00 UTC: ")
    assert said.endswith(".")


def test_scopes_and_people_are_named_that_a_try_came_to_nothing_by() -> None:
    setback = a_setback(Outcome.SCOPES_MISSING, names=("user:read:user", "user:read:settings"))

    said = last_try(a_migration_to_authorize(setback=setback))

    assert "(user:read:user, user:read:settings)" in said
    assert "mallory@zoom.example" in said


def test_of_an_ended_migration_the_end_tells_why() -> None:
    waiting = a_migration_to_authorize(setback=a_setback())
    ended = waiting.ended(Ending(MigrationOutcome.AUTHORIZATION_BLOCKED), LATER)

    assert last_try(waiting) != ""
    assert last_try(ended) == ""
