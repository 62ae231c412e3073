"""Everything that runs in the demo: an AWS, one address for the pages, and simulators around it."""

from __future__ import annotations

import argparse
import contextlib
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from local.demo.operator import ROOT, Operator
from local.demo.salesforce_app import ConnectedApp
from local.demo.screen import step
from local.gateway import Forwarder, Gateway, public_api_address
from local.inbox import Inbox
from local.salesforce import SalesforceSimulator, SimulatedWorld
from local.slack import SimulatedPerson, SimulatedSlack, SlackSimulator
from local.stack import LocalStack
from local.zoom import SimulatedApp, SimulatedZoom, ZoomSimulator
from zoom_migrator.oauth_settings import CALLBACK_PATH

_ORGS: Final = ROOT / "local" / "demo_orgs.json"
_ACCOUNTS: Final = ROOT / "local" / "zoom" / "demo.json"
# Ten minutes between two looks at an org that is upgraded by hand become six seconds.
_WAIT_SCALE: Final = 0.01
# Names the file in which the command line keeps how far the demo's clock is ahead.
_CLOCK_VARIABLE: Final = "ZOOM_MIGRATOR_DEMO_CLOCK"
_MAIL_DOMAIN: Final = "migrator.example"
# Who reads the channel: those who operate the migrator, and an org's admin they have invited.
_READERS: Final = (
    SimulatedPerson(name="ruth.ellis"),
    SimulatedPerson(name="hana.hazel"),
)


@dataclass(frozen=True, slots=True)
class Stage:
    """What runs, and who works on it.

    Attributes:
        environment: Variables that point the command line at this demo.
    """

    salesforce: SalesforceSimulator
    salesforce_app: ConnectedApp
    zoom: ZoomSimulator
    zoom_app: SimulatedApp
    slack: SlackSimulator
    inbox: Inbox
    stack: LocalStack
    pages: Gateway
    environment: Mapping[str, str]
    operator: Operator


def set_up(options: argparse.Namespace, running: contextlib.ExitStack) -> Stage:
    """Start everything; what was started ends with ``running``.

    Raises:
        LocalStackError: The embedded AWS did not come up, or the deployment failed.
    """
    pages = running.enter_context(Gateway(port=options.pages_port))
    with step("Starting the simulators of Salesforce, Zoom and Slack, and an inbox"):
        salesforce_app = ConnectedApp()
        salesforce = running.enter_context(salesforce_app.simulator())
        salesforce.load(_world())
        zoom = running.enter_context(ZoomSimulator())
        zoom_app = _load_accounts(zoom, pages)
        slack = running.enter_context(SlackSimulator(SimulatedSlack(people=list(_READERS))))
        inbox = running.enter_context(Inbox())
    with step("Starting the embedded AWS, building and deploying template.yaml"):
        stack = running.enter_context(
            LocalStack(
                gateway_port=options.port,
                wait_scale=_WAIT_SCALE,
                mail_relay=inbox.smtp_address,
                parameters=_parameters(salesforce, zoom, slack, pages),
            )
        )
    _connect(stack, pages, zoom_app, slack)
    environment = {**stack.environment, _CLOCK_VARIABLE: str(_clock_file(running))}
    return Stage(
        *(salesforce, salesforce_app, zoom, zoom_app, slack, inbox),
        *(stack, pages, environment, Operator(environment)),
    )


def _world() -> SimulatedWorld:
    """The orgs of the example fleet as Salesforce has them."""
    return SimulatedWorld.model_validate_json(_ORGS.read_text(encoding="utf-8"))


def _parameters(
    salesforce: SalesforceSimulator, zoom: ZoomSimulator, slack: SlackSimulator, pages: Gateway
) -> dict[str, str]:
    """What the template is deployed with: where everybody is, and no time to soak."""
    return {
        "SalesforceConnectTo": salesforce.base_url,
        "ZoomConnectTo": zoom.base_url,
        "ZoomAuthorizeUrl": f"{zoom.base_url}/oauth/authorize",
        "PackageVersionId": _world().published_versions[0].id,
        "PublicBaseUrl": pages.base_url,
        "SoakMinutes": "0",
        "SlackConnectTo": slack.base_url,
        "SlackDefaultChannel": f"#{slack.channel().name}",
        "MailFrom": f"zoom@{_MAIL_DOMAIN}",
        "OperatorsEmail": f"operators@{_MAIL_DOMAIN}",
    }


def _connect(
    stack: LocalStack, pages: Gateway, zoom_app: SimulatedApp, slack: SlackSimulator
) -> None:
    """Let the pages lead to the stack, and tell Zoom, Slack and SES what they have to know."""
    session, endpoint = stack.session, stack.endpoint_url
    pages.connect(
        Forwarder(public_api_address(session, endpoint_url=endpoint, stack_name=stack.stack_name))
    )
    zoom_app.webhook_url = stack.outputs["ZoomWebhookUrl"]
    slack.app.interactivity_url = stack.outputs["SlackInteractionsUrl"]
    session.client("sesv2", endpoint_url=endpoint).create_email_identity(EmailIdentity=_MAIL_DOMAIN)


def _clock_file(running: contextlib.ExitStack) -> Path:
    """Where the command line keeps how far it has moved the clock."""
    folder = running.enter_context(tempfile.TemporaryDirectory(prefix="zoom-migrator-demo-"))
    return Path(folder) / "clock"


def _load_accounts(zoom: ZoomSimulator, pages: Gateway) -> SimulatedApp:
    """Load the accounts of the example fleet, and an app that leads back to our pages."""
    document = SimulatedZoom.model_validate_json(_ACCOUNTS.read_text(encoding="utf-8"))
    (app,) = document.apps
    app.redirect_uris = [pages.base_url + CALLBACK_PATH]
    zoom.load(document.model_copy(update={"apps": []}))
    return zoom.register(app)
