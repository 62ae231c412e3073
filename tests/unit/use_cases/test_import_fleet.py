from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builders import (
    ALLOWED_DOMAINS,
    MINIMUM,
    NOW,
    SCAN_ID,
    a_fleet_row,
    a_registration,
    a_snapshot,
    a_standing_acceptance,
    after,
    an_org,
    fleet_cells,
    fleet_csv,
    org_id_of,
)
from tests.unit.use_cases.stores import EventfulOrgs, fails_with
from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.domain.audit import AuditAction, AuditEntry
from zoom_migrator.domain.errors import ConcurrentModification, StoreUnavailable
from zoom_migrator.domain.fleet_file import FleetRow, parse_fleet_file
from zoom_migrator.domain.org import Org, OrgRegistration, StartPolicy, UpgradePolicy
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.use_cases.import_fleet import FleetImport, import_fleet

ADA = "arn:aws:iam::123456789012:user/ada"


@pytest.fixture
def orgs() -> EventfulOrgs:
    return EventfulOrgs()


def run(
    orgs: EventfulOrgs, *registrations: OrgRegistration, actor: str = ADA, dry_run: bool = False
) -> FleetImport:
    rows = [a_fleet_row(each, line=line) for line, each in enumerate(registrations, start=2)]
    return import_rows(orgs, rows, actor=actor, dry_run=dry_run)


def import_rows(
    orgs: EventfulOrgs, rows: list[FleetRow], *, actor: str = ADA, dry_run: bool = False
) -> FleetImport:
    return import_fleet(rows, orgs=orgs, clock=SettableClock(NOW), actor=actor, dry_run=dry_run)


def stored(orgs: EventfulOrgs, number: int = 1) -> Org:
    org = orgs.get(org_id_of(number))
    assert org is not None
    return org


def audit_of(orgs: EventfulOrgs, number: int = 1) -> list[AuditEntry]:
    return orgs.audit_trail(org_id_of(number), limit=100)


class TestNewOrgs:
    def test_they_are_registered_with_nothing_known_of_them(self, orgs: EventfulOrgs) -> None:
        done = run(orgs, a_registration(1), a_registration(2))

        assert done == FleetImport(created=[org_id_of(1), org_id_of(2)])
        assert stored(orgs) == an_org(1, registered_at=NOW, revision=1)

    def test_who_registered_them_is_on_record(self, orgs: EventfulOrgs) -> None:
        run(orgs, a_registration(1))

        assert audit_of(orgs) == [
            AuditEntry(
                org_id_of(1), NOW, AuditAction.REGISTERED, ADA, "host acme1.my.salesforce.com"
            )
        ]


class TestKnownOrgs:
    def test_importing_the_same_file_again_changes_nothing(self, orgs: EventfulOrgs) -> None:
        rows = (a_registration(1), a_registration(2))
        run(orgs, *rows)
        before = [stored(orgs, 1), stored(orgs, 2)]

        done = run(orgs, *rows, actor="somebody else")

        assert done == FleetImport(unchanged=[org_id_of(1), org_id_of(2)])
        assert [stored(orgs, 1), stored(orgs, 2)] == before
        assert len(audit_of(orgs)) == 1

    def test_the_15_character_form_of_an_id_is_the_same_org(self, orgs: EventfulOrgs) -> None:
        for key in (org_id_of(1), org_id_of(1)[:15]):
            content = fleet_csv(fleet_cells(1, org_key=key)).encode()
            import_rows(orgs, parse_fleet_file(content, allowed_domains=ALLOWED_DOMAINS))

        assert list(orgs.list_ids()) == [org_id_of(1)]

    def test_a_changed_row_updates_the_registration_and_keeps_what_scans_found(
        self, orgs: EventfulOrgs
    ) -> None:
        known = an_org(1).observe(a_snapshot("3.23"), scan_id=SCAN_ID, minimum=MINIMUM)
        before = orgs.save(known)
        changed = a_registration(1, display_name="Acme Europe", tags=("emea",))

        done = run(orgs, changed)

        assert done == FleetImport(updated=[org_id_of(1)])
        assert stored(orgs) == replace(before, registration=changed, revision=2)

    def test_policies_that_changed_take_effect_and_are_on_record(self, orgs: EventfulOrgs) -> None:
        run(orgs, a_registration(1))

        done = run(
            orgs,
            a_registration(1, upgrade_policy=UpgradePolicy.AUTO, start_policy=StartPolicy.SCAN),
        )

        assert done.updated == [org_id_of(1)]
        assert stored(orgs).registration.upgrade_policy is UpgradePolicy.AUTO
        assert stored(orgs).registration.start_policy is StartPolicy.SCAN
        assert audit_of(orgs)[0].action is AuditAction.REGISTRATION_CHANGED
        assert audit_of(orgs)[0].detail == "changed: upgrade_policy, start_policy"

    def test_a_file_without_policies_puts_them_back_to_their_defaults(
        self, orgs: EventfulOrgs
    ) -> None:
        run(orgs, a_registration(1, upgrade_policy=UpgradePolicy.MANUAL))
        columns = [column for column in fleet_cells(1) if column != "upgrade_policy"]
        content = fleet_csv(fleet_cells(1), columns=columns).encode()

        import_rows(orgs, parse_fleet_file(content, allowed_domains=ALLOWED_DOMAINS))

        assert stored(orgs).registration.upgrade_policy is UpgradePolicy.ASK

    def test_what_migrations_know_of_an_org_stays(self, orgs: EventfulOrgs) -> None:
        known = an_org(
            1,
            status=OrgStatus.UPGRADING,
            attempts=3,
            active_attempt=3,
            standing_acceptance=a_standing_acceptance(),
        )
        before = orgs.save(known)
        changed = a_registration(1, upgrade_policy=UpgradePolicy.AUTO)

        run(orgs, changed)

        assert stored(orgs) == replace(before, registration=changed, revision=2)

    def test_the_record_names_what_changed_and_not_the_values(self, orgs: EventfulOrgs) -> None:
        run(orgs, a_registration(1))

        run(orgs, a_registration(1, username="new@acme.example", tags=("emea",)), actor="bob")

        newest = audit_of(orgs)[0]
        assert (newest.action, newest.actor) == (AuditAction.REGISTRATION_CHANGED, "bob")
        assert newest.detail == "changed: username, tags"

    def test_orgs_the_file_does_not_name_are_reported_and_kept(self, orgs: EventfulOrgs) -> None:
        run(orgs, a_registration(1), a_registration(2), a_registration(3))

        done = run(orgs, a_registration(2))

        assert done.missing_from_file == [org_id_of(1), org_id_of(3)]
        assert list(orgs.list_ids()) == [org_id_of(1), org_id_of(2), org_id_of(3)]

    def test_one_file_may_create_update_keep_and_miss(self, orgs: EventfulOrgs) -> None:
        run(orgs, a_registration(1), a_registration(2), a_registration(3))

        done = run(
            orgs, a_registration(2), a_registration(3, display_name="New"), a_registration(4)
        )

        assert done == FleetImport(
            created=[org_id_of(4)],
            updated=[org_id_of(3)],
            unchanged=[org_id_of(2)],
            missing_from_file=[org_id_of(1)],
        )


