"""``zoom-migrator approve standing``."""

from __future__ import annotations

import pytest

from tests.builders import org_id_of
from tests.cli.conftest import ACTOR, NOW, Terminal
from tests.cli.situations import HOSTILE, an_org_behind, stored_org
from zoom_migrator.domain.approval import StandingAcceptance
from zoom_migrator.domain.audit import AuditAction
from zoom_migrator.domain.org import UpgradePolicy
from zoom_migrator.domain.upgrade import SecurityType

STANDING = ("approve", "standing", org_id_of(1))
BY_ADA = (*STANDING, "--name", "Ada Lovelace", "--reference", "contract 2026-17")


def test_consent_given_beforehand_is_recorded_under_the_present_terms(terminal: Terminal) -> None:
    terminal.orgs.save(an_org_behind(policy=UpgradePolicy.AUTO))

    result = terminal.types(*BY_ADA, "--accept-terms")

    assert result.exit_code == 0, result.output
    assert stored_org(terminal).standing_acceptance == StandingAcceptance(
        name="Ada Lovelace",
        email="salesforce.admin@acme.example",
        terms_version="2024-05",
        security=SecurityType.ALL_USERS,
        recorded_by=ACTOR,
        recorded_at=NOW,
        reference="contract 2026-17",
    )
    assert "version 2024-05, https://zoom.example/terms" in result.stdout
    assert "no effect" not in result.stdout


def test_it_is_kept_in_the_audit_trail(terminal: Terminal) -> None:
    terminal.orgs.save(an_org_behind())

    terminal.types(*BY_ADA, "--accept-terms")

    entry = terminal.orgs.audit_trail(org_id_of(1), limit=1)[0]
    assert (entry.action, entry.actor) == (AuditAction.STANDING_ACCEPTANCE_RECORDED, ACTOR)
    assert "contract 2026-17" in entry.detail


def test_an_org_whose_policy_is_not_auto_is_told_what_else_it_takes(terminal: Terminal) -> None:
    terminal.orgs.save(an_org_behind(policy=UpgradePolicy.ASK))

    result = terminal.types(*BY_ADA, "--accept-terms")

    assert "It has no effect yet: the org's upgrade policy is ask." in result.stdout


def test_for_admins_only_and_by_somebody_else_it_comes_with_warnings(terminal: Terminal) -> None:
    terminal.orgs.save(an_org_behind())

    result = terminal.types(
        *BY_ADA, "--accept-terms", "--admins-only", "--email", "cio@acme.example"
    )

    assert "may limit access" in result.stdout
    assert "not the registered Salesforce admin" in result.stdout
    acceptance = stored_org(terminal).standing_acceptance
    assert acceptance is not None
    assert acceptance.security is SecurityType.ADMINS_ONLY


@pytest.mark.parametrize(
    "words",
    [
        STANDING,
        (*STANDING, "--name", "Ada", "--accept-terms"),
        (*STANDING, "--reference", "TK-17", "--accept-terms"),
        (*STANDING, "--withdraw", "--name", "Ada"),
        (*BY_ADA, "--json"),
    ],
    ids=["nothing", "no reference", "no name", "withdraw with a name", "terms not accepted"],
)
def test_what_is_missing_or_too_much_is_a_wrong_command_line(
    terminal: Terminal, words: tuple[str, ...]
) -> None:
    terminal.orgs.save(an_org_behind())

    assert terminal.types(*words).exit_code == 2
    assert stored_org(terminal).standing_acceptance is None


def test_it_is_asked_whether_the_terms_were_accepted(terminal: Terminal) -> None:
    terminal.orgs.save(an_org_behind())

    refused = terminal.types(*BY_ADA, answers="n\n")
    accepted = terminal.types(*BY_ADA, answers="y\n")

    assert (refused.exit_code, accepted.exit_code) == (1, 0)


def test_withdrawing_takes_it_back(terminal: Terminal) -> None:
    terminal.orgs.save(an_org_behind(name=HOSTILE))
    terminal.types(*BY_ADA, "--accept-terms")

    result = terminal.types(*STANDING, "--withdraw")

    assert result.exit_code == 0
    assert f"Withdrawn: {HOSTILE} is asked from now on." in result.stdout
    assert stored_org(terminal).standing_acceptance is None
    entry = terminal.orgs.audit_trail(org_id_of(1), limit=1)[0]
    assert (entry.action, entry.actor) == (AuditAction.STANDING_ACCEPTANCE_WITHDRAWN, ACTOR)


def test_what_was_never_recorded_cannot_be_withdrawn(terminal: Terminal) -> None:
    terminal.orgs.save(an_org_behind())

    assert terminal.types(*STANDING, "--withdraw").exit_code == 8


def test_scripts_get_what_is_recorded_now(terminal: Terminal) -> None:
    terminal.orgs.save(an_org_behind())

    recorded = terminal.reads_json(*BY_ADA, "--accept-terms")
    withdrawn = terminal.reads_json(*STANDING, "--withdraw")

    assert recorded["standing_acceptance"]["reference"] == "contract 2026-17"
    assert withdrawn == {"org_id": org_id_of(1), "standing_acceptance": None}


def test_it_is_part_of_what_is_shown_of_an_org(terminal: Terminal) -> None:
    terminal.orgs.save(an_org_behind(policy=UpgradePolicy.AUTO))
    terminal.types(*BY_ADA, "--accept-terms")

    shown = terminal.reads_json("orgs", "show", org_id_of(1))

    assert shown["upgrade_policy"] == "auto"
    assert shown["start_policy"] == "operator"
    assert shown["standing_acceptance"]["name"] == "Ada Lovelace"
    assert "contract 2026-17" in terminal.types("orgs", "show", org_id_of(1)).stdout
