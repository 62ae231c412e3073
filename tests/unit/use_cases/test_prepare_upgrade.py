from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import (
    ADA,
    NOW,
    TARGET_ID,
    a_failure,
    a_full_snapshot,
    a_snapshot,
    a_standing_acceptance,
    a_target,
    an_org,
    some_permissions,
    some_upgrade_settings,
)
from tests.unit.use_cases.upgrade_world import BEHIND, TO_BE_AUTHORIZED, UpgradeWorld
from zoom_migrator.domain.approval import AnswerChannel
from zoom_migrator.domain.check import ApiUsage
from zoom_migrator.domain.errors import MigrationNotFound, OrgNotFound
from zoom_migrator.domain.failure import FailureCode
from zoom_migrator.domain.finding import FindingCode
from zoom_migrator.domain.migration import MigrationOutcome, MigrationStep, Next, Verdict
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.org import UpgradePolicy
from zoom_migrator.domain.status import (
    REASONS_ABOUT_THE_AUTHORIZATION,
    BlockedReason,
    OrgStatus,
)
from zoom_migrator.use_cases.prepare_upgrade import prepare_upgrade
from zoom_migrator.use_cases.start_migration import begin


@pytest.fixture
def world() -> UpgradeWorld:
    return UpgradeWorld()


def test_an_org_that_asks_is_asked_and_nothing_is_installed(world: UpgradeWorld) -> None:
    world.begin()

    verdict = world.prepare()

    assert verdict == Verdict(Next.ASK, int(timedelta(days=3).total_seconds()))
    assert world.migration.step is MigrationStep.AWAITING_APPROVAL
    assert world.migration.version_before == BEHIND
    assert world.migration.target == a_target()
    assert world.upgrades.posted(world.org_id) == 0


def test_an_org_that_has_the_version_is_to_be_authorized(world: UpgradeWorld) -> None:
    world.begin()
    world.seen(a_snapshot("3.30.0.2"))

    assert world.prepare() == TO_BE_AUTHORIZED

    assert world.migration.step is MigrationStep.AWAITING_AUTHORIZATION
    assert world.org.status is OrgStatus.AUTHORIZATION_PENDING
    assert world.org.active_attempt == 1
    assert world.told == []


def test_of_an_org_that_was_behind_when_it_was_last_seen_the_upgrade_is_told(
    world: UpgradeWorld,
) -> None:
    world.begin()
    world.orgs.save(replace(world.org, snapshot=a_snapshot(BEHIND)))
    world.seen(a_snapshot("3.30.0.2"))

    world.prepare()

    (notice,) = world.migrations.notices(world.org_id, limit=5)
    assert notice.kind is NoticeKind.UPGRADE_DONE
    assert (notice.facts["version_before"], notice.facts["version_now"]) == (BEHIND, "3.30")


@pytest.mark.parametrize("status", [OrgStatus.FALLBACK_JWT, OrgStatus.DISCONNECTED])
def test_an_org_that_lost_its_authorization_is_to_be_authorized_again(
    status: OrgStatus, world: UpgradeWorld
) -> None:
    world.register(status=status)
    world.start()
    world.seen(a_snapshot("3.30.0.2"))

    assert world.prepare() == TO_BE_AUTHORIZED
    assert world.org.status is status


def test_an_org_that_lost_its_authorization_and_is_behind_is_upgraded_first(
    world: UpgradeWorld,
) -> None:
    world.register(status=OrgStatus.DISCONNECTED)
    world.start()

    world.prepare()
    world.ask()
    world.answer()
    world.follow_up()
    world.install()
    world.upgrades.finish(world.org_id)

    assert world.check() == TO_BE_AUTHORIZED
    assert world.org.status is OrgStatus.DISCONNECTED


@pytest.mark.parametrize("reason", sorted(REASONS_ABOUT_THE_AUTHORIZATION))
def test_an_org_that_could_not_be_authorized_is_asked_again_once_it_is_resumed(
    reason: BlockedReason, world: UpgradeWorld
) -> None:
    world.register(status=OrgStatus.BLOCKED, blocked_reason=reason)
    world.attempt = begin(
        world.org,
        trigger="operator",
        requested_by=ADA,
        migrations=world.migrations,
        workflow=world.workflow,
        clock=world.clock,
    ).attempt
    world.seen(a_snapshot("3.30.0.2"))

    assert world.prepare() == TO_BE_AUTHORIZED
    assert (world.org.status, world.org.blocked_reason) == (OrgStatus.AUTHORIZATION_PENDING, None)


