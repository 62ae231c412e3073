"""Zoom's events, on the deployed stack with its permissions enforced."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest
from botocore.exceptions import ClientError

from local.salesforce import SalesforceSimulator
from tests.functions.resources import WEBHOOK_TOKEN
from tests.functions.salesforce_app import SalesforceApp
from tests.functions.webhook_cases import CASES, Case
from tests.functions.zoom_app import ZOOM_ADMIN
from tests.integration.account import Account, Call, as_role, role_of
from tests.integration.authorization_stage import Stage, staged
from tests.integration.waiting import eventually
from tests.integration.webhook_stage import (
    connected,
    deployed_webhook,
    hand_over_token,
    nobody_at_the_queue,
)
from zoom_migrator.domain.grant import GrantStatus
from zoom_migrator.domain.loss import CONNECTED
from zoom_migrator.domain.status import OrgStatus

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("embedded_aws")]


@pytest.fixture(scope="module")
def salesforce(app: SalesforceApp) -> Iterator[SalesforceSimulator]:
    with app.simulator() as simulator:
        yield simulator


@pytest.fixture(scope="module")
def stage(app: SalesforceApp, salesforce: SalesforceSimulator) -> Iterator[Stage]:
    """A stack with a Zoom app, whose webhook nobody has set up yet."""
    with staged(app, salesforce) as stage:
        stage.hand_over_zoom_app()
        yield stage


def test_before_a_token_is_stored_nothing_is_signed(stage: Stage) -> None:
    url = stage.stack.outputs["ZoomWebhookUrl"]

    assert "status 401" in stage.zoom.problem_of_webhook(stage.zoom_app, url=url)
    assert any("not_set_up" in line for line in stage.log_lines("zoom-webhook"))


def test_zoom_finds_the_address_valid_soon_after_a_token_is_stored(stage: Stage) -> None:
    hand_over_token(stage)

    eventually(lambda: stage.zoom.problem_of_webhook(stage.zoom_app) == "")


def test_an_app_that_is_removed_disconnects_its_org_and_has_it_authorized_again(
    stage: Stage,
) -> None:
    hand_over_token(stage)
    world = connected(stage)
    eventually(lambda: stage.zoom.problem_of_webhook(stage.zoom_app) == "")

    delivered = stage.zoom.remove_app(ZOOM_ADMIN, stage.zoom_app)

    assert delivered is not None
    assert delivered.status == 200
    eventually(lambda: world.org.status not in CONNECTED)
    assert world.org.status is OrgStatus.DISCONNECTED
    assert world.grant.status is GrantStatus.DEAD
    # A machine was started that asks for consent.
    stage.wait_until(world.org.org_id, lambda migration: migration["authorization"] is not None)
    assert stage.migration(world.org.org_id)["trigger"] == "reauthorization"


def test_a_message_that_is_no_order_is_named_in_the_log(stage: Stage) -> None:
    sqs, url = stage.root.client("sqs"), stage.stack.outputs["ProbeQueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="no order")

    eventually(lambda: any("probe_failed" in line for line in stage.log_lines("probe-grants")))


def read_the_webhook_secret(account: Account) -> None:
    arn = account.stack.outputs["ZoomWebhookSecretArn"]
    account.client("secretsmanager").get_secret_value(SecretId=arn)


def read_the_zoom_secret(account: Account) -> None:
    arn = account.stack.outputs["ZoomSecretArn"]
    account.client("secretsmanager").get_secret_value(SecretId=arn)


def order_a_look(account: Account) -> None:
    url = account.stack.outputs["ProbeQueueUrl"]
    account.client("sqs").send_message(QueueUrl=url, MessageBody="no order")


def open_tokens(account: Account) -> None:
    key = account.stack.outputs["GrantKeyArn"]
    account.client("kms").encrypt(KeyId=key, Plaintext=b"token")


def open_a_backup(account: Account) -> None:
    kms, key = account.client("kms"), account.stack.outputs["BackupKeyArn"]
    everything = Account(account.stack, account.stack.session).client("kms")
    blob = everything.encrypt(KeyId=key, Plaintext=b"keys")["CiphertextBlob"]
    kms.decrypt(KeyId=key, CiphertextBlob=blob)


def start_a_migration(account: Account) -> None:
    account.client("stepfunctions").start_execution(
        stateMachineArn=account.stack.outputs["MigrationStateMachineArn"], input="{}"
    )


def scan_the_table(account: Account) -> None:
    account.client("dynamodb").scan(TableName=account.table)


ACTIONS: Final = (
    *(read_the_webhook_secret, read_the_zoom_secret, order_a_look, open_tokens),
    *(open_a_backup, start_a_migration, scan_the_table),
)
MAY: Final[dict[str, tuple[Call, ...]]] = {
    "zoom-webhook": (read_the_webhook_secret, order_a_look),
    "probe-grants": (read_the_zoom_secret, open_tokens, start_a_migration),
    "watch-orgs": (read_the_zoom_secret, open_tokens, start_a_migration),
    "sweep-fleet": (start_a_migration,),
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


@pytest.fixture(scope="module")
def ready(stage: Stage) -> Iterator[Stage]:
    """The stack with its token, whichever tests were run before, and nobody at the queue."""
    hand_over_token(stage)
    eventually(lambda: stage.zoom.problem_of_webhook(stage.zoom_app) == "")
    with nobody_at_the_queue(stage):
        yield stage


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_the_deployed_webhook_withstands(ready: Stage, case: Case) -> None:
    # Last in this file: what was there before is gone.
    case(deployed_webhook(ready))


def test_no_token_is_left_in_the_logs(ready: Stage) -> None:
    printed = "\n".join(ready.log_lines())

    secrets = (WEBHOOK_TOKEN, *ready.zoom.secret_values())
    assert [secret for secret in secrets if secret in printed] == []
