"""What a Salesforce admin reads behind a link, and what becomes of the answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.adapters.web.desk import Desk
from tests.approvals import a_waiting_migration, a_waiting_org
from tests.builders import (
    a_finding,
    a_registration,
    a_snapshot,
    after,
    an_answer,
    an_approval,
    org_id_of,
)
from tests.questions import TASK_TOKEN
from zoom_migrator.domain.approval import Answer, AnswerChannel, ApprovalStatus, Terms
from zoom_migrator.domain.finding import FindingCode, Severity
from zoom_migrator.domain.migration import Ending, Migration, MigrationOutcome, MigrationStep
from zoom_migrator.domain.org import Environment
from zoom_migrator.domain.upgrade import SecurityType
from zoom_migrator.use_cases.answer_approval import answer_request


def close(desk: Desk, outcome: MigrationOutcome) -> None:
    """End the migration that asks."""
    asked = desk.asked
    asked.migrations.save(asked.migration.ended(Ending(outcome), asked.clock.now()))


def answer_elsewhere(desk: Desk, *, accepted: bool) -> None:
    """Have an operator record the answer meanwhile."""
    asked = desk.asked
    answer_request(
        asked.request,
        an_answer(accepted=accepted, channel=AnswerChannel.COMMAND_LINE),
        migrations=asked.migrations,
        vault=asked.vault,
        callback=asked.callback,
    )


def go_on(desk: Desk, **changes: object) -> None:
    """Have the state machine change the migration."""
    migration: Migration = replace(desk.asked.migration, **changes)  # type: ignore[arg-type]
    desk.asked.migrations.save(migration)


# What is asked


def test_the_page_names_org_versions_terms_and_who_asked() -> None:
    registration = a_registration(display_name="Acme Sales", environment=Environment.SANDBOX)
    approval = replace(an_approval(), terms=Terms("2024-05", "https://zoom.example/terms"))
    desk = Desk.asking(
        a_waiting_migration(approval=approval), replace(a_waiting_org(), registration=registration)
    )

    page = desk.open()

    assert page.status == 200
    assert page.heading == "May the Zoom package in Acme Sales be upgraded?"
    for said in (
        f"Acme Sales Sandbox · {org_id_of(1)} acme1.my.salesforce.com",
        "Zoom version now 3.23",
        "New Zoom version 3.28 04t5g000000ZoomAAC",
        "Asked by ada 1 July 2026, 02:00 UTC",
        "Please answer before 15 July 2026, 02:00 UTC",
        "Everybody who uses Zoom in this sandbox org",
        "Read the terms and conditions (version 2024-05)",
        "If you decline, nothing in the org changes, and Zoom stays at version 3.23.",
        "This may limit access to the Zoom app by standard users.",
        "s•••@acme.example",
    ):
        assert said in page.text


def test_the_terms_are_one_click_away_and_learn_nothing_of_the_link() -> None:
    approval = replace(an_approval(), terms=Terms("2", "https://zoom.example/terms?a=1&b=2"))
    page = Desk.asking(a_waiting_migration(approval=approval)).open()

    (link,) = page.all("a")
    assert link.attributes["href"] == "https://zoom.example/terms?a=1&b=2"
    assert "noreferrer" in link.attributes["rel"]


@pytest.mark.parametrize("url", ["", "javascript:alert(1)", "http://zoom.example/", "//zoom.us"])
def test_where_the_terms_have_no_address_the_page_says_where_appexchange_shows_them(
    url: str,
) -> None:
    approval = replace(an_approval(), terms=Terms("2", url))
    page = Desk.asking(a_waiting_migration(approval=approval)).open()

    assert "AppExchange shows the terms and conditions (version 2)" in page.text
    assert page.all("a") == []


def test_warnings_of_the_preflight_are_shown_with_what_to_do() -> None:
    findings = (a_finding(), a_finding(severity=Severity.WAIT))
    page = Desk.asking(a_waiting_migration(findings=findings)).open()

    warnings = [each.text for each in page.all("li") if "Platform Cache" in each.text]
    assert warnings == [
        "Whether the org has Platform Cache could not be found out. "
        "Contact Salesforce Support if the upgrade fails."
    ]


def test_what_only_an_operator_can_do_is_not_shown() -> None:
    findings = (replace(a_finding(), code=FindingCode.STANDING_ACCEPTANCE_MISSING),)
    page = Desk.asking(a_waiting_migration(findings=findings)).open()

    assert "Good to know" not in page.text


def test_without_warnings_there_is_no_word_of_them(desk: Desk) -> None:
    assert "Good to know" not in desk.open().text


@pytest.mark.parametrize(
    ("trigger", "requested_by", "asker"),
    [
        ("scan", "scan:scan-20260701T020000Z-0001", "the regular version check"),
        ("operator", "arn:aws:sts::123456789012:assumed-role/Ops/grace@acme", "grace@acme"),
        ("operator", "grace", "grace"),
        ("operator", "", "the team in charge"),
    ],
)
def test_whoever_asked_is_named_without_account_and_role(
    trigger: str, requested_by: str, asker: str
) -> None:
    page = Desk.asking(a_waiting_migration(trigger=trigger, requested_by=requested_by)).open()

    assert f"Asked by {asker} 1 July" in page.text
    assert "123456789012" not in page.html


def test_a_version_that_was_never_read_is_unknown() -> None:
    approval = replace(an_approval(), version_now="")
    page = Desk.asking(a_waiting_migration(approval=approval)).open()

    assert "Zoom version now unknown" in page.text


def test_all_users_is_the_choice_unless_somebody_chooses_otherwise(desk: Desk) -> None:
    checked = [each.attributes for each in desk.open().all("input") if "checked" in each.attributes]

    assert [(each["name"], each["value"]) for each in checked] == [("security", "all_users")]


# The answer


@pytest.mark.parametrize("security", list(SecurityType))
def test_an_approval_is_recorded_with_everything_that_audit_asks_for(
    desk: Desk, security: SecurityType
) -> None:
    fields = desk.fields(security=security)
    desk.asked.clock.advance(timedelta(minutes=5))

    page = desk.submit(fields)

    assert (page.status, page.headers["location"], page.html) == (303, desk.link, "")
    assert desk.asked.approval.status is ApprovalStatus.ACCEPTED
    assert desk.asked.approval.answer == Answer(
        accepted=True,
        at=after(minutes=5),
        name="Grace Hopper",
        email="salesforce.admin@acme.example",
        channel=AnswerChannel.PAGE,
        source="203.0.113.7 Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        terms_version="1",
        security=security,
    )
    assert desk.asked.callback.completed == [TASK_TOKEN]
    assert len(desk.asked.answers_on_record()) == 1


def test_a_refusal_needs_no_terms(desk: Desk) -> None:
    fields = desk.fields(decision="decline")
    del fields["terms"]

    page = desk.submit(fields)

    assert page.status == 303
    assert desk.asked.approval.status is ApprovalStatus.DECLINED
    assert desk.asked.callback.completed == [TASK_TOKEN]


@pytest.mark.parametrize(
    ("typed", "recorded"),
    [
        ("  Grace \t Hopper ", "Grace Hopper"),
        ("Zoë O'Hara-Müller", "Zoë O'Hara-Müller"),
        ("李小龍", "李小龍"),
        ("علی‌رضا", "علی‌رضا"),
        ("Ame\u0301lie", "Am\u00e9lie"),
        ("X", "X"),
        ("N" * 100, "N" * 100),
    ],
)
def test_names_of_all_kinds_are_taken(desk: Desk, typed: str, recorded: str) -> None:
    desk.submit(desk.fields(name=typed))

    answer = desk.asked.approval.answer
    assert answer is not None
    assert answer.name == recorded


def test_the_address_is_recorded_as_it_is_registered(desk: Desk) -> None:
    desk.submit(desk.fields(email=" Salesforce.Admin@ACME.example "))

    answer = desk.asked.approval.answer
    assert answer is not None
    assert answer.email == "salesforce.admin@acme.example"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"terms": ""}, "To approve, tick the box that says you accept the terms."),
        ({"terms": "on"}, "To approve, tick the box that says you accept the terms."),
        ({"name": ""}, "Enter your name."),
        ({"name": " \n\t "}, "Enter your name."),
        ({"name": "N" * 101}, "Enter a name of at most 100 characters."),
        ({"name": "Grace\u202eHopper"}, "Enter your name without control characters."),
        ({"name": "Grace\x00"}, "Enter your name without control characters."),
        ({"email": ""}, "Enter your e-mail address."),
        ({"email": "grace"}, "Enter a full e-mail address, such as name@company.com."),
        ({"email": "a@" + "b" * 253}, "Enter a full e-mail address, such as name@company.com."),
        (
            {"email": "somebody.else@acme.example"},
            "This is not the address that is registered for this org. Enter the registered one, "
            "or ask whoever sent you the link to register yours.",
        ),
        ({"security": "everybody"}, "Choose whom the new version is installed for."),
        ({"decision": ""}, "Press Approve or Decline."),
        ({"decision": "maybe"}, "Press Approve or Decline."),
    ],
)
def test_a_form_with_a_problem_is_shown_again_and_not_recorded(
    desk: Desk, change: dict[str, str], problem: str
) -> None:
    page = desk.submit(desk.fields(**change))

    assert (page.status, page.problems) == (422, [problem])
    assert desk.asked.approval.status is ApprovalStatus.PENDING
    assert desk.asked.answers_on_record() == []
    assert desk.asked.callback.completed == []


def test_what_was_typed_is_kept_while_the_rest_is_mended(desk: Desk) -> None:
    page = desk.submit(
        desk.fields(name="Grace Hopper", email="wrong", security="admins_only", terms="")
    )

    inputs = {each.attributes["id"]: each.attributes for each in page.all("input")[1:]}
    assert inputs["name"]["value"] == "Grace Hopper"
    assert inputs["email"]["value"] == "wrong"
    assert "checked" in inputs["admins-only"]
    assert "checked" not in inputs["terms"]


def test_a_mended_form_is_taken(desk: Desk) -> None:
    page = desk.submit(desk.fields(name=""))

    desk.submit(desk.fields(token=page.token))

    assert desk.asked.approval.status is ApprovalStatus.ACCEPTED


def test_every_problem_is_named_at_once_in_the_order_of_the_form(desk: Desk) -> None:
    page = desk.submit({"token": desk.open().token, "decision": "approve"})

    assert page.problems == [
        "To approve, tick the box that says you accept the terms.",
        "Enter your name.",
        "Enter your e-mail address.",
    ]


def test_not_more_than_a_screenful_of_what_was_typed_is_sent_back(desk: Desk) -> None:
    page = desk.submit(desk.fields(name="N" * 5000, email="e" * 2000))

    values = [each.attributes.get("value", "") for each in page.all("input")]
    assert max(map(len, values)) == 300


# After the answer


def test_after_an_approval_the_page_says_what_was_agreed(desk: Desk) -> None:
    desk.submit(desk.fields(security="admins_only"))

    page = desk.open()

    assert (page.status, page.heading) == (200, "✓ The upgrade is approved")
    for said in ("Installed for Admins only", "Terms accepted Version 1", "Grace Hopper s•••@"):
        assert said in page.text
    assert page.all("form") == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "about to begin"),
        ({"step": MigrationStep.INSTALLING}, "is being installed"),
        ({"step": MigrationStep.AWAITING_AUTHORIZATION}, "The new version is installed."),
        ({"step": MigrationStep.AWAITING_CLEANUP_APPROVAL}, "The new version is installed."),
    ],
)
def test_an_approved_upgrade_is_followed(desk: Desk, changes: dict[str, object], said: str) -> None:
    desk.submit()
    go_on(desk, **changes)

    assert said in desk.open().text


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (MigrationOutcome.UPGRADED, "The new version is installed."),
        (MigrationOutcome.AUTHORIZED, "The new version is installed."),
        (MigrationOutcome.AUTHORIZATION_EXPIRED, "The new version is installed."),
        (MigrationOutcome.MIGRATED, "The new version is installed."),
        (MigrationOutcome.VERSION_WENT_DOWN, "has ended without the new version"),
        (MigrationOutcome.BLOCKED, "has ended without the new version"),
        (MigrationOutcome.STOPPED, "has ended without the new version"),
        (MigrationOutcome.BROKE, "has ended without the new version"),
    ],
)
def test_the_end_of_an_approved_upgrade_is_told(
    desk: Desk, outcome: MigrationOutcome, said: str
) -> None:
    desk.submit()
    close(desk, outcome)

    page = desk.open()
    assert (page.status, said in page.text) == (200, True)


def test_a_version_that_was_read_from_the_org_counts_whatever_else_became_of_it(
    desk: Desk,
) -> None:
    desk.submit()
    desk.asked.orgs.save(replace(desk.asked.org, snapshot=a_snapshot("3.28.0.1")))
    close(desk, MigrationOutcome.STOPPED)

    assert "The new version is installed." in desk.open().text


def test_after_a_refusal_the_page_says_that_nothing_was_changed(desk: Desk) -> None:
    desk.submit(desk.fields(decision="decline"))

    page = desk.open()

    assert (page.status, page.heading) == (200, "The upgrade is declined")
    assert "Zoom stays at version 3.23." in page.text


@pytest.mark.parametrize(
    ("outcome", "heading"),
    [
        (MigrationOutcome.STOPPED, "This request was withdrawn"),
        (MigrationOutcome.BROKE, "This request was withdrawn"),
        (MigrationOutcome.EXPIRED, "This request is out of date"),
        (MigrationOutcome.UPGRADED, "No answer is needed any more"),
        (MigrationOutcome.NOT_INSTALLED, "No answer is needed any more"),
    ],
)
def test_a_request_that_is_over_says_so_and_takes_no_answer(
    desk: Desk, outcome: MigrationOutcome, heading: str
) -> None:
    fields = desk.fields()
    close(desk, outcome)

    for page in (desk.open(), desk.submit(fields)):
        assert (page.status, page.heading) == (410, heading)
    assert desk.asked.answers_on_record() == []


def test_a_request_is_out_of_date_from_its_last_moment_on(desk: Desk) -> None:
    fields = desk.fields()
    desk.asked.clock.advance(timedelta(days=14) - timedelta(seconds=1))
    assert desk.open().status == 200

    desk.asked.clock.advance(timedelta(seconds=1))

    for page in (desk.open(), desk.submit(fields)):
        assert (page.status, page.heading) == (410, "This request is out of date")
    assert "15 July 2026, 02:00 UTC" in desk.open().text
    assert desk.asked.approval.status is ApprovalStatus.PENDING


@pytest.mark.parametrize("accepted", [True, False])
@pytest.mark.parametrize("decision", ["approve", "decline"])
def test_a_second_answer_is_told_what_the_first_was(
    desk: Desk, accepted: bool, decision: str
) -> None:
    fields = desk.fields(decision=decision)
    answer_elsewhere(desk, accepted=accepted)

    page = desk.submit(fields)

    assert page.status == 409
    assert ("approved" if accepted else "declined") in page.heading
    assert len(desk.asked.answers_on_record()) == 1


# Forms that are too old, or not ours


def test_a_form_that_was_open_for_too_long_is_kept_and_can_be_sent_again(desk: Desk) -> None:
    fields = desk.fields(name="Grace")
    desk.asked.clock.advance(timedelta(hours=12))

    page = desk.submit(fields)

    assert page.status == 403
    assert "open for too long" in page.problems[0]
    assert [each.attributes["value"] for each in page.all("input") if "Grace" in str(each)]
    assert desk.submit(fields | {"token": page.token}).status == 303


def test_what_another_site_filled_in_is_not_shown(desk: Desk) -> None:
    fields = desk.fields(name="Planted")

    page = desk.submit(fields, headers={"Sec-Fetch-Site": "cross-site"})

    assert page.status == 403
    assert "Planted" not in page.html
    assert desk.asked.approval.status is ApprovalStatus.PENDING
