"""Orgs on their way beyond the authorization, on the deployed stack with its permissions enforced.

Every org plays one story; all of them begin at once, and each test goes on with its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.exceptions import ClientError

from local.salesforce import (
    API_KEY_FIELD,
    API_SECRET_FIELD,
    KeyWrites,
    PackageConnection,
    SalesforceSimulator,
    SimulatedKeyRow,
    SimulatedOrg,
    WriteMoment,
    WriteObstacle,
)
from local.zoom import SimulatedAccount, SimulatedPerson
from tests.builders import fleet_cells, fleet_csv, org_id_of
from tests.functions.salesforce_app import SalesforceApp
from tests.functions.zoom_app import ZOOM_ADMIN
from tests.integration.cleanup_stage import (
    PROBE_FIELD,
    PROBE_OBJECT,
    PROBE_VALUE,
    CleanupStage,
    cleanup_staged,
)
from tests.integration.test_backup_key import ALL_OTHERS, role, vault_of
from zoom_migrator.domain.errors import MigratorError
from zoom_migrator.domain.migration import MigrationStep

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("embedded_aws")]

REMOVES, PROVEN, DECLINES, NEVER, REFUSES, FALLS_BACK, DISCONNECTED = (
    org_id_of(number) for number in range(1, 8)
)
REMOVED_AT_ZOOM: Final = "removed@gone.example"
REFUSED_AT_ZOOM: Final = "refused@gone.example"
AHEAD: Final = "2099-12-31"
A_ROW: Final = SimulatedKeyRow(login_type="JWT", zoom_url="https://acme.zoom.example")
GUARDED: Final = SimulatedKeyRow(
    writes=KeyWrites(obstacle=WriteObstacle.VALIDATION_RULE, when=WriteMoment.BLANKING)
)
SHOWS_CONNECTION: Final = PackageConnection(
    object=PROBE_OBJECT, field=PROBE_FIELD, connected_value=PROBE_VALUE, connected=True
)


@dataclass(frozen=True)
class Story:
    """An org, and what is special about it."""

    cells: Mapping[str, str] = field(default_factory=dict)
    rows: tuple[SimulatedKeyRow, ...] = (A_ROW,)
    connection: PackageConnection = field(default_factory=PackageConnection)

    @property
    def zoom_admin(self) -> str:
        return self.cells.get("zoom_admin_email", ZOOM_ADMIN)


STORIES: Final = {
    REMOVES: Story(),
    PROVEN: Story({"cleanup_policy": "auto"}, (A_ROW, A_ROW, A_ROW), SHOWS_CONNECTION),
    DECLINES: Story(),
    NEVER: Story({"cleanup_policy": "never"}),
    # Nothing shows its connection, so that somebody has to say it.
    REFUSES: Story({"cleanup_policy": "auto"}, (A_ROW, GUARDED)),
    FALLS_BACK: Story({"zoom_admin_email": REMOVED_AT_ZOOM, "deadline_override": AHEAD}),
    DISCONNECTED: Story({"zoom_admin_email": REFUSED_AT_ZOOM}),
}


@pytest.fixture(scope="module")
def salesforce(app: SalesforceApp) -> Iterator[SalesforceSimulator]:
    with app.simulator() as simulator:
        for number, (org_id, story) in enumerate(STORIES.items(), start=1):
            simulator.add(
                SimulatedOrg.model_validate(
                    {
                        "org_id": org_id,
                        "host": f"acme{number}.my.salesforce.com",
                        "users": [{"username": f"integration@acme{number}.example"}],
                        "packages": [{"version": "3.28.0.2"}],
                        "key_rows": list(story.rows),
                        "connection": story.connection,
                    }
                )
            )
        yield simulator


@pytest.fixture(scope="module")
def stage(
    app: SalesforceApp, salesforce: SalesforceSimulator, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CleanupStage]:
    """A stack whose orgs have all just been authorized."""
    folder = tmp_path_factory.mktemp("fleet")
    rows = [
        fleet_cells(
            number,
            **{
                "integration_username": f"integration@acme{number}.example",
                "zoom_admin_email": story.zoom_admin,
                "start_policy": "scan",
                **story.cells,
            },
        )
        for number, story in enumerate(STORIES.values(), start=1)
    ]
    (folder / "fleet.csv").write_text(fleet_csv(*rows), encoding="utf-8")
    with cleanup_staged(app, salesforce) as stage:
        for email in (REMOVED_AT_ZOOM, REFUSED_AT_ZOOM):
            people = [SimulatedPerson(email=email)]
            stage.stage.zoom.add(SimulatedAccount(name=email, people=people))
        stage.stage.hand_over_salesforce_app(folder)
        stage.stage.hand_over_zoom_app()
        stage.remember_rows(list(STORIES))
        imported = stage.stage.operator.reads("orgs", "import", str(folder / "fleet.csv"))
        assert len(imported["created"]) == len(STORIES)
        stage.stage.operator.reads("scan", "start", "--wait")
        for org_id, story in STORIES.items():
            stage.authorize(org_id, story.zoom_admin)
        yield stage


def shown(stage: CleanupStage, org_id: str) -> dict[str, Any]:
    return stage.stage.migration(org_id)


def standing(stage: CleanupStage, org_id: str) -> tuple[str, str | None]:
    """An org's status, and why it kept its keys, as operators read it."""
    org = stage.stage.org(org_id)
    return org["status"], org["keys_kept"]


