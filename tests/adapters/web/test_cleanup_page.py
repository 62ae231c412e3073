"""What a Salesforce admin reads about the old keys, and what becomes of the answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from tests.adapters.web.desk import Desk
from tests.adapters.web.keys_desk import KeysDesk, page_over
from tests.builders import ADA, after, org_id_of
from tests.cleanups import (
    AHEAD,
    PAST,
    CleanupWorld,
    a_cleanup_answer,
    some_values,
)
from tests.keys_asked import a_cleanup_request, a_migration_asking, an_org_asked
from tests.questions import TASK_TOKEN
from zoom_migrator.adapters.memory.migrations import InMemoryMigrationRepository
from zoom_migrator.adapters.memory.orgs import InMemoryOrgRepository
from zoom_migrator.domain.approval import AnswerChannel
from zoom_migrator.domain.cleanup import CleanupAnswer, CleanupStatus, KeyRemoval
from zoom_migrator.domain.cleanup_words import CONFIRMATION
from zoom_migrator.domain.errors import ConcurrentModification
from zoom_migrator.domain.legacy_keys import RowRefusal, RowRefused
from zoom_migrator.domain.migration import Ending, Migration, MigrationOutcome, MigrationStep
from zoom_migrator.domain.status import KeysKeptReason, OrgStatus
from zoom_migrator.domain.verification import PackageConnection
from zoom_migrator.use_cases.answer_cleanup import CleanupOffer, answer_cleanup


@pytest.fixture
def keys_desk() -> KeysDesk:
    return KeysDesk.asking()


@pytest.fixture
def world() -> CleanupWorld:
    """A world in which somebody is asked about the old keys of its first org."""
    world = CleanupWorld()
    world.asking()
    return world


@pytest.fixture
def proven() -> KeysDesk:
    """A desk at which the package itself was seen to be connected."""
    request = a_cleanup_request(needs_confirmation=False)
    return KeysDesk.asking(a_migration_asking(request=request))


def answer_elsewhere(desk: KeysDesk, *, approved: bool) -> None:
    """Have an operator record the answer meanwhile."""
    asked = desk.asked
    answer = replace(
        a_cleanup_answer(approved=approved), channel=AnswerChannel.COMMAND_LINE, recorded_by=ADA
    )
    answer_cleanup(
        CleanupOffer(asked.org, asked.migration, asked.question),
        answer,
        migrations=asked.migrations,
        vault=asked.vault,
        callback=asked.callback,
    )


def end(desk: KeysDesk, outcome: MigrationOutcome, kept: KeysKeptReason | None = None) -> None:
    """End the migration that asks."""
    asked = desk.asked
    ended = asked.migration.ended(Ending(outcome, kept=kept), asked.clock.now())
    asked.migrations.save(ended)


# What is asked


def test_the_page_says_what_removing_and_keeping_mean() -> None:
    migration = a_migration_asking(request=a_cleanup_request(rows=2))
    page = KeysDesk.asking(migration).open()

    assert page.status == 200
    assert page.heading == "May the old Zoom keys in Acme 1 be removed?"
    for said in (
        f"Acme 1 Production · {org_id_of(1)} acme1.my.salesforce.com",
        "API Key and API Secret in 2 rows of the package",
        "Asked by ada 1 July 2026, 02:00 UTC",
        "Please answer before 15 July 2026, 02:00 UTC",
        "API Key and API Secret are emptied in 2 rows",
        "JWT authorization of the package ends by it",
        "The field history of the package's object keeps the old values readable.",
        "Deactivate the JWT app in the Zoom Marketplace as well",
        "the package falls back on them if OAuth is cancelled, until JWT ends on 21 July 2026.",
        "s•••@acme.example",
    ):
        assert said in page.text


@pytest.mark.parametrize(
    ("fleet", "own", "until"),
    [
        (AHEAD, None, "22 July 2026"),
        (date(2026, 12, 31), None, "31 July 2026"),
        (PAST, None, "2 July 2026"),
        (PAST, date(2026, 7, 9), "10 July 2026"),
    ],
    ids=["to the end of the deadline", "at most 30 days", "at least a day", "the org's own day"],
)
def test_the_page_says_how_long_the_keys_can_be_put_back(
    fleet: date, own: date | None, until: str
) -> None:
    desk = KeysDesk.asking(org=an_org_asked(deadline=own), jwt_deadline=fleet)

    assert f"An encrypted copy is kept until {until}" in desk.open().text


def test_where_jwt_has_ended_the_page_says_that_the_keys_are_of_no_use() -> None:
    page = KeysDesk.asking(jwt_deadline=PAST).open()

    assert "JWT ended on 8 September 2023, so they are of no use" in page.text


def test_the_page_says_what_was_proven_and_when(keys_desk: KeysDesk) -> None:
    page = keys_desk.open()

    proofs = [each.text for each in page.all("li") if "Zoom answered a call" in each.text]
    assert [proof.partition(" UTC: ")[0] for proof in proofs] == [
        "30 June 2026 02:00",
        "1 July 2026 02:00",
    ]


def test_nobody_can_read_there_which_address_has_to_be_typed(keys_desk: KeysDesk) -> None:
    html = keys_desk.open().html

    assert "z•••@acme.example" in html
    assert "zoom.admin@" not in html
    assert "salesforce.admin@" not in html


@pytest.mark.parametrize(
    ("package", "said"),
    [
        (PackageConnection.NOT_PROBED, "was not looked at"),
        (PackageConnection.UNREADABLE, "could not be read"),
    ],
)
def test_what_only_a_person_can_see_is_said_and_asked_for(
    package: PackageConnection, said: str
) -> None:
    migration = a_migration_asking()
    *before, last = migration.verifications
    seen = replace(last, package=package)
    page = KeysDesk.asking(replace(migration, verifications=(*before, seen))).open()

    assert "What is not proven" in page.text
    assert said in page.text
    (box,) = (each for each in page.all("input") if each.attributes["type"] == "checkbox")
    assert "checked" not in box.attributes
    assert CONFIRMATION in [each.text for each in page.all("label")]


def test_where_a_probe_has_seen_the_connection_nobody_has_to_look(proven: KeysDesk) -> None:
    page = proven.open()

    assert "The package in this org shows that it is connected by itself." in page.text
    assert "What is not proven" not in page.text
    assert not [each for each in page.all("input") if each.attributes["type"] == "checkbox"]


@pytest.mark.parametrize(
    ("trigger", "requested_by", "asker"),
    [
        ("scan", "scan:scan-20260701T020000Z-0001", "the regular version check"),
        ("reauthorization", "zoom:app_deauthorized", "the regular check of the connection"),
        ("operator", "arn:aws:sts::123456789012:assumed-role/Ops/grace@acme", "grace@acme"),
        ("operator", "", "the team in charge"),
    ],
)
def test_whoever_asked_is_named_without_account_and_role(
    trigger: str, requested_by: str, asker: str
) -> None:
    page = KeysDesk.asking(a_migration_asking(trigger=trigger, requested_by=requested_by)).open()

    assert f"Asked by {asker} 1 July" in page.text
    assert "123456789012" not in page.html


def test_the_enter_key_presses_a_button_that_decides_nothing(keys_desk: KeysDesk) -> None:
    """A form's default button is its first one (HTML standard, "implicit submission")."""
    first, *others = keys_desk.open().all("button")

    assert first.attributes == {"type": "submit", "hidden": ""}
    assert [each.text for each in others] == ["Remove the old keys", "Keep the old keys"]


