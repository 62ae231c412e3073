"""Orgs on their way through Zoom, on the deployed stack with its permissions enforced."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.exceptions import ClientError

from local.salesforce import SalesforceSimulator, SimulatedOrg
from local.zoom import Person, Phase
from tests.builders import fleet_cells, fleet_csv, org_id_of
from tests.functions.authorization_cases import CASES, Case
from tests.functions.authorizations import START
from tests.functions.salesforce_app import SalesforceApp
from tests.functions.zoom_app import STRANGER, ZOOM_ADMIN
from tests.integration.account import Account, Call, as_role, role_of
from tests.integration.authorization_stage import Stage, a_new_world, staged
from tests.integration.test_trouble import denied

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("embedded_aws")]

CONNECTS, MENDS, RENEWS, STOPS, SCANNED = (org_id_of(number) for number in range(1, 6))
FLEET: Final = (CONNECTS, MENDS, RENEWS, STOPS, SCANNED)
NEW_VERSION: Final = {"version": "3.28.0.2"}


@pytest.fixture(scope="module")
def salesforce(app: SalesforceApp) -> Iterator[SalesforceSimulator]:
    with app.simulator() as simulator:
        for number, org_id in enumerate(FLEET, start=1):
            simulator.add(
                SimulatedOrg.model_validate(
                    {
                        "org_id": org_id,
                        "host": f"acme{number}.my.salesforce.com",
                        "users": [{"username": f"integration@acme{number}.example"}],
                        "packages": [NEW_VERSION],
                    }
                )
            )
        yield simulator


@pytest.fixture(scope="module")
def stage(
    app: SalesforceApp, salesforce: SalesforceSimulator, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """A stack whose orgs all have their version, and whose Zoom app nobody has handed over yet."""
    folder = tmp_path_factory.mktemp("fleet")
    (folder / "fleet.csv").write_text(
        fleet_csv(*(row(number, org_id) for number, org_id in enumerate(FLEET, start=1))),
        encoding="utf-8",
    )
    with staged(app, salesforce) as stage:
        stage.hand_over_salesforce_app(folder)
        imported = stage.operator.reads("orgs", "import", str(folder / "fleet.csv"))
        assert len(imported["created"]) == len(FLEET)
        yield stage


def row(number: int, org_id: str) -> dict[str, str]:
    return fleet_cells(
        number,
        integration_username=f"integration@acme{number}.example",
        zoom_admin_email=ZOOM_ADMIN,
        start_policy="scan" if org_id == SCANNED else "operator",
    )


def test_without_a_zoom_app_the_request_waits_and_whoever_opens_it_is_told(stage: Stage) -> None:
    stage.operator.reads("migrate", "start", CONNECTS)

    with Person(ZOOM_ADMIN) as person:
        page = person.press(person.open(stage.link(CONNECTS)), START)

    assert (page.status, page.left_for) == (503, None)
    assert stage.migration(CONNECTS)["step"] == "awaiting_authorization"
    stage.hand_over_zoom_app()
    # Functions remember for five minutes that there was no app, unless they begin anew.
    renew_processes(stage)


def test_a_zoom_admin_goes_the_whole_way_and_the_org_is_authorized(stage: Stage) -> None:
    page = stage.authorize(CONNECTS, ZOOM_ADMIN)

    assert page.title == "Zoom is connected"
    stage.wait_for_proof(CONNECTS)
    assert stage.org(CONNECTS)["status"] == "authorized"
    (grant,) = stage.operator.reads("grants", "list")
    assert (grant["zoom_email"], grant["status"]) == (ZOOM_ADMIN, "live")


def test_neither_the_code_nor_the_state_stays_in_the_address_bar(stage: Stage) -> None:
    with Person(ZOOM_ADMIN) as person:
        back = person.open(stage.addresses[0])

    # Another browser may not even see how it came out.
    assert back.status == 400
    query = parse_qs(urlsplit(stage.addresses[0]).query)
    assert query["code"][0] not in back.text
    assert query["state"][0] not in back.text


def test_the_operator_can_refresh_what_was_granted(stage: Stage) -> None:
    (before,) = stage.operator.reads("grants", "list")

    stage.operator.reads("grants", "refresh", CONNECTS)

    shown = stage.operator.reads("grants", "show", CONNECTS)
    assert shown["token_pairs"] == before["token_pairs"] + 1


def test_the_wrong_person_is_refused_and_the_right_one_mends_it(stage: Stage) -> None:
    stage.operator.reads("migrate", "start", MENDS)

    refused = stage.authorize(MENDS, STRANGER)
    pending = stage.migration(MENDS)
    connected = stage.authorize(MENDS, ZOOM_ADMIN)

    assert "e-mail addresses do not match" in refused.text
    assert pending["step"] == "awaiting_authorization"
    assert pending["authorization"]["setback"]["outcome"] == "wrong_email"
    assert stage.zoom.grant_of(STRANGER, stage.zoom_app) is None
    assert connected.title == "Zoom is connected"
    stage.wait_for_proof(MENDS)


def test_orgs_of_one_zoom_admin_share_one_grant(stage: Stage) -> None:
    (grant,) = stage.operator.reads("grants", "list")

    assert {org["org_id"] for org in grant["orgs"]} == {CONNECTS, MENDS}


def test_a_link_that_is_only_looked_at_changes_nothing(stage: Stage) -> None:
    stage.operator.reads("migrate", "start", RENEWS)
    link = stage.link(RENEWS)
    before = stage.migration(RENEWS)

    with Person(ZOOM_ADMIN) as scanner:
        statuses = [scanner.session.request(how, link).status_code for how in ("GET", "HEAD") * 5]

    assert set(statuses) == {200}
    assert stage.migration(RENEWS) == before


def test_a_renewed_request_makes_the_old_link_void(stage: Stage) -> None:
    old = stage.link(RENEWS)

    stage.operator.reads("migrate", "renew", RENEWS)

    assert stage.link(RENEWS) != old
    with Person(ZOOM_ADMIN) as person:
        assert person.open(old).status == 410
    assert stage.authorize(RENEWS, ZOOM_ADMIN).title == "Zoom is connected"
    stage.wait_for_proof(RENEWS)


def test_a_migration_that_is_stopped_closes_its_link(stage: Stage) -> None:
    stage.operator.reads("migrate", "start", STOPS)
    link = stage.link(STOPS)

    stage.operator.reads("migrate", "stop", STOPS, "--reason", "change freeze")

    assert stage.outcome(STOPS) == "stopped"
    with Person(ZOOM_ADMIN) as person:
        assert person.open(link).status == 410


def test_a_scan_asks_for_the_authorization_of_an_org_that_has_its_version(stage: Stage) -> None:
    stage.operator.reads("scan", "start", "--wait")

    assert stage.authorize(SCANNED, ZOOM_ADMIN).title == "Zoom is connected"
    stage.wait_for_proof(SCANNED)
    assert stage.migration(SCANNED)["trigger"] == "scan"


def test_a_callback_that_may_not_keep_the_grant_costs_nothing_but_another_try(
    stage: Stage,
) -> None:
    stage.operator.reads("migrate", "start", STOPS)
    stage.link(STOPS)
    with denied(stage.stack, function="zoom-migrator-oauth-callback", action="kms:Encrypt"):
        page = stage.authorize(STOPS, ZOOM_ADMIN)
    tried = len(stage.zoom.requests_in(Phase.TOKEN))

    again = stage.authorize(STOPS, ZOOM_ADMIN)

    assert page.title != "Zoom is connected"
    assert again.title == "Zoom is connected"
    assert len(stage.zoom.requests_in(Phase.TOKEN)) == tried + 1
    stage.wait_for_proof(STOPS)


def renew_processes(stage: Stage) -> None:
    """Have the pages' functions run in new processes, as after any deployment."""
    functions = stage.root.client("lambda")
    for name in ("authorize", "oauth-callback"):
        function = f"zoom-migrator-{name}"
        variables = functions.get_function_configuration(FunctionName=function)["Environment"]
        changed = {"Variables": variables["Variables"] | {"LOG_LEVEL": "DEBUG"}}
        functions.update_function_configuration(FunctionName=function, Environment=changed)


