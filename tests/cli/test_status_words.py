"""What ``zoom-migrator orgs`` says of orgs beyond the upgrade."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from tests.builders import NOW, a_registration, a_snapshot, an_org, org_id_of
from tests.cli.conftest import Terminal
from zoom_migrator.domain.org import CleanupPolicy, Org
from zoom_migrator.domain.status import BlockedReason, KeysKeptReason, OrgStatus
from zoom_migrator.domain.verification import PackageConnection, Verification
from zoom_migrator_cli.standing import status_label

TODAY = date(2026, 11, 24)
AHEAD = TODAY + timedelta(days=37)
PROOF = Verification(
    at=NOW,
    grant_id="0123456789abcdef",
    grant_version=3,
    zoom_account_id="q6gBJVO5TzexKYTb_I2rpg",
    zoom_email="zoom.admin@acme.example",
    package=PackageConnection.PROVEN,
)


def _label(org: Org, deadline: date = AHEAD) -> str:
    return status_label(org, fleet_deadline=deadline, today=TODAY)


def _an_org(status: OrgStatus, **known: Any) -> Org:
    return replace(an_org(status=status, snapshot=a_snapshot()), **known)


@pytest.mark.parametrize(
    ("org", "label"),
    [
        (_an_org(OrgStatus.AUTHORIZED), "authorized, not proven yet"),
        (
            _an_org(OrgStatus.AUTHORIZED, verification=PROOF),
            "authorized, proven 2026-07-01 02:00 UTC",
        ),
        (_an_org(OrgStatus.CLEANUP_APPROVAL_PENDING), "cleanup_approval_pending"),
        (_an_org(OrgStatus.MIGRATED), "migrated"),
        (
            _an_org(OrgStatus.MIGRATED_KEYS_KEPT, keys_kept=KeysKeptReason.DECLINED),
            "migrated_keys_kept: declined",
        ),
        (_an_org(OrgStatus.FALLBACK_JWT), "fallback_jwt until 2026-12-31"),
        (_an_org(OrgStatus.DISCONNECTED), "disconnected: urgent"),
        (
            _an_org(OrgStatus.BLOCKED, blocked_reason=BlockedReason.EMAIL_MISMATCH),
            "blocked: email_mismatch",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_status_says_what_makes_it_pressing(org: Org, label: str) -> None:
    assert _label(org) == label


def test_a_fallback_that_is_over_does_not_look_like_one_that_goes_on() -> None:
    org = _an_org(OrgStatus.FALLBACK_JWT)

    assert _label(org, date(2023, 9, 8)) == "fallback_jwt (JWT ended on 2023-09-08)"


def test_an_orgs_own_deadline_counts() -> None:
    own = replace(a_registration(), deadline=date(2026, 12, 1))

    assert _label(_an_org(OrgStatus.FALLBACK_JWT, registration=own)) == (
        "fallback_jwt until 2026-12-01"
    )


@pytest.mark.parametrize("status", OrgStatus)
def test_every_status_has_words(status: OrgStatus) -> None:
    assert _label(_an_org(status)).startswith(str(status))


def test_the_list_calls_out_what_is_urgent(terminal: Terminal) -> None:
    terminal.orgs.save(_an_org(OrgStatus.DISCONNECTED))

    text = terminal.types("orgs", "list").stdout

    assert "disconnected: urgent" in text
    assert "Urgent: the integration is down in 1." in text


def test_the_list_of_a_fleet_that_works_does_not(terminal: Terminal) -> None:
    terminal.orgs.save(_an_org(OrgStatus.MIGRATED))

    assert "Urgent" not in terminal.types("orgs", "list").stdout


class TestScripts:
    def test_what_is_known_beyond_the_upgrade_is_shown(self, terminal: Terminal) -> None:
        terminal.connection.__dict__["_outputs"]["JwtDeadline"] = "2026-12-31"
        row = replace(a_registration(), cleanup_policy=CleanupPolicy.AUTO)
        terminal.orgs.save(
            _an_org(
                OrgStatus.FALLBACK_JWT,
                registration=row,
                status_since=NOW,
                verification=PROOF,
            )
        )

        shown = terminal.reads_json("orgs", "show", org_id_of(1))

        assert shown["cleanup_policy"] == "auto"
        assert shown["status_since"] == NOW.isoformat()
        assert (shown["jwt_until"], shown["is_urgent"]) == ("2026-12-31", False)
        assert shown["verification"] == {
            "at": NOW.isoformat(),
            "zoom_email": "zoom.admin@acme.example",
            "zoom_account_id": "q6gBJVO5TzexKYTb_I2rpg",
            "grant_id": "0123456789abcdef",
            "token_pair": 3,
            "package_connection": "proven",
        }

    def test_what_is_urgent_is_a_flag(self, terminal: Terminal) -> None:
        terminal.orgs.save(_an_org(OrgStatus.DISCONNECTED))

        (listed,) = terminal.reads_json("orgs", "list")

        assert (listed["is_urgent"], listed["jwt_until"]) == (True, None)

    def test_why_keys_are_kept_is_a_field(self, terminal: Terminal) -> None:
        kept = KeysKeptReason.REFUSED
        terminal.orgs.save(_an_org(OrgStatus.MIGRATED_KEYS_KEPT, keys_kept=kept))

        assert terminal.reads_json("orgs", "show", org_id_of(1))["keys_kept"] == "refused"
