"""What authorizations leave behind: the machine, the pages and Zoom together."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest

from local.zoom import Fault, FaultKind, Person, Phase
from tests.adapters.embedded_aws import client
from tests.functions.deployment import forget_apps
from tests.functions.zoom_app import STRANGER, ZOOM_ADMIN
from tests.statemachine.migrations import (
    MigrationMachine,
    tokens_handed_over,
    without_arguments,
)
from tests.statemachine.orgs import (
    an_org_that_consented_beforehand,
    an_org_that_has_its_version,
    installs_asked_for,
    kinds_of_notices,
)
from zoom_migrator.domain.audit import AuditAction
from zoom_migrator.domain.authorization_request import AuthorizationStatus
from zoom_migrator.domain.migration import MigrationOutcome
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.status import BlockedReason, OrgStatus

EMPTY_SECRET = '{"client_id": "", "client_secret": ""}'


@pytest.fixture
def org_id(migrations: MigrationMachine) -> str:
    return an_org_that_has_its_version(migrations)


def exchanges(machine: MigrationMachine) -> int:
    """How often a code was sent to Zoom."""
    return len(machine.deployment.zoom.requests_in(Phase.TOKEN))


def authorizes(machine: MigrationMachine, org_id: str) -> Callable[[], object]:
    return lambda: machine.authorizations.authorize(org_id, ZOOM_ADMIN)


def test_an_authorized_org_has_a_grant_and_the_record_says_whose(
    migrations: MigrationMachine, org_id: str
) -> None:
    migrations.while_waiting(authorizes(migrations, org_id))

    run = migrations.run(org_id)

    org, request = migrations.deployment.org(org_id), migrations.authorizations.request(org_id)
    assert run.migration.outcome is MigrationOutcome.MIGRATED
    assert (org.status, org.active_attempt) == (OrgStatus.MIGRATED, None)
    assert request.authorized is not None
    assert (request.authorized.zoom_email, request.task_token) == (ZOOM_ADMIN, "")
    grant = migrations.authorizations.grant(org_id)
    assert grant is not None
    assert (grant.grant_id, grant.email) == (request.authorized.grant_id, ZOOM_ADMIN)
    trail = migrations.deployment.orgs.audit_trail(org_id, limit=20)
    (entry,) = [entry for entry in trail if entry.action is AuditAction.AUTHORIZED]
    assert entry.actor == f"person:{ZOOM_ADMIN}"
    assert kinds_of_notices(migrations, org_id) == [
        NoticeKind.AUTHORIZATION_NEEDED,
        NoticeKind.CONNECTED,
        NoticeKind.MIGRATED,
    ]
    assert exchanges(migrations) == 1


def test_the_stored_tokens_are_those_that_zoom_knows(
    migrations: MigrationMachine, org_id: str
) -> None:
    migrations.while_waiting(authorizes(migrations, org_id))

    migrations.run(org_id)

    at_zoom = migrations.deployment.zoom.grant_of(ZOOM_ADMIN, migrations.deployment.zoom_app)
    stored = migrations.authorizations.tokens(org_id)
    assert at_zoom is not None
    assert (stored.access_token, stored.refresh_token) == (
        at_zoom.access_token,
        at_zoom.refresh_token,
    )


def test_an_upgrade_goes_on_to_the_authorization_by_itself(migrations: MigrationMachine) -> None:
    org_id = an_org_that_consented_beforehand(migrations)

    run = migrations.run(org_id)

    asked = run.path.index("RequestAuthorization")
    assert run.path[asked - 2 : asked + 4] == (
        *("CheckInstall", "WhatIsNext"),
        *("RequestAuthorization", "FollowUpAuthorization", "WhatIsNext"),
        "WaitToVerify",
    )
    assert installs_asked_for(migrations) == 1
    assert kinds_of_notices(migrations, org_id)[0] is NoticeKind.UPGRADE_DONE


def test_the_wrong_person_does_not_wake_the_machine_and_the_right_one_does(
    migrations: MigrationMachine, org_id: str
) -> None:
    pages: list[str] = []

    def first_the_wrong_one() -> None:
        pages.append(migrations.authorizations.authorize(org_id, STRANGER).text)
        pages.append(migrations.authorizations.authorize(org_id, ZOOM_ADMIN).text)

    migrations.while_waiting(first_the_wrong_one)

    run = migrations.run(org_id)

    assert ["The e-mail addresses do not match" in page for page in pages] == [True, False]
    assert "Zoom is connected" in pages[1]
    assert run.path.count("RequestAuthorization") == 1
    assert run.migration.outcome is MigrationOutcome.MIGRATED
    # What the wrong one granted was given back.
    zoom, app = migrations.deployment.zoom, migrations.deployment.zoom_app
    assert zoom.grant_of(STRANGER, app) is None


def test_a_declined_request_stays_open(migrations: MigrationMachine, org_id: str) -> None:
    migrations.while_waiting(
        lambda: migrations.authorizations.decline(org_id, ZOOM_ADMIN),
        authorizes(migrations, org_id),
    )

    run = migrations.run(org_id)

    assert run.path.count("RequestAuthorization") == 1
    assert run.path.count("RequestAuthorization!") == 1
    assert run.migration.outcome is MigrationOutcome.MIGRATED
    assert exchanges(migrations) == 1


def test_silence_is_explained_and_ends(migrations: MigrationMachine, org_id: str) -> None:
    run = migrations.run(org_id)

    notices = migrations.deployment.migrations.notices(org_id, limit=20)
    reminders = [each for each in notices if each.kind is NoticeKind.AUTHORIZATION_REMINDER]
    assert len(reminders) == 4
    assert all("4,700" in each.facts["if_zoom_shows_an_error"] for each in reminders)
    assert run.migration.outcome is MigrationOutcome.AUTHORIZATION_EXPIRED
    assert migrations.authorizations.request(org_id).status is AuthorizationStatus.EXPIRED
    assert migrations.deployment.org(org_id).status is OrgStatus.AUTHORIZATION_PENDING


def test_an_org_that_only_the_wrong_person_tried_to_authorize_is_blocked_until_it_is_resumed(
    migrations: MigrationMachine, org_id: str
) -> None:
    migrations.while_waiting(lambda: migrations.authorizations.authorize(org_id, STRANGER))
    blocked = migrations.run(org_id)
    assert blocked.migration.outcome is MigrationOutcome.AUTHORIZATION_BLOCKED
    assert migrations.deployment.org(org_id).blocked_reason is BlockedReason.EMAIL_MISMATCH
    migrations.zoom_admin_consents(org_id)

    run = migrations.end_of(migrations.upgrades.resume(org_id))

    assert run.migration.outcome is MigrationOutcome.MIGRATED


def test_a_consent_counts_although_nobody_could_wake_the_machine(
    migrations: MigrationMachine, org_id: str
) -> None:
    disturbance = migrations.deployment.disturbance

    def consents_while_step_functions_is_out_of_reach() -> None:
        disturbance.refuse("SendTaskSuccess")
        page = migrations.authorizations.authorize(org_id, ZOOM_ADMIN)
        disturbance.stop()
        assert page.status == 200

    migrations.while_waiting(consents_while_step_functions_is_out_of_reach)

    run = migrations.run(org_id)

    assert "RequestAuthorization!" in run.path
    assert run.migration.outcome is MigrationOutcome.MIGRATED


def test_a_grant_whose_recording_was_cut_off_is_recorded_by_the_next_look(
    migrations: MigrationMachine, org_id: str
) -> None:
    disturbance = migrations.deployment.disturbance

    def consents_and_the_callback_dies() -> None:
        disturbance.refuse("TransactWriteItems", mentioning=f'"{NoticeKind.CONNECTED}"')
        migrations.authorizations.authorize(org_id, ZOOM_ADMIN)
        disturbance.stop()

    migrations.while_waiting(consents_and_the_callback_dies)

    run = migrations.run(org_id)

    assert migrations.deployment.log("authorization_cut_off")
    assert run.migration.outcome is MigrationOutcome.MIGRATED
    assert exchanges(migrations) == 1
    assert kinds_of_notices(migrations, org_id).count(NoticeKind.CONNECTED) == 1


def test_an_answer_of_zooms_that_was_lost_is_never_asked_for_twice(
    migrations: MigrationMachine, org_id: str
) -> None:
    lost = Fault(kind=FaultKind.RESET_AFTER, phase=Phase.TOKEN, times=1)
    migrations.deployment.zoom.faults.add(lost)
    migrations.while_waiting(authorizes(migrations, org_id), authorizes(migrations, org_id))

    run = migrations.run(org_id)

    assert exchanges(migrations) == 2
    assert len(migrations.deployment.log("zoom_refused")) == 1
    assert run.migration.outcome is MigrationOutcome.MIGRATED


def test_a_link_that_was_made_void_leads_nowhere_and_the_new_one_wakes_the_same_wait(
    migrations: MigrationMachine, org_id: str
) -> None:
    statuses: list[int] = []

    def renews_and_authorizes() -> None:
        old = migrations.authorizations.link(org_id)
        migrations.authorizations.renew(org_id)
        with Person(ZOOM_ADMIN) as person:
            statuses.append(person.open(old).status)
        migrations.authorizations.authorize(org_id, ZOOM_ADMIN)

    migrations.while_waiting(renews_and_authorizes)

    run = migrations.run(org_id)

    assert statuses == [410]
    assert run.path.count("RequestAuthorization") == 1
    assert run.migration.outcome is MigrationOutcome.MIGRATED


def test_a_migration_that_is_stopped_closes_its_link(
    migrations: MigrationMachine, org_id: str
) -> None:
    links: list[str] = []

    def stops() -> None:
        links.append(migrations.authorizations.link(org_id))
        migrations.upgrades.stop(org_id)

    migrations.while_waiting(stops)

    run = migrations.run(org_id)

    assert run.status == "ABORTED"
    assert migrations.authorizations.request(org_id).status is AuthorizationStatus.REVOKED
    with Person(ZOOM_ADMIN) as person:
        assert person.open(links[0]).status == 410


def test_without_a_zoom_app_orgs_are_upgraded_and_their_requests_wait_until_there_is_one(
    migrations: MigrationMachine,
) -> None:
    secrets, secret_id = client("secretsmanager"), migrations.deployment.created.zoom_secret_arn
    filled = secrets.get_secret_value(SecretId=secret_id)["SecretString"]
    secrets.put_secret_value(SecretId=secret_id, SecretString=EMPTY_SECRET)
    org_id = an_org_that_consented_beforehand(migrations, has_patient_zoom_admin=True)
    statuses: list[int] = []

    def opens_the_link_too_early() -> None:
        with Person(ZOOM_ADMIN) as person:
            page = person.press(person.open(migrations.authorizations.link(org_id)), "Continue")
            statuses.append(page.status)

    def opens_it_once_there_is_an_app() -> None:
        secrets.put_secret_value(SecretId=secret_id, SecretString=filled)
        forget_apps()
        migrations.authorizations.authorize(org_id, ZOOM_ADMIN)

    migrations.while_waiting(opens_the_link_too_early, opens_it_once_there_is_an_app)

    run = migrations.run(org_id)

    assert statuses == [503]
    assert installs_asked_for(migrations) == 1
    assert run.migration.outcome is MigrationOutcome.MIGRATED


def test_the_history_has_no_secret_and_its_token_only_where_it_is_handed_over(
    migrations: MigrationMachine, org_id: str
) -> None:
    seen: list[str] = []

    def authorizes_and_remembers_what_nobody_may_see() -> None:
        with Person(ZOOM_ADMIN) as person:
            seen.append(migrations.authorizations.link(org_id).rpartition("/")[2])
            at_zoom = migrations.authorizations.begin(org_id, person)
            back = person.consent(at_zoom)
            person.open(back)
            query = parse_qs(urlsplit(back).query)
            seen.extend((query["code"][0], query["state"][0]))
            values = [cookie.value or "" for cookie in person.session.cookies]
            seen.extend(value.partition(".")[0] for value in values)

    migrations.while_waiting(lambda: None, authorizes_and_remembers_what_nobody_may_see)

    run = migrations.run(org_id)

    tokens = set(tokens_handed_over(run))
    assert len(tokens) == 2
    assert all(len(secret) > 20 for secret in seen)
    rest = json.dumps([without_arguments(event) for event in run.events], default=str)
    kept = rest + migrations.deployment.everything_kept()
    zooms = migrations.deployment.zoom.secret_values()
    assert [secret for secret in (*tokens, *seen, *zooms) if secret in kept] == []
    # Of these not even a browser gets to know.
    answered = migrations.deployment.everything_left_behind()
    assert [secret for secret in (*tokens, *zooms) if secret in answered] == []