def read_the_zoom_secret(account: Account) -> None:
    arn = account.stack.outputs["ZoomSecretArn"]
    account.client("secretsmanager").get_secret_value(SecretId=arn)


def read_the_salesforce_secret(account: Account) -> None:
    account.client("secretsmanager").get_secret_value(SecretId=account.secret)


def seal(account: Account) -> None:
    key = account.stack.outputs["GrantKeyArn"]
    account.client("kms").encrypt(KeyId=key, Plaintext=b"token")


def sign_a_link(account: Account) -> None:
    account.client("kms").generate_mac(
        KeyId=account.stack.outputs["LinkKeyArn"], Message=b"claims", MacAlgorithm="HMAC_SHA_256"
    )


def check_a_link(account: Account) -> None:
    kms = account.client("kms")
    try:
        kms.verify_mac(
            KeyId=account.stack.outputs["LinkKeyArn"],
            Message=b"claims",
            MacAlgorithm="HMAC_SHA_256",
            Mac=bytes(32),
        )
    except kms.exceptions.KMSInvalidMacException:
        return


def read_a_history(account: Account) -> None:
    machine = account.stack.outputs["MigrationStateMachineArn"]
    execution = f"{machine.replace(':stateMachine:', ':execution:')}:{CONNECTS}-1"
    account.client("stepfunctions").get_execution_history(executionArn=execution)