def test_an_org_without_the_package_is_let_go(world: UpgradeWorld) -> None:
    world.begin()
    world.seen(a_snapshot(None))

    assert world.prepare() == Verdict(Next.END, outcome=MigrationOutcome.NOT_INSTALLED)

    assert world.org.status is OrgStatus.NOT_INSTALLED
    assert world.org.active_attempt is None
    assert world.told == []


def test_a_standing_acceptance_spares_the_question(world: UpgradeWorld) -> None:
    world.begin(policy=UpgradePolicy.AUTO, acceptance=a_standing_acceptance())

    assert world.prepare() == Verdict(Next.INSTALL)

    answer = world.approval.answer
    assert answer is not None
    assert answer.channel is AnswerChannel.STANDING_ACCEPTANCE
    assert world.approval.allows(TARGET_ID)
    assert any("standing_acceptance" in line for line in world.history)


@pytest.mark.parametrize(
    "acceptance", [None, a_standing_acceptance(terms_version="0")], ids=["none", "of other terms"]
)
def test_without_a_good_standing_acceptance_an_automatic_org_is_asked(
    acceptance: None, world: UpgradeWorld
) -> None:
    world.begin(policy=UpgradePolicy.AUTO, acceptance=acceptance)

    assert world.prepare().next is Next.ASK

    codes = [finding.code for finding in world.migration.findings]
    assert FindingCode.STANDING_ACCEPTANCE_MISSING in codes


def test_a_standing_acceptance_does_not_count_for_an_org_that_wants_to_be_asked(
    world: UpgradeWorld,
) -> None:
    world.begin(policy=UpgradePolicy.ASK, acceptance=a_standing_acceptance())

    assert world.prepare().next is Next.ASK


def test_a_manual_org_gets_the_install_link_and_is_waited_for(world: UpgradeWorld) -> None:
    world.begin(policy=UpgradePolicy.MANUAL)

    verdict = world.prepare()

    assert verdict == Verdict(Next.BY_HAND, 600)
    assert world.migration.by_hand_until == NOW + timedelta(days=14)
    (notice,) = world.migrations.notices(world.org_id, limit=5)
    assert notice.kind is NoticeKind.UPGRADE_BY_HAND_NEEDED
    link = f"https://login.salesforce.com/packaging/installPackage.apexp?p0={TARGET_ID}"
    assert notice.facts["install_link"] == link
    steps = notice.facts["steps"].splitlines()
    assert link in steps[0]
    assert any("Install for All Users" in step and "standard users" in step for step in steps)


def test_without_a_configured_version_every_org_goes_the_way_by_hand() -> None:
    world = UpgradeWorld(settings=some_upgrade_settings(version_id=""))
    world.begin(policy=UpgradePolicy.AUTO, acceptance=a_standing_acceptance())

    assert world.prepare().next is Next.BY_HAND

    (notice,) = world.migrations.notices(world.org_id, limit=5)
    assert "install_link" not in notice.facts
    assert "Get It Now" in notice.facts["steps"]


def test_a_blocking_finding_stops_before_anything_is_changed(world: UpgradeWorld) -> None:
    world.begin()
    world.seen(
        replace(a_full_snapshot(BEHIND), permissions=some_permissions(install_packages=False))
    )

    assert world.prepare() == Verdict(Next.END, outcome=MigrationOutcome.BLOCKED)

    assert world.org.status is OrgStatus.BLOCKED
    assert world.org.blocked_reason is BlockedReason.INSTALL_NOT_ALLOWED
    assert world.migration.failure_code == FindingCode.INSTALL_NOT_PERMITTED
    assert "Download AppExchange Packages" in world.migration.remedy
    assert world.upgrades.posted(world.org_id) == 0


def test_a_version_of_another_package_is_never_installed(world: UpgradeWorld) -> None:
    world.begin()
    world.offers(a_target(package_id="0338a000000ZZicAAG"))

    assert world.prepare().outcome is MigrationOutcome.BLOCKED

    assert world.org.blocked_reason is BlockedReason.TARGET_NOT_USABLE


def test_what_passes_by_itself_is_waited_for_longer_and_longer(world: UpgradeWorld) -> None:
    world.begin()
    short = ApiUsage(used=14_990, limit=15_000)
    world.seen(replace(a_full_snapshot(BEHIND), api_usage=short))

    first = world.prepare()
    world.later(minutes=20)
    second = world.prepare()

    assert first == Verdict(Next.PREPARE, 60)
    assert second == Verdict(Next.PREPARE, 600)
    assert world.migration.waiting_since == NOW