# The answer


def test_an_approval_is_recorded_with_everything_that_audit_asks_for(keys_desk: KeysDesk) -> None:
    fields = keys_desk.fields()
    keys_desk.asked.clock.advance(timedelta(minutes=5))

    page = keys_desk.submit(fields)

    assert (page.status, page.headers["location"], page.html) == (303, keys_desk.link, "")
    assert keys_desk.asked.question.status is CleanupStatus.APPROVED
    assert keys_desk.asked.question.answer == CleanupAnswer(
        approved=True,
        at=after(minutes=5),
        name="Grace Hopper",
        email="salesforce.admin@acme.example",
        channel=AnswerChannel.PAGE,
        source="203.0.113.7 Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        connection_seen=True,
    )
    assert keys_desk.asked.callback.completed == [TASK_TOKEN]
    (entry,) = keys_desk.asked.answers_on_record()
    assert entry.actor == "person:salesforce.admin@acme.example"
    assert "has seen the connection in Zoom Config" in entry.detail


def test_keeping_needs_no_look_at_the_package(keys_desk: KeysDesk) -> None:
    fields = keys_desk.fields(decision="decline")
    del fields["connection"]

    page = keys_desk.submit(fields)

    assert page.status == 303
    assert keys_desk.asked.question.status is CleanupStatus.DECLINED
    assert keys_desk.asked.callback.completed == [TASK_TOKEN]


