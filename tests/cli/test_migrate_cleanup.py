"""``zoom-migrator migrate`` beyond the authorization: proofs, the old keys, their removal."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import NOW, a_failure, a_migration, after
from tests.cleanups import ROW_ID, CleanupWorld, some_cleanup_settings
from tests.cli.conftest import Terminal
from tests.cli.operator import ORG, Operator
from tests.cli.situations import an_ended_migration, take_in_hand
from zoom_migrator.domain.failure import FailureCode
from zoom_migrator.domain.legacy_keys import RowRefusal, RowRefused
from zoom_migrator.domain.migration import MigrationOutcome, MigrationStep
from zoom_migrator.domain.org import CleanupPolicy
from zoom_migrator.use_cases.answer_cleanup import cleanup_behind_link

REGISTERED = "salesforce.admin@acme.example"


@pytest.fixture
def world() -> CleanupWorld:
    return CleanupWorld()


class TestProofs:
    def test_the_first_proof_comes_by_itself(self, world: CleanupWorld) -> None:
        world.connected()

        listed = Operator(world).reads_json("migrate", "list")[0]

        assert listed["step"] == "authorized"
        assert listed["waits_for"] == "the first proof"
        assert listed["verifications"] == []

    def test_a_soaking_org_says_until_when(self, world: CleanupWorld) -> None:
        world.connected()
        world.verify()

        text = Operator(world).types("migrate", "list").stdout

        assert "soaking" in text
        assert "Waits for the second proof, not before 2026-07-02 02:00 UTC." in text

    def test_every_proof_is_shown_with_when_and_as_whom(self, world: CleanupWorld) -> None:
        world.asking()
        operator = Operator(world)

        text = operator.types("migrate", "show", ORG).stdout
        first, second = operator.reads_json("migrate", "show", ORG)["verifications"]

        assert "Proofs: Zoom answered a call with the org's grant" in text
        assert "2026-07-01 02:00 UTC" in text
        assert first == {
            "at": NOW.isoformat(),
            "zoom_email": "zoom.admin@acme.example",
            "zoom_account_id": "q6gBJVO5TzexKYTb_I2rpg",
            "grant_id": world.grant_of().grant_id,
            "token_pair": 1,
            "package_connection": "not_probed",
        }
        assert second["at"] == after(days=1).isoformat()

    def test_a_proof_that_cannot_be_made_is_told(self, world: CleanupWorld) -> None:
        world.soaked()
        world.salesforce.will_answer(ORG, a_failure(FailureCode.SERVICE_UNAVAILABLE))
        world.verify()

        listed = Operator(world).reads_json("migrate", "list")[0]

        assert listed["waits_for"].startswith("the second proof, tried since 2026-07-02 02:00 UTC")
        assert "Zoom or the org cannot be asked" in listed["waits_for"]


class TestWatching:
    def test_a_long_soak_is_not_waited_for(self, world: CleanupWorld) -> None:
        world.connected()
        world.verify()

        result = Operator(world).types("migrate", "watch", ORG)

        assert result.exit_code == 5
        assert "not before 2026-07-02 02:00 UTC" in result.stdout
        assert "It goes on" in result.stderr
        assert world.clock.now() == NOW

    def test_a_short_soak_is(self) -> None:
        world = CleanupWorld(cleanup=some_cleanup_settings(soak=timedelta(minutes=5)))
        world.connected()
        world.verify()

        result = Operator(world).types("migrate", "watch", ORG, "--timeout", "10")

        assert result.exit_code == 5
        assert world.clock.now() > after(minutes=10)

    def test_it_ends_where_somebody_is_to_decide_about_the_keys(self, world: CleanupWorld) -> None:
        world.asking()

        result = Operator(world).types("migrate", "watch", ORG)

        assert result.exit_code == 0
        assert f"waits for {REGISTERED} to decide about the old keys" in result.stdout

    @pytest.mark.parametrize(
        ("outcome", "exit_code"),
        [
            (MigrationOutcome.AUTHORIZED, 0),
            (MigrationOutcome.MIGRATED, 0),
            (MigrationOutcome.MIGRATED_KEYS_KEPT, 0),
            (MigrationOutcome.UNVERIFIED, 6),
            (MigrationOutcome.CLEANUP_BLOCKED, 6),
            (MigrationOutcome.VERSION_WENT_DOWN, 6),
            (MigrationOutcome.AUTHORIZATION_DECLINED, 6),
        ],
    )
    def test_how_it_ended_is_in_the_exit_code(
        self, terminal: Terminal, outcome: MigrationOutcome, exit_code: int
    ) -> None:
        take_in_hand(terminal, an_ended_migration(outcome))

        result = terminal.types("migrate", "watch", ORG)

        assert result.exit_code == exit_code
        assert outcome.replace("_", " ") in result.stdout


class TestTheQuestion:
    def test_who_decides_until_when_and_what_follows_is_told(self, world: CleanupWorld) -> None:
        world.asking()
        operator = Operator(world)

        text = operator.types("migrate", "list").stdout
        cleanup = operator.reads_json("migrate", "show", ORG)["cleanup"]

        assert "awaiting cleanup approval" in text
        assert f"Waits for {REGISTERED} to decide about the old keys, until 2026-07-16" in text
        assert "Removes the old keys in one row once that is approved" in text
        assert cleanup == {
            "status": "pending",
            "requested_at": after(days=1).isoformat(),
            "expires_at": after(days=15).isoformat(),
            "rows": 1,
            "needs_confirmation": True,
            "reminders": 0,
            "answer": None,
        }

    def test_it_counts_from_the_request(self, world: CleanupWorld) -> None:
        world.asking()

        assert Operator(world).reads_json("migrate", "list")[0]["since"] == (
            after(days=1).isoformat()
        )

    @pytest.mark.parametrize("words", [("link",), ("show", "--link")], ids=" ".join)
    def test_its_link_leads_to_the_request(
        self, world: CleanupWorld, words: tuple[str, ...]
    ) -> None:
        world.asking()

        printed = Operator(world).types("migrate", *words, ORG).stdout
        link = Operator(world).reads_link("migrate", *words)

        assert f"https://zoom.acme.example/cleanup/{link}" in printed
        offer = cleanup_behind_link(
            link, orgs=world.orgs, migrations=world.migrations, signer=world.signer
        )
        assert offer.request == world.request

    def test_scripts_are_told_what_the_link_is_for(self, world: CleanupWorld) -> None:
        world.asking()

        document = Operator(world).reads_json("migrate", "link", ORG)

        assert document["awaits"] == "cleanup"
        assert document["expires_at"] == after(days=15).isoformat()

    def test_a_request_that_is_out_of_date_or_answered_has_no_link(
        self, world: CleanupWorld
    ) -> None:
        world.asking()
        operator = Operator(world)
        world.later(days=14)
        assert operator.types("migrate", "link", ORG).exit_code == 8
        world.clock.advance(timedelta(days=-14))
        world.answer_cleanup()

        assert operator.types("migrate", "link", ORG).exit_code == 8

    def test_it_is_not_renewed_and_what_to_do_instead_is_said(self, world: CleanupWorld) -> None:
        world.asking()

        result = Operator(world).types("migrate", "renew", ORG)

        assert result.exit_code == 8
        assert "waits for no authorization, but for an answer" in result.stderr
        assert f"migrate stop {ORG}" in result.stderr

    def test_stopping_voids_its_link_and_starting_begins_with_the_proof(
        self, world: CleanupWorld
    ) -> None:
        world.asking()
        operator = Operator(world)

        stopped = operator.reads_json("migrate", "stop", ORG)
        started = operator.reads_json("migrate", "start", ORG)

        assert stopped["cleanup"]["status"] == "revoked"
        assert stopped["keys_may_be_removed"] is False
        assert started["installs"] == "nothing: proves the connection"
        assert operator.reads_json("migrate", "show", ORG)["step"] == "authorized"

    def test_a_lost_authorization_is_renewed_as_the_first_one(self, world: CleanupWorld) -> None:
        world.asking()
        world.lose()
        world.ask()

        link = Operator(world).reads_link("migrate", "renew")

        assert link != ""


class TestTheRemoval:
    def test_who_approved_and_how_is_shown(self, world: CleanupWorld) -> None:
        world.approved()

        shown = Operator(world).reads_json("migrate", "show", ORG)

        assert shown["step"] == "removing_keys"
        assert shown["since"] == shown["cleanup"]["answer"]["at"]
        assert shown["cleanup"]["answer"] == {
            "approved": True,
            "at": after(days=1).isoformat(),
            "name": "Grace Hopper",
            "email": "grace@acme.example",
            "channel": "page",
            "source": "192.0.2.7 Firefox",
            "connection_seen": True,
            "recorded_by": None,
        }

    def test_what_was_removed_and_until_when_it_can_be_put_back_is_shown(
        self, world: CleanupWorld
    ) -> None:
        world.migrated()
        operator = Operator(world)

        text = operator.types("migrate", "show", ORG).stdout
        shown = operator.reads_json("migrate", "show", ORG)

        assert "migration 1: migrated" in text
        assert "Deactivate the JWT app in the Zoom Marketplace" in text
        assert shown["removal"] == {
            "began_at": after(days=1).isoformat(),
            "tries": 1,
            "rows": 1,
            "removed_at": after(days=1).isoformat(),
            "backup_until": world.backup.expires_at.isoformat(),
            "last_problem": None,
        }

    def test_a_row_that_is_locked_is_told(self, world: CleanupWorld) -> None:
        world.approved()
        world.keys.next_changes(ORG, RowRefused(RowRefusal.LOCKED, "row locked [red]"))
        world.remove()

        listed = Operator(world).reads_json("migrate", "list")[0]

        assert listed["waits_for"].startswith("another try, after: ")
        assert "row locked [red]" in listed["removal"]["last_problem"]

    def test_what_the_org_forbids_is_shown_with_what_to_mend(self, world: CleanupWorld) -> None:
        world.approved()
        world.keys.next_changes(ORG, RowRefused(RowRefusal.CUSTOMER_LOGIC, "no empty keys [red]"))
        world.remove()

        text = Operator(world).types("migrate", "show", ORG).stdout

        assert "cleanup blocked" in text
        assert "no empty keys [red]" in text
        assert "Let it allow empty keys" in text

    def test_stopping_in_the_middle_says_that_some_may_be_gone(self, world: CleanupWorld) -> None:
        world.approved()
        world.keys.next_changes(ORG, RowRefused(RowRefusal.LOCKED, "row locked"))
        world.remove()

        result = Operator(world).types("migrate", "stop", ORG)

        assert result.exit_code == 0, result.output
        assert f"zoom-migrator jwt show {ORG}" in result.stdout

    def test_while_somebody_is_at_it_stopping_is_refused(self, world: CleanupWorld) -> None:
        world.approved()
        world.keys.next_changes(ORG, RowRefused(RowRefusal.LOCKED, "row locked"))
        world.remove()
        migration = world.migration
        assert migration.removal is not None
        lease = world.grant_of().leased("x", now=world.clock.now(), lasting=timedelta(minutes=5))
        removal = replace(migration.removal, lease=lease.lease)
        world.migrations.save(replace(migration, removal=removal))

        result = Operator(world).types("migrate", "stop", ORG)

        assert result.exit_code == 5
        assert "are being removed at this moment" in result.stderr

    @pytest.mark.parametrize("words", [("show", ORG), ("list",), ("watch", ORG)], ids=" ".join)
    def test_neither_key_token_nor_link_is_printed(
        self, world: CleanupWorld, words: tuple[str, ...]
    ) -> None:
        world.asking()
        request = world.request

        for options in ((), ("--json",)):
            printed = Operator(world).types("migrate", *words, *options).output
            for secret in ("canary", "/cleanup/", request.request_id, request.task_token):
                assert secret not in printed
        assert ROW_ID not in printed


class TestStarting:
    def test_an_org_that_is_authorized_and_in_nobodys_hands_is_behind(
        self, world: CleanupWorld
    ) -> None:
        world.soaked()
        operator = Operator(world)
        operator.types("migrate", "stop", ORG)

        begun = operator.reads_json("migrate", "start", "--all-behind")

        assert [each["result"] for each in begun] == ["started"]
        assert [each["installs"] for each in begun] == ["nothing: proves the connection"]

    def test_an_org_that_kept_its_keys_is_asked_again_only_where_it_is_named(
        self, world: CleanupWorld
    ) -> None:
        world.soaked(policy=CleanupPolicy.NEVER)
        world.verify()
        operator = Operator(world)
        assert operator.reads_json("migrate", "show", ORG)["outcome"] == "migrated_keys_kept"

        assert operator.reads_json("migrate", "start", "--all-behind") == []
        assert operator.reads_json("migrate", "start", ORG)["result"] == "started"


@pytest.mark.parametrize(
    "step", [MigrationStep.SOAKING, MigrationStep.REMOVING_KEYS, MigrationStep.AUTHORIZED]
)
def test_every_step_says_what_comes_next(terminal: Terminal, step: MigrationStep) -> None:
    take_in_hand(terminal, a_migration(step=step))

    assert terminal.reads_json("migrate", "list")[0]["next_step"]