def test_after_two_proofs_somebody_is_asked_and_nothing_is_changed_yet(stage: CleanupStage) -> None:
    stage.link(REMOVES)

    asked = shown(stage, REMOVES)
    assert [proof["zoom_email"] for proof in asked["verifications"]] == [ZOOM_ADMIN] * 2
    assert (asked["step"], asked["cleanup"]["status"]) == ("awaiting_cleanup_approval", "pending")
    assert asked["cleanup"]["needs_confirmation"]
    assert standing(stage, REMOVES)[0] == "cleanup_approval_pending"
    assert stage.keys_are_untouched(REMOVES)
    assert stage.backup(REMOVES) is None


def test_a_link_that_is_only_looked_at_changes_nothing(stage: CleanupStage) -> None:
    link, before = stage.link(REMOVES), stage.migration(REMOVES)

    statuses = [stage.look(link, how).status for how in ("GET", "HEAD") * 5]

    assert set(statuses) == {200}
    assert stage.migration(REMOVES) == before
    assert stage.keys_are_untouched(REMOVES)


def test_an_approval_on_the_page_has_the_keys_removed_and_nothing_else(
    stage: CleanupStage,
) -> None:
    link = stage.link(REMOVES)
    form = stage.fill_in(link, "approve")

    page = stage.send(link, form)

    assert "The removal is approved" in page.text
    assert stage.outcome(REMOVES) == "migrated"
    assert standing(stage, REMOVES) == ("migrated", None)
    assert stage.only_keys_are_blank(REMOVES)
    migration = shown(stage, REMOVES)
    answer = migration["cleanup"]["answer"]
    assert (answer["name"], answer["channel"]) == ("Grace Hopper", "page")
    assert answer["connection_seen"]
    # Two before the question; in the removal one at its start, one before the row, one at its end.
    assert len(migration["verifications"]) == 5
    assert "The old keys are removed." in stage.look(link).text
    assert stage.send(link, form | {"decision": "decline"}).status == 409
    assert shown(stage, REMOVES) == migration


def test_the_backup_holds_the_keys_and_no_other_function_can_read_it(stage: CleanupStage) -> None:
    backup, root = stage.backup(REMOVES), stage.stage.root
    assert backup is not None

    (kept,) = vault_of(root).open(backup.sealed, org_id=REMOVES)

    (before,) = stage.rows_before[REMOVES]
    assert (kept.api_key, kept.api_secret) == (before[API_KEY_FIELD], before[API_SECRET_FIELD])
    for function in ALL_OTHERS:
        with pytest.raises((MigratorError, ClientError), match=r"not authorized|AccessDenied"):
            vault_of(role(root, function)).open(backup.sealed, org_id=REMOVES)


def test_a_connection_that_is_proven_needs_nobody_where_the_policy_says_so(
    stage: CleanupStage,
) -> None:
    assert stage.outcome(PROVEN) == "migrated"

    assert stage.only_keys_are_blank(PROVEN)
    migration = shown(stage, PROVEN)
    assert migration["cleanup"]["answer"]["channel"] == "policy"
    assert migration["cleanup"]["rows"] == len(STORIES[PROVEN].rows)
    assert migration["verifications"][1]["package_connection"] == "proven"


def test_keys_that_somebody_wants_to_keep_are_kept(stage: CleanupStage) -> None:
    page = stage.answer(stage.link(DECLINES), "decline")

    assert "The old keys are kept" in page.text
    assert stage.outcome(DECLINES) == "migrated_keys_kept"
    assert standing(stage, DECLINES) == ("migrated_keys_kept", "declined")
    assert stage.keys_are_untouched(DECLINES)


def test_keys_that_the_policy_keeps_are_asked_about_by_nobody(stage: CleanupStage) -> None:
    assert stage.outcome(NEVER) == "migrated_keys_kept"

    assert standing(stage, NEVER) == ("migrated_keys_kept", "policy")
    assert shown(stage, NEVER)["cleanup"] is None
    assert stage.keys_are_untouched(NEVER)


def test_an_org_that_refuses_says_why_and_keeps_the_row_that_it_refused(
    stage: CleanupStage,
) -> None:
    stage.answer(stage.link(REFUSES), "approve")

    assert stage.outcome(REFUSES) == "cleanup_blocked"
    assert standing(stage, REFUSES) == ("migrated_keys_kept", "refused")
    assert "change request" in shown(stage, REFUSES)["said"]
    before, after = stage.rows_before[REFUSES], stage.rows(REFUSES)
    assert [row[API_SECRET_FIELD] for row in after] == [None, before[1][API_SECRET_FIELD]]