@pytest.mark.parametrize("connection", ["", "seen"])
def test_where_nobody_was_asked_to_look_nobody_is_recorded_to_have_looked(
    proven: KeysDesk, connection: str
) -> None:
    assert proven.submit(proven.fields(connection=connection)).status == 303

    answer = proven.asked.question.answer
    assert answer is not None
    assert answer.connection_seen is False


def test_nothing_is_removed_by_an_answer(world: CleanupWorld) -> None:
    desk = KeysDesk.within(world)

    desk.submit()

    assert world.keys.held(world.org_id) == (some_values(),)


CONNECTION = (
    "To remove the keys, look at Zoom Config and tick the box that says it shows the connection."
)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"connection": ""}, CONNECTION),
        ({"connection": "on"}, CONNECTION),
        ({"name": ""}, "Enter your name."),
        ({"name": "N" * 101}, "Enter a name of at most 100 characters."),
        ({"name": "Grace\u202eHopper"}, "Enter your name without control characters."),
        ({"email": ""}, "Enter your e-mail address."),
        ({"email": "grace"}, "Enter a full e-mail address, such as name@company.com."),
        (
            {"email": "zoom.admin@acme.example"},
            "This is not the address that is registered for this org. Enter the registered one, "
            "or ask whoever sent you the link to register yours.",
        ),
        ({"decision": ""}, "Press Remove or Keep."),
        ({"decision": "maybe"}, "Press Remove or Keep."),
    ],
)
def test_a_form_with_a_problem_is_shown_again_and_not_recorded(
    keys_desk: KeysDesk, change: dict[str, str], problem: str
) -> None:
    page = keys_desk.submit(keys_desk.fields(**change))

    assert (page.status, page.problems) == (422, [problem])
    assert keys_desk.asked.is_pending
    assert keys_desk.asked.callback.completed == []


def test_a_missing_confirmation_is_said_beside_its_box_and_what_was_typed_is_kept(
    keys_desk: KeysDesk,
) -> None:
    page = keys_desk.submit(keys_desk.fields(connection="", email="Salesforce.Admin@ACME.example"))

    inputs = {each.attributes.get("id"): each.attributes for each in page.all("input")}
    assert inputs["name"]["value"] == "Grace Hopper"
    assert inputs["email"]["value"] == "Salesforce.Admin@ACME.example"
    assert inputs["connection"]["aria-invalid"] == "true"
    assert inputs["connection"]["aria-describedby"] == "connection-hint connection-error"
    (link,) = (each for each in page.all("a") if each.text == CONNECTION)
    assert link.attributes["href"] == "#connection"


def test_a_box_that_was_ticked_stays_ticked_while_the_rest_is_mended(keys_desk: KeysDesk) -> None:
    page = keys_desk.submit(keys_desk.fields(name=""))

    (box,) = (each for each in page.all("input") if each.attributes["type"] == "checkbox")
    assert "checked" in box.attributes
    assert keys_desk.submit(keys_desk.fields(token=page.token)).status == 303


