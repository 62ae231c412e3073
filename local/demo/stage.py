"""Everything that runs in the demo: a Salesforce, a Zoom, an AWS, and one address for the pages."""

from __future__ import annotations

import argparse
import contextlib
from dataclasses import dataclass
from typing import Final

from local.demo.operator import ROOT, Operator
from local.demo.salesforce_app import ConnectedApp
from local.demo.screen import step
from local.gateway import Forwarder, Gateway, public_api_address
from local.salesforce import SalesforceSimulator, SimulatedWorld
from local.stack import LocalStack
from local.zoom import SimulatedApp, SimulatedZoom, ZoomSimulator
from zoom_migrator.oauth_settings import CALLBACK_PATH

_ORGS: Final = ROOT / "local" / "demo_orgs.json"
_ACCOUNTS: Final = ROOT / "local" / "zoom" / "demo.json"
# Ten minutes between two looks at an org that is upgraded by hand become six seconds.
_WAIT_SCALE: Final = 0.01


@dataclass(frozen=True, slots=True)
class Stage:
    """What runs, and who works on it."""

    salesforce: SalesforceSimulator
    salesforce_app: ConnectedApp
    zoom: ZoomSimulator
    zoom_app: SimulatedApp
    stack: LocalStack
    pages: Gateway
    operator: Operator


def set_up(options: argparse.Namespace, running: contextlib.ExitStack) -> Stage:
    """Start everything; what was started ends with ``running``.

    Raises:
        LocalStackError: The embedded AWS did not come up, or the deployment failed.
    """
    pages = running.enter_context(Gateway(port=options.pages_port))
    with step("Starting the simulators of Salesforce and Zoom"):
        salesforce_app = ConnectedApp()
        salesforce = running.enter_context(salesforce_app.simulator())
        world = SimulatedWorld.model_validate_json(_ORGS.read_text(encoding="utf-8"))
        salesforce.load(world)
        zoom = running.enter_context(ZoomSimulator())
        zoom_app = _load_accounts(zoom, pages)
    with step("Starting the embedded AWS, building and deploying template.yaml"):
        stack = running.enter_context(
            LocalStack(
                gateway_port=options.port,
                wait_scale=_WAIT_SCALE,
                parameters={
                    "SalesforceConnectTo": salesforce.base_url,
                    "ZoomConnectTo": zoom.base_url,
                    "ZoomAuthorizeUrl": f"{zoom.base_url}/oauth/authorize",
                    "PackageVersionId": world.published_versions[0].id,
                    "PublicBaseUrl": pages.base_url,
                    "SoakMinutes": "0",
                },
            )
        )
    api = public_api_address(
        stack.session, endpoint_url=stack.endpoint_url, stack_name=stack.stack_name
    )
    pages.connect(Forwarder(api))
    zoom_app.webhook_url = stack.outputs["ZoomWebhookUrl"]
    operator = Operator(stack.environment)
    return Stage(salesforce, salesforce_app, zoom, zoom_app, stack, pages, operator)


def _load_accounts(zoom: ZoomSimulator, pages: Gateway) -> SimulatedApp:
    """Load the accounts of the example fleet, and an app that leads back to our pages."""
    document = SimulatedZoom.model_validate_json(_ACCOUNTS.read_text(encoding="utf-8"))
    (app,) = document.apps
    app.redirect_uris = [pages.base_url + CALLBACK_PATH]
    zoom.load(document.model_copy(update={"apps": []}))
    return zoom.register(app)
