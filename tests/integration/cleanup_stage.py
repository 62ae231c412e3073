"""A deployed stack whose orgs get beyond their authorization, to what becomes of their old keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from local.salesforce import API_KEY_FIELD, API_SECRET_FIELD, RunningOrg, SalesforceSimulator
from local.zoom import Page, Person
from tests.functions.salesforce_app import SalesforceApp
from tests.integration.authorization_stage import Stage, own_client, staged
from tests.integration.waiting import eventually
from zoom_migrator.adapters.dynamodb.backups import DynamoDbKeyBackupRepository
from zoom_migrator.adapters.dynamodb.migrations import DynamoDbMigrationRepository
from zoom_migrator.adapters.dynamodb.orgs import DynamoDbOrgRepository
from zoom_migrator.adapters.dynamodb.table import Table
from zoom_migrator.adapters.kms import KmsTokenVault
from zoom_migrator.domain.key_backup import KeyBackup
from zoom_migrator.domain.migration import Migration, MigrationStep
from zoom_migrator.domain.org import Org

type Row = dict[str, object]

SALESFORCE_ADMIN: Final = "salesforce.admin@acme.example"
# No time passes between the proofs; the connection shows only in orgs that have the probe's object.
PROBE_OBJECT: Final = "zoom_app__Zoom_Connection__c"
PROBE_FIELD: Final = "zoom_app__State__c"
PROBE_VALUE: Final = "connected"
PARAMETERS: Final = {
    "SoakMinutes": "0",
    "ConnectionProbeObject": PROBE_OBJECT,
    "ConnectionProbeField": PROBE_FIELD,
    "ConnectionProbeValue": PROBE_VALUE,
}
_KEYS: Final = frozenset({API_KEY_FIELD, API_SECRET_FIELD})
# What the platform itself writes with every change.
_STAMPS: Final = frozenset({"LastModifiedDate", "SystemModstamp"})
_SECONDS: Final = 30


@dataclass
class CleanupStage:
    """The stack, and the Salesforce admins of its orgs.

    Attributes:
        rows_before: What stood in the orgs' rows at first.
        pages: What people read about old keys.
        links: Where they read it.
        task_tokens: What state machines waited with for an answer.
    """

    stage: Stage
    table: Table
    vault: KmsTokenVault
    rows_before: dict[str, list[Row]] = field(default_factory=dict)
    pages: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    task_tokens: list[str] = field(default_factory=list)

    def org(self, org_id: str) -> Org:
        found = DynamoDbOrgRepository(self.table).get(org_id)
        assert found is not None
        return found

    def migration(self, org_id: str) -> Migration | None:
        """The newest attempt of an org."""
        found = DynamoDbMigrationRepository(self.table).list_of(org_id, limit=1)
        return found[0] if found else None

    def backup(self, org_id: str) -> KeyBackup | None:
        return DynamoDbKeyBackupRepository(self.table).get(org_id, now=datetime.now(UTC))

    def wait_until(self, org_id: str, holds: Callable[[Migration], bool]) -> Migration:
        """Wait until something holds of an org's newest attempt."""
        seen: list[Migration] = []

        def it_holds() -> bool:
            seen[:] = [each for each in (self.migration(org_id),) if each is not None]
            return bool(seen) and holds(seen[0])

        eventually(it_holds)
        return seen[0]

    def outcome(self, org_id: str) -> str:
        """How an org's newest attempt ends."""
        return str(self.wait_until(org_id, lambda migration: migration.is_over).outcome)

    def authorize(self, org_id: str, email: str) -> None:
        """Have a Zoom admin authorize an org that waits for it."""
        waits = MigrationStep.AWAITING_AUTHORIZATION
        self.wait_until(org_id, lambda migration: migration.step is waits)
        assert self.stage.authorize(org_id, email).title == "Zoom is connected"

    def link(self, org_id: str) -> str:
        """The link to the question about an org's keys, once its state machine waits for it."""
        asked = self.wait_until(org_id, _waits_for_an_answer)
        assert asked.cleanup is not None
        self.task_tokens.append(
            self.vault.open(asked.cleanup.task_token, org_id=org_id, attempt=asked.attempt)
        )
        self.links.append(str(self.stage.operator.reads("migrate", "link", org_id)["link"]))
        return self.links[-1]

    def look(self, link: str, how: str = "GET") -> Page:
        """Send a request to the page behind a link, as people and scanners do."""
        with Person(SALESFORCE_ADMIN) as person:
            answer = person.session.request(how, link, timeout=_SECONDS)
        self.pages.append(answer.text)
        return Page(answer.url, answer.status_code, answer.text)

    def fill_in(self, link: str, decision: str) -> dict[str, str]:
        """Open the page behind a link and fill its form in."""
        (form,) = self.look(link).forms
        return dict(form.fields) | {
            "connection": "seen",
            "name": "Grace Hopper",
            "email": SALESFORCE_ADMIN,
            "decision": decision,
        }

    def send(self, link: str, form: Mapping[str, str]) -> Page:
        """Send a form of the page behind a link."""
        with Person(SALESFORCE_ADMIN) as person:
            answer = person.session.post(link, data=form, timeout=_SECONDS)
        self.pages.append(answer.text)
        return Page(answer.url, answer.status_code, answer.text)

    def answer(self, link: str, decision: str) -> Page:
        """Open the page behind a link, fill its form in and send it."""
        return self.send(link, self.fill_in(link, decision))

    def simulated(self, org_id: str) -> RunningOrg:
        return self.stage.salesforce.org(org_id)

    def rows(self, org_id: str) -> list[Row]:
        """What stands in an org's rows now."""
        return [dict(row) for row in self.simulated(org_id).key_rows]

    def remember_rows(self, org_ids: Sequence[str]) -> None:
        self.rows_before = {org_id: self.rows(org_id) for org_id in org_ids}

    def keys_are_untouched(self, org_id: str) -> bool:
        return self.rows(org_id) == self.rows_before[org_id]

    def only_keys_are_blank(self, org_id: str) -> bool:
        """Whether all rows are there, without keys, and otherwise as they were."""
        rows = self.rows(org_id)
        return all(row[name] is None for row in rows for name in _KEYS) and (
            [_settings(row) for row in rows] == [_settings(row) for row in self.rows_before[org_id]]
        )

    def has_its_keys_back(self, org_id: str) -> bool:
        """Whether all rows hold what they held at first."""
        return [_with_keys(row) for row in self.rows(org_id)] == [
            _with_keys(row) for row in self.rows_before[org_id]
        ]


@contextmanager
def cleanup_staged(app: SalesforceApp, salesforce: SalesforceSimulator) -> Iterator[CleanupStage]:
    """Deploy the stack beside both simulators."""
    with staged(app, salesforce, **PARAMETERS) as stage:
        table = Table(own_client(stage, "dynamodb"), stage.root.table)
        key = stage.stack.outputs["TaskTokenKeyArn"]
        yield CleanupStage(stage, table, KmsTokenVault(own_client(stage, "kms"), key))


def _waits_for_an_answer(migration: Migration) -> bool:
    return (
        migration.step is MigrationStep.AWAITING_CLEANUP_APPROVAL
        and migration.cleanup is not None
        and migration.cleanup.task_token != ""
    )


def _settings(row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in _KEYS | _STAMPS}


def _with_keys(row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in _STAMPS}