def scan_the_table(account: Account) -> None:
    account.client("dynamodb").scan(TableName=account.table)


def delete_an_org(account: Account) -> None:
    key = {"pk": {"S": f"ORG#{CONNECTS}"}, "sk": {"S": "ORG"}}
    account.client("dynamodb").delete_item(TableName=account.table, Key=key)


def start_a_migration(account: Account) -> None:
    account.client("stepfunctions").start_execution(
        stateMachineArn=account.stack.outputs["MigrationStateMachineArn"], input="{}"
    )


ACTIONS: Final = (
    *(read_the_zoom_secret, read_the_salesforce_secret, seal, sign_a_link, check_a_link),
    *(read_a_history, scan_the_table, delete_an_org, start_a_migration),
)
MAY: Final[dict[str, tuple[Call, ...]]] = {
    "authorize": (read_the_zoom_secret, check_a_link),
    "oauth-callback": (read_the_zoom_secret, seal),
    "request-authorization": (seal,),
    "follow-up-authorization": (),
}


@pytest.mark.parametrize(
    ("function", "action"), [(name, action) for name, actions in MAY.items() for action in actions]
)
def test_a_function_may_do_what_it_needs(stage: Stage, function: str, action: Call) -> None:
    action(as_role(stage.stack, stage.root, role_of(stage.root, function)))


@pytest.mark.parametrize(
    ("function", "action"),
    [(name, each) for name, actions in MAY.items() for each in ACTIONS if each not in actions],
)
def test_a_function_may_do_nothing_else(stage: Stage, function: str, action: Call) -> None:
    account = as_role(stage.stack, stage.root, role_of(stage.root, function))

    with pytest.raises(ClientError, match=r"not authorized|Access Denied|AccessDenied"):
        action(account)


def test_no_secret_and_no_link_is_left_anywhere(stage: Stage) -> None:
    queries = [parse_qs(urlsplit(address).query) for address in stage.addresses]
    secrets = {
        *(link.rpartition("/")[2] for link in stage.links),
        *(query[name][0] for query in queries for name in ("code", "state")),
        *(cookie.partition(".")[0] for cookie in stage.cookies),
        *stage.zoom.secret_values(),
    }
    places = {
        "the table": json.dumps(stage.items()),
        "the logs": "\n".join(stage.log_lines()),
        "the executions": "".join(stage.executions()),
    }

    assert all(len(secret) > 20 for secret in secrets)
    assert all(len(text) > 1_000 for text in places.values())
    assert [
        (place, each) for place, text in places.items() for each in secrets if each in text
    ] == []


@pytest.fixture(scope="module")
def ready(stage: Stage) -> Stage:
    """The stack with its Zoom app, whichever tests were run before."""
    stage.hand_over_zoom_app()
    renew_processes(stage)
    return stage


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_the_deployed_pages_withstand(ready: Stage, case: Case) -> None:
    # Last in this file: what was there before is gone.
    case(a_new_world(ready))