def test_every_problem_is_named_at_once_in_the_order_of_the_form(keys_desk: KeysDesk) -> None:
    page = keys_desk.submit({"token": keys_desk.open().token, "decision": "approve"})

    assert page.problems == [CONNECTION, "Enter your name.", "Enter your e-mail address."]


# After the answer


def test_after_an_approval_the_page_says_what_was_agreed(keys_desk: KeysDesk) -> None:
    keys_desk.submit()

    page = keys_desk.open()

    assert (page.status, page.heading) == (200, "✓ The removal is approved")
    for said in (
        "The old keys are about to be removed.",
        f"Confirmed {CONFIRMATION}",
        "Answered by Grace Hopper s•••@acme.example",
        "Answered on 1 July 2026, 02:00 UTC",
        "Deactivate the JWT app",
    ):
        assert said in page.text
    assert "Can be put back" not in page.text
    assert page.all("form") == []


def test_a_removal_is_followed_to_its_end(world: CleanupWorld) -> None:
    desk = KeysDesk.within(world)
    desk.submit()
    world.follow_up_cleanup()
    assert "about to be removed" in desk.open().text

    world.remove()

    page = desk.open()
    assert "The old keys are removed." in page.text
    assert "Can be put back until 22 July 2026, 00:00 UTC" in page.text


def test_a_removal_that_meets_a_locked_row_is_under_way(world: CleanupWorld) -> None:
    desk = KeysDesk.within(world)
    desk.submit()
    world.follow_up_cleanup()
    world.keys.next_changes(world.org_id, RowRefused(RowRefusal.LOCKED, "locked"))
    world.remove()

    assert "The old keys are being removed." in desk.open().text


def test_a_removal_that_the_org_refuses_says_so(world: CleanupWorld) -> None:
    desk = KeysDesk.within(world)
    desk.submit()
    world.follow_up_cleanup()
    world.keys.next_changes(world.org_id, RowRefused(RowRefusal.CUSTOMER_LOGIC, "no"))
    world.remove()

    page = desk.open()
    assert "The org did not let the old keys be removed" in page.text
    assert "Deactivate the JWT app" not in page.text


def test_keys_that_were_put_back_are_there_again(world: CleanupWorld) -> None:
    desk = KeysDesk.within(world)
    desk.submit()
    world.follow_up_cleanup()
    world.remove()
    world.restore()

    assert "there are keys in the org again" in desk.open().text


def test_an_approval_counts_no_more_where_the_authorization_is_lost(world: CleanupWorld) -> None:
    desk = KeysDesk.within(world)
    desk.submit()
    lose(world)

    page = desk.open()
    assert (page.status, page.heading) == (200, "The removal was approved")
    assert "this approval counts no more" in page.text


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (MigrationOutcome.MIGRATED, "The old keys are removed."),
        (MigrationOutcome.CLEANUP_BLOCKED, "did not let the old keys be removed"),
        (MigrationOutcome.STOPPED, "ended before it was certain"),
        (MigrationOutcome.BROKE, "ended before it was certain"),
        (MigrationOutcome.UNVERIFIED, "ended before it was certain"),
        (MigrationOutcome.AUTHORIZATION_EXPIRED, "this approval counts no more"),
    ],
)
def test_the_end_of_an_approved_removal_is_told(
    keys_desk: KeysDesk, outcome: MigrationOutcome, said: str
) -> None:
    keys_desk.submit()
    end(keys_desk, outcome)

    page = keys_desk.open()
    assert (page.status, said in page.text) == (200, True)


def test_keys_that_are_gone_are_gone_whatever_became_of_the_migration(keys_desk: KeysDesk) -> None:
    keys_desk.submit()
    asked = keys_desk.asked
    removal = KeyRemoval(after(minutes=1), removed_at=after(minutes=2))
    asked.migrations.save(replace(asked.migration, removal=removal))
    end(keys_desk, MigrationOutcome.BROKE)

    assert "The old keys are removed." in keys_desk.open().text


def test_after_a_refusal_the_page_says_that_the_keys_are_kept(keys_desk: KeysDesk) -> None:
    keys_desk.submit(keys_desk.fields(decision="decline"))

    page = keys_desk.open()

    assert (page.status, page.heading) == (200, "The old keys are kept")
    assert "Answered by Grace Hopper" in page.text
    assert "falls back on them if OAuth is cancelled" in page.text