def test_what_is_waited_for_by_now_is_shown(world: UpgradeWorld) -> None:
    world.begin()
    world.upgrades.begin(world.org_id, "04t5g000000OtherAAC")
    world.prepare()
    world.upgrades.finish(world.org_id, shows=False)
    used_up = ApiUsage(used=15_000, limit=15_000)
    world.seen(replace(a_full_snapshot(BEHIND), api_usage=used_up))

    assert world.prepare().next is Next.PREPARE

    codes = [finding.code for finding in world.migration.findings]
    assert codes == [FindingCode.API_CALLS_NEARLY_USED_UP]
    assert world.migration.waiting_since == NOW


def test_what_does_not_pass_in_time_blocks_the_org(world: UpgradeWorld) -> None:
    world.begin()
    world.upgrades.begin(world.org_id, "04t5g000000OtherAAC")
    world.prepare()
    world.later(days=2)

    assert world.prepare().outcome is MigrationOutcome.BLOCKED

    assert world.migration.failure_code == FindingCode.OTHER_INSTALL_RUNNING


def test_an_org_that_is_down_is_waited_for(world: UpgradeWorld) -> None:
    world.begin()
    world.seen(a_failure(FailureCode.SERVICE_UNAVAILABLE), a_full_snapshot(BEHIND))

    assert world.prepare() == Verdict(Next.PREPARE, 60)
    assert world.prepare().next is Next.ASK
    assert world.migration.waiting_since is None


def test_an_org_that_stays_down_is_blocked_and_says_why(world: UpgradeWorld) -> None:
    world.begin()
    world.seen(a_failure(FailureCode.SERVICE_UNAVAILABLE, detail="maintenance"))
    world.prepare()
    world.later(days=2)

    assert world.prepare().outcome is MigrationOutcome.BLOCKED

    assert world.migration.failure_code == FailureCode.SERVICE_UNAVAILABLE
    assert world.migration.said == "maintenance"


@pytest.mark.parametrize("when", ["check", "facts"])
def test_a_refused_login_blocks_at_once_and_names_its_own_reason(
    when: str, world: UpgradeWorld
) -> None:
    world.begin()
    refused = a_failure(FailureCode.LOGIN_NOT_APPROVED)
    if when == "check":
        world.seen(refused)
    else:
        world.upgrades.next_calls(world.org_id, refused)

    assert world.prepare().outcome is MigrationOutcome.BLOCKED

    assert world.org.blocked_reason is BlockedReason.LOGIN_NOT_APPROVED
    assert world.org.active_attempt is None


def test_a_missing_installation_key_blocks_with_the_raw_text(world: UpgradeWorld) -> None:
    world.begin()
    said = (
        "Please provide installationkey when querying against SubscriberPackageVersion that is "
        "protected by installationkey"
    )
    world.upgrades.refuse_to_describe(world.org_id, said)

    assert world.prepare().outcome is MigrationOutcome.BLOCKED

    assert world.migration.said == said
    assert "setup installation-key" in world.migration.remedy


def test_an_install_that_somebody_else_began_is_followed(world: UpgradeWorld) -> None:
    world.begin()
    theirs = world.upgrades.begin(world.org_id, TARGET_ID)

    assert world.prepare() == Verdict(Next.POLL, 10)

    assert world.install_in_hand.request_id == theirs.request_id
    assert world.org.status is OrgStatus.UPGRADING
    assert world.upgrades.posted(world.org_id) == 0


def test_repeating_the_step_after_it_was_stored_decides_the_same(world: UpgradeWorld) -> None:
    world.begin()
    first = world.prepare()
    checks = len(world.salesforce.checked)

    assert world.prepare() == first
    assert len(world.salesforce.checked) == checks


def test_a_stopped_migration_goes_no_further(world: UpgradeWorld) -> None:
    world.begin()
    world.stop()

    assert world.prepare() == Verdict(Next.END, outcome=MigrationOutcome.STOPPED)


def test_an_attempt_that_never_was_is_not_found(world: UpgradeWorld) -> None:
    world.register()

    with pytest.raises(MigrationNotFound):
        prepare_upgrade(world.org_id, 7, ports=world.ports, settings=world.settings)


def test_an_attempt_without_an_org_is_not_found(world: UpgradeWorld) -> None:
    other = UpgradeWorld()
    migration = other.begin()
    world.migrations.save(replace(migration, revision=0))

    with pytest.raises(OrgNotFound):
        world.prepare()


def test_what_was_seen_of_the_org_is_kept(world: UpgradeWorld) -> None:
    world.begin()
    world.prepare()

    snapshot = world.org.snapshot
    assert snapshot is not None
    assert snapshot.package is not None
    assert snapshot.package.version.full == BEHIND
    assert world.org.last_scan_id == an_org().last_scan_id
