import pytest

from tests.builders import (
    SCAN_ID,
    a_registration,
    a_result,
    a_scan,
    a_snapshot,
    an_org,
    org_id_of,
)
from tests.unit.use_cases.upgrade_world import TO_BE_AUTHORIZED, UpgradeWorld
from zoom_migrator.adapters.memory.workflow import InMemoryMigrationWorkflow
from zoom_migrator.domain.approval import ApprovalStatus
from zoom_migrator.domain.errors import ScanNotFound, StoreUnavailable
from zoom_migrator.domain.migration import Migration, MigrationStep, Next
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.org import StartPolicy, UpgradePolicy
from zoom_migrator.domain.scan import ScanOutcome
from zoom_migrator.domain.status import BlockedReason, OrgStatus
from zoom_migrator.use_cases.start_after_scan import StartedMigrations, start_after_scan


@pytest.fixture
def world() -> UpgradeWorld:
    world = UpgradeWorld()
    world.scans.save(a_scan())
    return world


def found(world: UpgradeWorld, outcome: ScanOutcome, *numbers: int) -> None:
    rows = [a_result(org_id_of(number), outcome=outcome) for number in numbers]
    world.scans.put_results(rows)


def after_the_scan(world: UpgradeWorld, *, seconds: float = 240) -> StartedMigrations:
    return start_after_scan(
        SCAN_ID,
        scans=world.scans,
        orgs=world.orgs,
        migrations=world.migrations,
        workflow=world.workflow,
        vault=world.vault,
        callback=world.callback,
        clock=world.clock,
        seconds_left=lambda: seconds,
    )


def test_an_org_whose_policy_says_so_is_started_once(world: UpgradeWorld) -> None:
    world.register(start=StartPolicy.SCAN)
    found(world, ScanOutcome.BEHIND, 1)

    first = after_the_scan(world)
    second = after_the_scan(world)

    assert (first.started, first.already_running) == (1, 0)
    assert (second.started, second.already_running) == (0, 1)
    assert world.workflow.started == [f"{world.org_id}-1"]
    assert world.migration.trigger == "scan"


def test_an_org_that_an_operator_starts_is_left_to_the_operator(world: UpgradeWorld) -> None:
    world.register(start=StartPolicy.OPERATOR)
    found(world, ScanOutcome.BEHIND, 1)

    assert after_the_scan(world) == StartedMigrations()


def test_what_a_person_stopped_a_scan_does_not_begin_again(world: UpgradeWorld) -> None:
    world.register(start=StartPolicy.SCAN)
    world.start()
    world.stop()
    found(world, ScanOutcome.BEHIND, 1)

    assert after_the_scan(world) == StartedMigrations()


def test_what_expired_is_asked_for_again(world: UpgradeWorld) -> None:
    world.register(start=StartPolicy.SCAN)
    world.start()
    world.prepare()
    world.ask()
    world.later(days=14)
    world.follow_up()
    found(world, ScanOutcome.BEHIND, 1)

    assert after_the_scan(world).started == 1


def test_a_blocked_org_waits_for_a_person(world: UpgradeWorld) -> None:
    world.register(
        start=StartPolicy.SCAN,
        status=OrgStatus.BLOCKED,
        blocked_reason=BlockedReason.UPGRADE_DECLINED,
    )
    found(world, ScanOutcome.BEHIND, 1)

    assert after_the_scan(world) == StartedMigrations()


def test_a_migration_whose_run_died_is_named(world: UpgradeWorld) -> None:
    world.register(start=StartPolicy.SCAN)
    world.start()
    world.workflow.fail(f"{world.org_id}-1", "the run failed")
    found(world, ScanOutcome.BEHIND, 1)

    assert after_the_scan(world).failed == 1

    assert world.org.blocked_reason is BlockedReason.MIGRATION_BROKE


def test_consent_that_nobody_needs_any_more_is_not_waited_for(world: UpgradeWorld) -> None:
    world.begin()
    world.prepare()
    token = world.ask()
    found(world, ScanOutcome.SUFFICIENT, 1)

    assert after_the_scan(world).superseded == 1

    assert world.callback.completed == [token]
    assert world.org.status is OrgStatus.AUTHORIZATION_PENDING
    assert world.approval.status is ApprovalStatus.SUPERSEDED
    assert world.told[-1] is NoticeKind.UPGRADE_DONE
    assert world.follow_up() == TO_BE_AUTHORIZED


def test_a_request_that_the_machine_has_not_made_yet_is_superseded_too(
    world: UpgradeWorld,
) -> None:
    world.begin()
    world.prepare()
    found(world, ScanOutcome.SUFFICIENT, 1)

    assert after_the_scan(world).superseded == 1

    assert world.callback.completed == []


def test_an_install_under_way_finds_the_version_by_itself(world: UpgradeWorld) -> None:
    world.installing()
    found(world, ScanOutcome.SUFFICIENT, 1)

    assert after_the_scan(world) == StartedMigrations(already_running=1)

    assert world.migration.step is MigrationStep.INSTALLING