@pytest.mark.parametrize(
    ("approved", "heading"),
    [(True, "✓ The removal is approved"), (False, "The old keys are kept")],
)
@pytest.mark.parametrize("decision", ["approve", "decline"])
def test_a_second_answer_is_told_what_the_first_was_and_that_it_does_not_count(
    keys_desk: KeysDesk, decision: str, approved: bool, heading: str
) -> None:
    fields = keys_desk.fields(decision=decision, name="Somebody Else")
    answer_elsewhere(keys_desk, approved=approved)

    page = keys_desk.submit(fields)

    assert (page.status, page.heading) == (409, heading)
    assert "What you sent just now has not been recorded." in page.text
    assert "Answered by Grace Hopper g•••@acme.example" in page.text
    assert len(keys_desk.asked.answers_on_record()) == 1
    assert "This had been answered before" not in keys_desk.open().text


def test_what_a_policy_answered_has_no_address() -> None:
    desk = KeysDesk.asking()
    request = desk.asked.question
    by_policy = replace(
        a_cleanup_answer(), name="fleet file", email="", channel=AnswerChannel.POLICY
    )
    answered = replace(request, status=CleanupStatus.APPROVED, answer=by_policy)
    desk.asked.migrations.save(replace(desk.asked.migration, cleanup=answered))

    assert "Answered by fleet file Answered on" in desk.open().text


# Nobody waits any more


def lose(world: CleanupWorld) -> None:
    """Have the grant removed at Zoom, and notice it."""
    world.zoom.deauthorize(world.grant_of().subject.user_id)
    world.lose()


def test_an_org_that_has_lost_its_authorization_waits_for_no_answer(world: CleanupWorld) -> None:
    desk = KeysDesk.within(world)
    fields = desk.fields()
    lose(world)

    for page in (desk.open(), desk.submit(fields)):
        assert (page.status, page.heading) == (410, "This question has to wait")
        assert "The org has lost its authorization at Zoom." in page.text
    assert desk.asked.answers_on_record() == []


@pytest.mark.parametrize("status", [OrgStatus.FALLBACK_JWT, OrgStatus.DISCONNECTED])
def test_an_org_without_authorization_takes_no_answer_even_before_its_migration_knows(
    keys_desk: KeysDesk, status: OrgStatus
) -> None:
    fields = keys_desk.fields()
    keys_desk.asked.orgs.save(replace(keys_desk.asked.org, status=status))

    page = keys_desk.submit(fields)

    assert (page.status, page.heading) == (410, "This question has to wait")
    assert keys_desk.asked.is_pending


def test_an_org_that_is_authorized_again_and_soaks_is_asked_by_another_message(
    world: CleanupWorld,
) -> None:
    desk = KeysDesk.within(world)
    lose(world)
    world.ask()
    world.authorize()
    world.verify()
    assert desk.open().heading == "This question has to wait"
    link = desk.link

    world.later(days=1)
    world.verify()

    assert desk.visit(link).status == 404
    assert desk.visit(desk.link).heading == "May the old Zoom keys in Acme 1 be removed?"


def test_a_question_whose_migration_was_stopped_is_withdrawn(world: CleanupWorld) -> None:
    desk = KeysDesk.within(world)
    fields = desk.fields()
    world.stop()

    for page in (desk.open(), desk.submit(fields)):
        assert (page.status, page.heading) == (410, "This request was withdrawn")
    assert desk.asked.answers_on_record() == []


@pytest.mark.parametrize(
    "changes",
    [{"active_attempt": None}, {"active_attempt": 2}, {"status": OrgStatus.UPGRADE_REQUIRED}],
)
def test_an_org_that_went_another_way_takes_no_answer(
    keys_desk: KeysDesk, changes: dict[str, object]
) -> None:
    fields = keys_desk.fields()
    org = replace(keys_desk.asked.org, **changes)  # type: ignore[arg-type]
    keys_desk.asked.orgs.save(org)

    page = keys_desk.submit(fields)

    assert (page.status, page.heading) == (410, "This request was withdrawn")
    assert keys_desk.asked.is_pending


