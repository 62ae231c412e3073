"""An org's way through its upgrade: an operator's commands between the real steps."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tests.builders import TARGET_ID
from tests.cli.conftest import ACTOR, MACHINE, OUTPUTS
from tests.unit.use_cases.upgrade_world import UpgradeWorld
from zoom_migrator.adapters.memory.signing import InMemoryLinkSigner
from zoom_migrator.domain.migration import MigrationOutcome, Next
from zoom_migrator.domain.org import UpgradePolicy
from zoom_migrator.domain.status import BlockedReason, OrgStatus
from zoom_migrator.domain.upgrade import SecurityType
from zoom_migrator.use_cases.answer_approval import request_behind_link
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.main import app

PLATFORM_CACHE = "This app can't be upgraded: Platform Cache Partitions Missing feature"


class Operator:
    """Types commands on the world of one org."""

    def __init__(self, world: UpgradeWorld) -> None:
        self.signer = InMemoryLinkSigner()
        self._connection = Connection(stack="test", clock=world.clock, machine=MACHINE)
        self._connection.__dict__.update(
            orgs=world.orgs,
            migrations=world.migrations,
            migration_workflow=world.workflow,
            vault=world.vault,
            callback=world.callback,
            signer=self.signer,
            actor=ACTOR,
            _outputs=OUTPUTS | {"PackageTermsVersion": "1"},
        )

    def types(self, *words: str) -> Result:
        return CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1"}).invoke(
            app, list(words), obj=self._connection
        )

    def reads_json(self, *words: str) -> Any:
        result = self.types(*words, "--json")
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)


@pytest.fixture
def world() -> UpgradeWorld:
    world = UpgradeWorld()
    world.register()
    return world


@pytest.fixture
def operator(world: UpgradeWorld) -> Operator:
    return Operator(world)


def test_from_the_start_over_consent_and_the_new_version_to_the_authorization(
    world: UpgradeWorld, operator: Operator
) -> None:
    operator.types("migrate", "start", world.org_id)
    assert world.prepare().next is Next.ASK
    token = world.ask()

    link = operator.types("migrate", "link", world.org_id).stdout.strip().rpartition("/")[2]
    request = request_behind_link(
        link, orgs=world.orgs, migrations=world.migrations, signer=operator.signer
    )
    assert request.approval == world.approval

    approved = operator.types(
        *("approve", "upgrade", world.org_id, "--name", "Ada Lovelace"),
        *("--admins-only", "--accept-terms", "--yes"),
    )
    assert approved.exit_code == 0, approved.output
    assert world.callback.completed == [token]

    assert world.follow_up().next is Next.INSTALL
    assert world.install().next is Next.POLL
    assert world.upgrades.wanted(world.org_id) == [(TARGET_ID, SecurityType.ADMINS_ONLY)]
    world.upgrades.finish(world.org_id)
    assert world.check().next is Next.AUTHORIZE

    shown = operator.reads_json("migrate", "show", world.org_id)
    assert (shown["step"], shown["approval"]["answer"]["source"]) == (
        "awaiting_authorization",
        MACHINE,
    )

    authorization = world.authorization()
    authorization.ask()
    authorization.authorize()
    assert authorization.follow_up().next is Next.VERIFY

    (listed,) = operator.reads_json("migrate", "list", "--active")
    assert (listed["step"], listed["waits_for"]) == ("authorized", "the first proof")


def test_declining_blocks_the_org_until_it_is_resumed(
    world: UpgradeWorld, operator: Operator
) -> None:
    operator.types("migrate", "start", world.org_id)
    world.prepare()
    world.ask()

    operator.types("decline", "upgrade", world.org_id, "--name", "Ada Lovelace", "--yes")

    assert world.follow_up().outcome is MigrationOutcome.DECLINED
    assert world.org.blocked_reason is BlockedReason.UPGRADE_DECLINED
    assert "Ask the Salesforce admin" in operator.types("orgs", "list").stdout
    assert operator.types("migrate", "start", world.org_id).exit_code == 8
    assert operator.reads_json("migrate", "resume", world.org_id)["attempt"] == 2
    world.attempt = 2
    assert world.prepare().next is Next.ASK


def test_an_org_without_platform_cache_is_blocked_and_resumed_with_its_consent(
    world: UpgradeWorld, operator: Operator
) -> None:
    operator.types("migrate", "start", world.org_id)
    world.prepare()
    world.ask()
    world.answer()
    world.follow_up()
    world.install()
    world.upgrades.fail(world.org_id, PLATFORM_CACHE)
    world.check()

    text = operator.types("migrate", "show", world.org_id).stdout
    resumed = operator.types("migrate", "resume", world.org_id)

    assert "contact_salesforce_support" in text
    assert "Open a case with Salesforce Support" in text
    assert PLATFORM_CACHE in text
    assert resumed.exit_code == 0, resumed.output
    world.attempt = 2
    assert world.prepare().next is Next.INSTALL


def test_consent_given_beforehand_lets_an_org_be_upgraded_without_asking(
    operator: Operator,
) -> None:
    world = UpgradeWorld()
    world.register(policy=UpgradePolicy.AUTO)
    operator = Operator(world)
    operator.types(
        *("approve", "standing", world.org_id, "--name", "Ada Lovelace"),
        *("--reference", "contract 2026-17", "--accept-terms"),
    )

    started = operator.reads_json("migrate", "start", world.org_id)

    assert started["installs"] == "without asking: accepted by Ada Lovelace"
    assert world.prepare().next is Next.INSTALL
    assert world.approval.answer is not None
    assert world.approval.answer.source == "contract 2026-17"


def test_stopping_during_an_install_warns_and_frees_the_org(
    world: UpgradeWorld, operator: Operator
) -> None:
    operator.types("migrate", "start", world.org_id)
    world.prepare()
    world.ask()
    world.answer()
    world.follow_up()
    world.install()

    stopped = operator.types("migrate", "stop", world.org_id, "--reason", "wrong day")

    assert "what it began goes on" in stopped.stdout
    assert world.workflow.running == set()
    assert world.org.status is OrgStatus.UPGRADE_REQUIRED
    assert world.check().next is Next.END
