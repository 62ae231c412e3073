"""First part of the story: credentials, the fleet, and what a scan finds."""

from __future__ import annotations

from local.demo.fleet import BIRCH, FLEET, QUINCE
from local.demo.operator import ROOT, Operator
from local.demo.screen import step, wait_until
from local.demo.stage import Stage


def hand_over_secrets(stage: Stage) -> None:
    """Store the credentials of the three apps, and what Zoom signs its events with.

    Raises:
        DemoFailed: A command does not work, or Zoom does not find our address valid.
    """
    app, zoom_app, slack_app = stage.salesforce_app, stage.zoom_app, stage.slack.app
    with app.private_key_file() as key_file:
        stage.operator.types(
            *("setup", "salesforce-app", "--consumer-key", app.consumer_key),
            *("--private-key-file", str(key_file), "--ask-consumer-secret"),
            answer=app.consumer_secret,
        )
    stage.operator.types(
        *("setup", "zoom-app", "--client-id", zoom_app.client_id), answer=zoom_app.client_secret
    )
    stage.operator.types("setup", "zoom-webhook", answer=zoom_app.webhook_secret)
    stage.operator.types(
        *("setup", "slack", "--only", "bot_token", "--only", "signing_secret"),
        answer=f"{slack_app.bot_token}\n{slack_app.signing_secret}",
    )
    with step("Zoom challenges the address of its events"):
        # It gives up after three seconds, which a first start of a function may take here.
        wait_until(
            lambda: not stage.zoom.problem_of_webhook(zoom_app),
            "Zoom did not find the address of its events valid",
        )


def scan(operator: Operator) -> None:
    """Import the fleet and have a first look at it.

    Raises:
        DemoFailed: A command does not work.
    """
    operator.types("orgs", "import", str(FLEET.relative_to(ROOT)))
    for org in (BIRCH, QUINCE):
        operator.types(
            *("approve", "standing", org, "--name", "Ruth Ellis"),
            *("--reference", "contract 4711", "--accept-terms"),
        )
    operator.types("scan", "start", "--wait")
    operator.types("orgs", "list")