@pytest.mark.parametrize("outcome", list(MigrationOutcome))
def test_a_request_that_is_over_takes_no_answer_however_it_ended(
    keys_desk: KeysDesk, outcome: MigrationOutcome
) -> None:
    fields = keys_desk.fields()
    end(keys_desk, outcome)

    for page in (keys_desk.open(), keys_desk.submit(fields)):
        assert page.status == 410
        assert "nothing was removed" in page.text
    assert keys_desk.asked.answers_on_record() == []


def test_a_request_is_out_of_date_from_its_last_moment_on(keys_desk: KeysDesk) -> None:
    fields = keys_desk.fields()
    keys_desk.asked.clock.advance(timedelta(days=14) - timedelta(seconds=1))
    assert keys_desk.open().status == 200

    keys_desk.asked.clock.advance(timedelta(seconds=1))

    for page in (keys_desk.open(), keys_desk.submit(fields)):
        assert (page.status, page.heading) == (410, "This request is out of date")
    assert "15 July 2026, 02:00 UTC" in keys_desk.open().text
    assert keys_desk.asked.is_pending


def test_a_request_that_nobody_answered_stays_out_of_date(world: CleanupWorld) -> None:
    desk = KeysDesk.within(world)
    world.later(days=14)
    world.follow_up_cleanup()

    assert world.migration.step is MigrationStep.ENDED
    assert (desk.open().status, desk.open().heading) == (410, "This request is out of date")


# Links and forms of others


def test_a_link_to_an_upgrade_leads_nowhere_here(keys_desk: KeysDesk) -> None:
    upgrade = Desk.asking()

    assert keys_desk.visit(upgrade.link).status == 404


def test_a_form_that_was_open_for_too_long_is_kept_and_can_be_sent_again(
    keys_desk: KeysDesk,
) -> None:
    fields = keys_desk.fields(name="Grace")
    keys_desk.asked.clock.advance(timedelta(hours=12))

    page = keys_desk.submit(fields)

    assert page.status == 403
    assert "open for too long" in page.problems[0]
    assert keys_desk.submit(fields | {"token": page.token}).status == 303


def test_what_another_site_filled_in_is_not_shown(keys_desk: KeysDesk) -> None:
    fields = keys_desk.fields(name="Planted")

    page = keys_desk.submit(fields, headers={"Sec-Fetch-Site": "cross-site"})

    assert page.status == 403
    assert "Planted" not in page.html
    (box,) = (each for each in page.all("input") if each.attributes["type"] == "checkbox")
    assert "checked" not in box.attributes
    assert keys_desk.asked.is_pending


def test_an_answer_that_meets_the_state_machine_is_tried_again(world: CleanupWorld) -> None:
    desk = KeysDesk.within(world)
    fields = desk.fields()
    # The machine's wait timed out, and it asks with a new token meanwhile.
    second = world.ask_cleanup()

    assert desk.submit(fields).status == 303
    assert world.callback.completed[-1] == second


class Overtaken(InMemoryMigrationRepository):
    """Migrations that somebody else always changes first."""

    def save(self, migration: Migration, **others: Any) -> Migration:
        raise ConcurrentModification("Somebody else was faster.")


def test_an_answer_that_is_overtaken_again_and_again_can_be_given_later(
    keys_desk: KeysDesk,
) -> None:
    asked = keys_desk.asked
    assert isinstance(asked.orgs, InMemoryOrgRepository)
    migrations = Overtaken(asked.orgs)
    InMemoryMigrationRepository.save(migrations, replace(asked.migration, revision=0))
    overtaken = replace(asked, migrations=migrations)

    page = KeysDesk(overtaken, page_over(overtaken)).submit(keys_desk.fields())

    assert (page.status, page.heading) == (503, "Please try again in a minute")
    assert keys_desk.asked.is_pending
