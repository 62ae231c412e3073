"""The ways an org goes in the schedules, each step the production use case."""

from __future__ import annotations

from typing import Final

from tests.authorizations import ISSUER, USER_ID, a_person, browser_of
from tests.builders import ADA, an_org
from tests.cleanups import OTHER_ROW_ID, CleanupWorld, some_values
from zoom_migrator.domain.callback import read_callback
from zoom_migrator.domain.grant import GrantStatus
from zoom_migrator.domain.legacy_keys import KeyValues
from zoom_migrator.domain.migration import MigrationStep, Verdict
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.use_cases.authorization_link import find_offer
from zoom_migrator.use_cases.complete_authorization import complete_authorization
from zoom_migrator.use_cases.destroy_backup import destroy_backup
from zoom_migrator.use_cases.follow_up_authorization import follow_up_authorization
from zoom_migrator.use_cases.prove_org import prove_org
from zoom_migrator.use_cases.request_authorization import request_authorization
from zoom_migrator.use_cases.request_cleanup import request_cleanup
from zoom_migrator.use_cases.start_authorization import StartedAuthorization, start_authorization
from zoom_migrator.use_cases.stop_migration import stop_migration
from zoom_migrator.use_cases.sweep_fleet import sweep_fleet

type Rows = tuple[KeyValues, KeyValues]

ROWS: Final[Rows] = (some_values(), some_values(OTHER_ROW_ID))


class CrashWorld(CleanupWorld):
    """One org from its authorization to the end.

    A second one waits to be authorized by the same person; a third is nobody's business.

    Attributes:
        rows: The rows of its keys, as they were before anybody removed any.
    """

    rows: Rows = ROWS

    def __post_init__(self) -> None:
        super().__post_init__()
        self.bystander = self.orgs.save(an_org(3, status=OrgStatus.UPGRADE_REQUIRED))
        # Whoever consents there is no process of the product's.
        self.zoom_itself = self.zoom
        self.asked(2)
        self.workflow.start(self.migration_of(2))

    def request_step(self, token: str) -> None:
        """Run the step that asks for an authorization."""
        request_authorization(
            self.org_id,
            self.attempt,
            token,
            orgs=self.orgs,
            migrations=self.migrations,
            vault=self.task_vault,
            callback=self.callback,
            ids=self.ids,
            clock=self.clock,
            settings=self.settings,
        )

    def follow_up_step(self) -> Verdict:
        """Run the step that looks what became of the request for authorization."""
        return follow_up_authorization(
            self.org_id,
            self.attempt,
            orgs=self.orgs,
            migrations=self.migrations,
            grants=self.grants,
            clock=self.clock,
            settings=self.settings,
        )

    def press_button(self) -> StartedAuthorization | None:
        """Press the button on the start page."""
        offer = find_offer(self.org_id, self.attempt, orgs=self.orgs, migrations=self.migrations)
        if offer is None:
            return None
        started = start_authorization(
            offer,
            offer.request.products,
            attempts=self.attempts,
            zoom=self.zoom,
            secrets=self.secrets,
            clock=self.clock,
            settings=self.settings,
        )
        return started if isinstance(started, StartedAuthorization) else None

    def come_back(self, query: dict[str, list[str]], started: StartedAuthorization) -> None:
        """Come back from Zoom."""
        complete_authorization(
            read_callback(query, issuer=ISSUER),
            browser_of(started),
            ports=self.ports,
            settings=self.settings,
        )

    def wait_for_answer(self, token: str) -> None:
        """Run the step that waits for somebody to answer about the keys."""
        request_cleanup(
            self.org_id,
            self.attempt,
            token,
            orgs=self.orgs,
            migrations=self.migrations,
            vault=self.task_vault,
            callback=self.callback,
        )

    def probe(self) -> None:
        """Look whether the grant still works, as after an event of Zoom's."""
        prove_org(self.org_id, actor="probe", ports=self.health_ports, settings=self.cleanup)

    def stop_it(self) -> None:
        """Stop the migration, as an operator does."""
        stop_migration(
            self.org_id,
            requested_by=ADA,
            reason="change freeze",
            orgs=self.orgs,
            migrations=self.migrations,
            workflow=self.workflow,
            clock=self.clock,
        )

    def sweep(self) -> None:
        """Look for what nothing moves."""
        sweep_fleet(ports=self.sweep_ports, seconds_left=lambda: 900.0)

    def destroy(self) -> None:
        """Destroy the backup, as an operator does."""
        destroy_backup(self.org_id, requested_by=ADA, ports=self.backup_ports)

    def consent_elsewhere(self) -> None:
        """Have the same person authorize another org."""
        started = self.press(2)
        if not isinstance(started, StartedAuthorization):
            return
        self.come_back(self.zoom_itself.consent(started.address, a_person()), started)

    @property
    def entered(self) -> KeyValues:
        """What somebody enters into the second row after its keys were removed."""
        return KeyValues(self.rows[1].row_id, "another-key-canary", "another-secret-canary")

    @property
    def has_consented(self) -> bool:
        """Whether nobody has to come again: the consent is stored, recorded or not."""
        request, link = self.migration.authorization, self.grants.link_of(self.org_id)
        if self.migration.step is not MigrationStep.AWAITING_AUTHORIZATION:
            return True
        if request is None or link is None or link.request_id != request.request_id:
            return False
        grant = self.grants.get(link.grant_id)
        return grant is not None and grant.status is GrantStatus.LIVE

    def deauthorize(self) -> None:
        """Remove the app at Zoom."""
        self.zoom.deauthorize(USER_ID)