class TestOrgsThatHaveTheirVersion:
    @pytest.fixture
    def world(self, world: UpgradeWorld) -> UpgradeWorld:
        found(world, ScanOutcome.SUFFICIENT, 1)
        return world

    def test_one_whose_policy_says_so_is_started_to_be_authorized_once(
        self, world: UpgradeWorld
    ) -> None:
        world.register(start=StartPolicy.SCAN, status=OrgStatus.AUTHORIZATION_PENDING)

        first = after_the_scan(world)
        second = after_the_scan(world)

        assert first == StartedMigrations(started=1)
        assert second == StartedMigrations(already_running=1)
        assert world.workflow.started == [f"{world.org_id}-1"]

    def test_one_that_an_operator_starts_is_left_to_the_operator(self, world: UpgradeWorld) -> None:
        world.register(status=OrgStatus.AUTHORIZATION_PENDING)

        assert after_the_scan(world) == StartedMigrations()

    @pytest.mark.parametrize(
        "status",
        [OrgStatus.AUTHORIZED, OrgStatus.MIGRATED, OrgStatus.FALLBACK_JWT, OrgStatus.DISCONNECTED],
    )
    def test_one_that_was_authorized_before_is_left_alone(
        self, status: OrgStatus, world: UpgradeWorld
    ) -> None:
        world.register(start=StartPolicy.SCAN, status=status)

        assert after_the_scan(world) == StartedMigrations()

    def test_one_that_nobody_authorized_in_time_is_asked_for_again(
        self, world: UpgradeWorld
    ) -> None:
        world.register(start=StartPolicy.SCAN, status=OrgStatus.AUTHORIZATION_PENDING)
        self.asked_and_left_alone(world)

        assert after_the_scan(world).started == 1

    def test_one_whose_request_a_person_stopped_waits_for_a_person(
        self, world: UpgradeWorld
    ) -> None:
        world.register(start=StartPolicy.SCAN, status=OrgStatus.AUTHORIZATION_PENDING)
        world.start()
        world.stop()

        assert after_the_scan(world) == StartedMigrations()

    def test_a_run_that_was_forgotten_is_started(self, world: UpgradeWorld) -> None:
        world.register(start=StartPolicy.SCAN, status=OrgStatus.AUTHORIZATION_PENDING)
        world.start()
        world.workflow.forget(f"{world.org_id}-1")

        after_the_scan(world)

        assert world.workflow.running == {f"{world.org_id}-1"}

    def asked_and_left_alone(self, world: UpgradeWorld) -> None:
        world.start()
        world.seen(a_snapshot("3.28.0.1"))
        world.prepare()
        authorization = world.authorization()
        authorization.ask()
        authorization.later(days=14)
        authorization.follow_up()


@pytest.mark.parametrize(
    "outcome", [ScanOutcome.NO_RESULT, ScanOutcome.UNREACHABLE, ScanOutcome.REFUSED]
)
def test_an_org_that_the_scan_did_not_see_is_not_started(
    outcome: ScanOutcome, world: UpgradeWorld
) -> None:
    world.register(start=StartPolicy.SCAN)
    found(world, outcome, 1)

    assert after_the_scan(world) == StartedMigrations()


class _TroubledWorkflow(InMemoryMigrationWorkflow):
    """Cannot start the first org's run."""

    def start(self, migration: Migration) -> None:
        """Start it, unless it is the first org's."""
        if migration.org_id == org_id_of(1):
            raise StoreUnavailable("Step Functions is throttling.")
        super().start(migration)


def test_one_orgs_trouble_never_keeps_the_others() -> None:
    world = UpgradeWorld(workflow=_TroubledWorkflow())
    world.scans.save(a_scan())
    for number in (1, 2):
        registration = a_registration(number, start_policy=StartPolicy.SCAN)
        status = OrgStatus.UPGRADE_REQUIRED
        world.orgs.save(an_org(number, registration=registration, status=status))
    found(world, ScanOutcome.BEHIND, 1, 2)

    done = after_the_scan(world)

    assert (done.started, done.failed) == (1, 1)
    assert world.workflow.started == [f"{org_id_of(2)}-1"]


def test_what_there_is_no_time_for_is_left_to_the_same_call_again(world: UpgradeWorld) -> None:
    world.register(start=StartPolicy.SCAN)
    found(world, ScanOutcome.BEHIND, 1)

    rushed = after_the_scan(world, seconds=5)

    assert not rushed.is_complete
    assert rushed.started == 0
    assert after_the_scan(world).started == 1


def test_an_org_that_upgrades_by_hand_is_started_too(
    world: UpgradeWorld,
) -> None:
    world.register(start=StartPolicy.SCAN, policy=UpgradePolicy.MANUAL)
    found(world, ScanOutcome.BEHIND, 1)

    after_the_scan(world)

    assert world.prepare().next is Next.BY_HAND
    world.seen(a_snapshot("3.28.0.1"))
    assert world.follow_by_hand() == TO_BE_AUTHORIZED


def test_an_org_that_is_no_longer_registered_is_passed_over(world: UpgradeWorld) -> None:
    found(world, ScanOutcome.BEHIND, 5)

    assert after_the_scan(world) == StartedMigrations()


def test_an_unknown_scan_starts_nothing() -> None:
    with pytest.raises(ScanNotFound):
        after_the_scan(UpgradeWorld())