def test_an_app_that_is_removed_at_zoom_meanwhile_keeps_the_keys(stage: CleanupStage) -> None:
    link = stage.link(FALLS_BACK)
    stage.stage.zoom.remove_app(REMOVED_AT_ZOOM, stage.stage.zoom_app, notify=False)

    stage.answer(link, "approve")

    waits = MigrationStep.AWAITING_AUTHORIZATION
    stage.wait_until(FALLS_BACK, lambda migration: migration.step is waits)
    assert standing(stage, FALLS_BACK)[0] == "fallback_jwt"
    assert stage.keys_are_untouched(FALLS_BACK)
    assert stage.backup(FALLS_BACK) is None
    assert "this approval counts no more" in stage.look(link).text


def test_a_grant_that_is_lost_during_the_wait_voids_the_question(stage: CleanupStage) -> None:
    link = stage.link(DISCONNECTED)
    stage.stage.zoom.remove_app(REFUSED_AT_ZOOM, stage.stage.zoom_app, notify=False)

    stage.stage.operator.reads("grants", "refresh", DISCONNECTED, exit_code=1)

    assert standing(stage, DISCONNECTED)[0] == "disconnected"
    assert (stage.look(link).status, stage.keys_are_untouched(DISCONNECTED)) == (410, True)


def test_whoever_authorizes_again_is_asked_anew(stage: CleanupStage) -> None:
    void = stage.links[-1]

    stage.authorize(DISCONNECTED, REFUSED_AT_ZOOM)
    stage.answer(stage.link(DISCONNECTED), "approve")

    assert stage.links[-1] != void
    assert stage.look(void).status == 404
    assert stage.outcome(DISCONNECTED) == "migrated"
    assert stage.only_keys_are_blank(DISCONNECTED)


def test_the_operator_can_put_keys_back(stage: CleanupStage) -> None:
    restored = stage.stage.operator.reads(
        *("jwt", "restore", REMOVES, "--approved-by", "Grace Hopper", "--reason", "ticket 17")
    )

    assert restored["is_complete"]
    assert stage.has_its_keys_back(REMOVES)
    assert standing(stage, REMOVES) == ("migrated_keys_kept", "restored")


def test_a_backup_that_is_destroyed_puts_nothing_back(stage: CleanupStage) -> None:
    operator = stage.stage.operator

    assert operator.reads("jwt", "destroy-backup", PROVEN)["destroyed"]

    order = ("--approved-by", "Grace Hopper", "--reason", "ticket 18")
    assert operator.types("jwt", "restore", PROVEN, *order, "--yes").returncode == 8
    assert stage.backup(PROVEN) is None
    assert stage.only_keys_are_blank(PROVEN)


def test_another_scan_changes_nothing(stage: CleanupStage) -> None:
    rows = {org_id: stage.rows(org_id) for org_id in STORIES}
    before = {org_id: stage.org(org_id) for org_id in STORIES}

    stage.stage.operator.reads("scan", "start", "--wait")

    for org_id, org in before.items():
        after = stage.org(org_id)
        assert after.standing == org.standing
        assert (after.attempts, after.active_attempt) == (org.attempts, org.active_attempt)
    assert {org_id: stage.rows(org_id) for org_id in STORIES} == rows


def test_every_org_has_a_next_step(stage: CleanupStage) -> None:
    assert stage.stage.operator.reads("orgs", "doctor") == {"stuck": [], "repaired": None}


def test_nothing_secret_is_left_anywhere(stage: CleanupStage) -> None:
    inner = stage.stage
    queries = [parse_qs(urlsplit(address).query) for address in inner.addresses]
    orgs = [stage.simulated(org_id) for org_id in STORIES]
    keys = {value for org in orgs for value in org.secret_values()}
    consents = {query[name][0] for query in queries for name in ("code", "state")}
    secrets = keys | consents | {*inner.zoom.secret_values(), *stage.task_tokens}
    links = {link.rpartition("/")[2] for link in (*inner.links, *stage.links)}
    places = {
        "the table": json.dumps(inner.items()),
        "the logs": "\n".join(inner.log_lines()),
        "the executions": "".join(inner.executions()),
        "the pages": "\n".join(stage.pages),
        "the terminal": "\n".join(inner.operator.seen),
    }

    assert len(keys) >= 2 * sum(len(story.rows) for story in STORIES.values())
    assert len(stage.task_tokens) >= 5
    assert all(len(secret) > 15 for secret in secrets | links)
    assert all(len(text) > 1_000 for text in places.values())
    found = [
        *((place, each) for place, text in places.items() for each in secrets if each in text),
        *((place, each) for place in list(places)[:3] for each in links if each in places[place]),
    ]
    assert found == []
    assert {place: inner.app.secrets_in(places[place], orgs) for place in list(places)[:3]} == {
        place: [] for place in list(places)[:3]
    }