class TestADryRun:
    def test_it_says_what_an_import_would_do_and_does_nothing(self, orgs: EventfulOrgs) -> None:
        run(orgs, a_registration(1), a_registration(2))
        before = [stored(orgs, 1), stored(orgs, 2)]
        rows = (a_registration(2, display_name="New"), a_registration(3))

        foreseen = run(orgs, *rows, dry_run=True)

        assert [stored(orgs, 1), stored(orgs, 2)] == before
        assert list(orgs.list_ids()) == [org_id_of(1), org_id_of(2)]
        assert foreseen == run(orgs, *rows)


class TestWhenOthersWriteAtTheSameTime:
    def test_their_change_of_an_org_is_not_lost(self, orgs: EventfulOrgs) -> None:
        run(orgs, a_registration(1))
        orgs.before_saves(lambda: orgs.save(replace(stored(orgs), status=OrgStatus.UPGRADING)))

        done = run(orgs, a_registration(1, display_name="New"))

        assert done.updated == [org_id_of(1)]
        assert stored(orgs).status is OrgStatus.UPGRADING
        assert stored(orgs).registration.display_name == "New"

    def test_an_org_they_registered_alike_is_left_alone(self, orgs: EventfulOrgs) -> None:
        orgs.before_saves(lambda: run(orgs, a_registration(1), actor="bob"))

        done = run(orgs, a_registration(1))

        assert done == FleetImport(unchanged=[org_id_of(1)])
        assert [entry.actor for entry in audit_of(orgs)] == ["bob"]

    def test_an_org_they_registered_otherwise_is_updated(self, orgs: EventfulOrgs) -> None:
        orgs.before_saves(lambda: run(orgs, a_registration(1, display_name="Bob's"), actor="bob"))

        done = run(orgs, a_registration(1))

        assert done == FleetImport(updated=[org_id_of(1)])
        assert stored(orgs).registration == a_registration(1)

    def test_an_org_that_keeps_changing_ends_the_import(self, orgs: EventfulOrgs) -> None:
        orgs.always = fails_with(ConcurrentModification("changed"))

        with pytest.raises(ConcurrentModification, match=org_id_of(1)):
            run(orgs, a_registration(1))


def test_an_import_that_broke_off_is_finished_by_repeating_it(orgs: EventfulOrgs) -> None:
    rows = (a_registration(1), a_registration(2), a_registration(3))
    orgs.before_saves(None, fails_with(StoreUnavailable("throttled")))

    with pytest.raises(StoreUnavailable):
        run(orgs, *rows)
    done = run(orgs, *rows)

    assert done == FleetImport(created=[org_id_of(2), org_id_of(3)], unchanged=[org_id_of(1)])


def test_progress_is_told_after_every_row(orgs: EventfulOrgs) -> None:
    run(orgs, a_registration(1))
    ticks: list[int] = []

    import_fleet(
        [a_fleet_row(a_registration(1)), a_fleet_row(a_registration(2))],
        orgs=orgs,
        clock=SettableClock(after(days=1)),
        actor=ADA,
        on_row=lambda: ticks.append(len(list(orgs.list_ids()))),
    )

    assert ticks == [1, 2]
